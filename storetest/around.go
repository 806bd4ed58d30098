package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
)

var surroundings = []story{
	{"an identity says how many devices its user has, and how many users its key", func(t *testing.T, w *world) {
		d := w.register(t, "ann", "shared")
		w.register(t, "ann", "k2")
		for _, status := range []symbolon.Status{symbolon.StatusPending, symbolon.StatusBlocked} {
			other := newDevice("ann", symbolon.KeyID(status))
			other.Status = status
			w.put(t, other)
		}
		for _, user := range []symbolon.UserID{"bob", "carl"} {
			w.register(t, user, "shared")
		}
		w.registerIn(t, "other", "ann", "k3")
		w.registerIn(t, "other", "dora", "shared")
		around := w.around(t, d)
		equal(t, "counts", []int{around.UserDevices, around.KeyUsers, around.HardwareUsers}, []int{2, 3, 0})
	}},
	{"users of one piece of hardware are counted once each, whatever became of their devices", func(t *testing.T, w *world) {
		d := w.onHardware(t, "ann", "k1", "hardware", symbolon.StatusActive)
		w.onHardware(t, "ann", "k2", "hardware", symbolon.StatusActive)
		w.onHardware(t, "bob", "k3", "hardware", symbolon.StatusBlocked)
		w.onHardware(t, "carl", "k4", "another", symbolon.StatusActive)
		plain := w.onHardware(t, "dora", "k5", "", symbolon.StatusActive)
		w.onHardware(t, "emil", "k6", "", symbolon.StatusActive)
		equal(t, "users of the hardware", w.around(t, d).HardwareUsers, 2)
		equal(t, "users of none", w.around(t, plain).HardwareUsers, 0)
	}},
	{"the latest eight blocked devices of its user come with an identity, without itself", blockedSiblings},
	{"no count goes beyond its bound", func(t *testing.T, w *world) {
		d := w.onHardware(t, "ann", "shared", "hardware", symbolon.StatusActive)
		for i := range symbolon.MaxAround + 2 {
			w.onHardware(t, symbolon.UserID(fmt.Sprint("user", i)), "shared", "hardware", symbolon.StatusActive)
			w.register(t, "ann", symbolon.KeyID(fmt.Sprint("anns", i)))
		}
		around := w.around(t, d)
		equal(t, "counts", []int{around.UserDevices, around.KeyUsers, around.HardwareUsers},
			[]int{symbolon.MaxAround, symbolon.MaxAround, symbolon.MaxAround})
	}},
	{"without a device nothing is around it", func(t *testing.T, w *world) {
		w.onHardware(t, "ann", "k1", "hardware", symbolon.StatusBlocked)
		id, err := w.store.GetIdentity(w.ctx, acme, "ann", "unknown")
		must(t, err)
		equal(t, "around", id.Around, symbolon.Around{})
	}},
}

// around reads what is around a device, which both replicas see alike.
func (w *world) around(t *testing.T, d symbolon.Device) symbolon.Around {
	t.Helper()
	id, err := w.store.GetIdentity(w.ctx, d.AppID, d.UserID, d.KeyID)
	must(t, err)
	other, err := w.Replicas[1].GetIdentity(w.ctx, d.AppID, d.UserID, d.KeyID)
	must(t, err)
	equal(t, "the other replica's", other.Around, id.Around)
	return id.Around
}

func (w *world) onHardware(t *testing.T, user symbolon.UserID, key symbolon.KeyID, hardware string, status symbolon.Status) symbolon.Device {
	t.Helper()
	d := newDevice(user, key)
	d.ManufacturerID, d.Status = hardware, status
	return w.put(t, d)
}

func blockedSiblings(t *testing.T, w *world) {
	var blocked []symbolon.Device
	for i := range 10 {
		d := newDevice("ann", symbolon.KeyID(fmt.Sprint("k", i)))
		d.Status, d.ManufacturerID, d.Traits = symbolon.StatusBlocked, fmt.Sprint("hardware-", i), fmt.Sprintf("os.%d,gpu.x:%d", i, i)
		d.Block = &symbolon.Block{At: start.Add(time.Duration(i) * time.Minute), By: "admin", Before: symbolon.StatusActive}
		blocked = append([]symbolon.Device{w.put(t, d)}, blocked...)
	}
	bare := newDevice("bob", "bobs") // of which nothing is known
	bare.Status = symbolon.StatusBlocked
	bare = w.put(t, bare)
	bobs := w.register(t, "bob", "bobs second")

	without := func(d symbolon.Device) (list []symbolon.BlockedDevice) {
		for _, b := range blocked {
			if b.ID != d.ID && len(list) < symbolon.MaxBlocked {
				list = append(list, symbolon.BlockedDevice{ManufacturerID: b.ManufacturerID, Traits: b.Traits})
			}
		}
		return list
	}
	equal(t, "blocked, beside a device that is not", w.around(t, w.register(t, "ann", "active")).Blocked, without(symbolon.Device{}))
	equal(t, "blocked, beside the second", w.around(t, blocked[1]).Blocked, without(blocked[1]))
	equal(t, "blocked, of which nothing is known", w.around(t, bobs).Blocked, []symbolon.BlockedDevice{{}})
	equal(t, "blocked, beside the only one", len(w.around(t, bare).Blocked), 0)
}
