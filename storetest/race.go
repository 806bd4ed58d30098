package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
)

var races = []story{
	{"a limit holds against 32 racing registrations on two replicas", func(t *testing.T, w *world) {
		const limit = 5
		errs := race(32, func(i int) error {
			return registerBelow(w.ctx, w.Replicas[i%2], limit, newKey(symbolon.KeyID(fmt.Sprint("k", i))))
		})
		equal(t, "registered", count(t, errs, symbolon.ErrDeviceLimitReached), limit)
		list, err := w.store.ListUserDevices(w.ctx, acme, "ann")
		must(t, err)
		equal(t, "devices", len(list), limit)
	}},
	{"a decision that meets a block that is being committed is stale", func(t *testing.T, w *world) {
		d := w.register(t, "ann", "k1")
		decided := make(chan error, 1)
		var once sync.Once
		must(t, w.store.Tx(w.ctx, func(s symbolon.Store) error {
			err := block(w.ctx, s, d)
			once.Do(func() {
				go func() {
					_, err := w.Replicas[1].PutDecision(w.ctx, decisionOn(d, "challenge", start))
					decided <- err
				}()
			})
			return err
		}))
		fails(t, <-decided, symbolon.ErrStale)
	}},
	{"a decision that races a block comes before it or not at all", decisionsRaceBlocks},
	{"two who may each go only while the other stays do not both go", writeSkew},
	{"of 32 racing changes of one version, one is kept", func(t *testing.T, w *world) {
		d := w.register(t, "ann", "k1")
		errs := race(32, func(i int) error {
			mine := d
			mine.Name = fmt.Sprint("name ", i)
			_, err := w.Replicas[i%2].PutDevice(w.ctx, mine)
			return err
		})
		equal(t, "kept", count(t, errs, symbolon.ErrStale), 1)
	}},
	{"32 racing transactions that count lose no step", func(t *testing.T, w *world) {
		d := w.register(t, "ann", "k1")
		errs := race(32, func(i int) error {
			return w.Replicas[i%2].Tx(w.ctx, func(s symbolon.Store) error {
				d, err := s.GetDevice(w.ctx, acme, d.ID)
				if err == nil {
					d.UpdatedAt = d.UpdatedAt.Add(time.Second)
					_, err = s.PutDevice(w.ctx, d)
				}
				return err
			})
		})
		equal(t, "succeeded", count(t, errs, nil), 32)
		equal(t, "steps", w.device(t, d.ID).UpdatedAt, start.Add(32*time.Second))
	}},
}

// registerBelow registers a device of ann where she has fewer than limit.
func registerBelow(ctx context.Context, s symbolon.Store, limit int, k symbolon.Key) error {
	return s.Tx(ctx, func(s symbolon.Store) error {
		list, err := s.ListUserDevices(ctx, acme, "ann")
		if err != nil {
			return err
		}
		if len(list) >= limit {
			return symbolon.Errorf(symbolon.ErrDeviceLimitReached, "at most %d devices", limit)
		}
		if _, err := s.PutKey(ctx, k); err != nil {
			return err
		}
		_, err = s.PutDevice(ctx, newDevice("ann", k.ID))
		return err
	})
}

// block blocks a device and says so in the log.
func block(ctx context.Context, s symbolon.Store, d symbolon.Device) error {
	d.Status = symbolon.StatusBlocked
	d.Block = &symbolon.Block{At: start, By: "admin", Before: symbolon.StatusActive}
	if _, err := s.PutDevice(ctx, d); err != nil {
		return err
	}
	_, err := s.AppendEvent(ctx, eventOf(d, symbolon.EventDeviceBlocked, start))
	return err
}

func decisionsRaceBlocks(t *testing.T, w *world) {
	for round := range 20 {
		d := w.register(t, "ann", symbolon.KeyID(fmt.Sprint("k", round)))
		errs := race(5, func(i int) error {
			if i == 0 {
				return w.Replicas[0].Tx(w.ctx, func(s symbolon.Store) error { return block(w.ctx, s, d) })
			}
			_, err := w.Replicas[i%2].PutDecision(w.ctx, decisionOn(d, fmt.Sprint(round, i), start))
			return err
		})
		must(t, errs[0])
		count(t, errs[1:], symbolon.ErrStale)
		_, err := w.Replicas[1].PutDecision(w.ctx, decisionOn(d, fmt.Sprint(round, "after"), start))
		fails(t, err, symbolon.ErrStale)
	}
	w.sealAll(t)
	blocked := map[symbolon.DeviceID]bool{}
	list, err := w.store.ListEvents(w.ctx, acme, 0, 1000)
	must(t, err)
	for _, e := range list {
		if e.Type == symbolon.EventDeviceDecided && blocked[e.DeviceID] {
			t.Fatalf("event %d decides on a device after its block", e.Seq)
		}
		blocked[e.DeviceID] = blocked[e.DeviceID] || e.Type == symbolon.EventDeviceBlocked
	}
	equal(t, "blocks in the log", len(blocked), 20)
}

func writeSkew(t *testing.T, w *world) {
	errStays := errors.New("the other has gone")
	for round := range 20 {
		pair := [2]symbolon.UserID{symbolon.UserID(fmt.Sprint("a", round)), symbolon.UserID(fmt.Sprint("b", round))}
		errs := race(2, func(i int) error {
			return w.Replicas[i].Tx(w.ctx, func(s symbolon.Store) error {
				other, err := s.GetUser(w.ctx, acme, pair[1-i])
				if err != nil {
					return err
				}
				if !other.DeactivatedAt.IsZero() {
					return errStays
				}
				return s.PutUser(w.ctx, symbolon.User{AppID: acme, ID: pair[i], DeactivatedAt: start})
			})
		})
		equal(t, "who went", count(t, errs, errStays), 1)
	}
}
