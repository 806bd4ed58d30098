// Package storetest is the one suite that every [symbolon.Store] passes, whole. There is
// no optional part: a backend that can't pass a test does not keep the contract.
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, func(t *testing.T) storetest.Database { … })
//	}
package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
)

// Database is a new, empty database and the ways into it.
type Database struct {
	// Replicas are two stores on the database, as two processes of the service have
	// them. Where only one may open it, they are the same one.
	Replicas [2]symbolon.Store

	// Exec changes rows behind the stores' back.
	Exec func(t *testing.T, statement string)

	// LookAtMost lets a page of a list look at no more devices than that, and a search sort
	// no more, so that a few hundred are many.
	LookAtMost func(n int)

	// Dump gives every value of every row of every table, as text.
	Dump func(t *testing.T) string
}

// story is one test of the suite.
type story struct {
	name string
	tell func(*testing.T, *world)
}

// Run runs the suite, each test on a database of its own.
func Run(t *testing.T, open func(*testing.T) Database) {
	for _, part := range [][]story{
		apps, policies, admins, devices, standings, sessions, surroundings, counts, lists, pages, userLists, keys, spends, races, transactions, events, histories, tallies, logs, censuses, seals, retention,
		incidents, people, erasures, answers, texts,
	} {
		for _, s := range part {
			t.Run(s.name, func(t *testing.T) { s.tell(t, newWorld(t, open(t))) })
		}
	}
}

// start is when every story begins, to a microsecond that rounding would lose.
var start = time.Date(2026, 3, 1, 12, 0, 0, 123457000, time.UTC)

const acme symbolon.AppID = "acme"

// world is a database with one app, and what the stories have in common.
type world struct {
	Database
	store symbolon.Store
	ctx   context.Context

	sightings int // that were written, each with a spend of its own
}

func newWorld(t *testing.T, db Database) *world {
	w := &world{Database: db, store: db.Replicas[0], ctx: t.Context()}
	_, err := w.store.PutApp(w.ctx, symbolon.App{ID: acme, Name: "Acme", Origins: []string{"https://acme.test"}, CreatedAt: start, UpdatedAt: start})
	must(t, err)
	return w
}

// register stores a device of the user under the key, and the key if it is new.
func (w *world) register(t *testing.T, user symbolon.UserID, key symbolon.KeyID) symbolon.Device {
	t.Helper()
	return w.registerIn(t, acme, user, key)
}

func (w *world) registerIn(t *testing.T, app symbolon.AppID, user symbolon.UserID, key symbolon.KeyID) symbolon.Device {
	t.Helper()
	d := newDevice(user, key)
	d.AppID = app
	return w.put(t, d)
}

// put stores a new device with a key of its own id.
func (w *world) put(t *testing.T, d symbolon.Device) symbolon.Device {
	t.Helper()
	var stored symbolon.Device
	must(t, w.store.Tx(w.ctx, func(s symbolon.Store) (err error) {
		if _, err = s.GetKey(w.ctx, d.AppID, d.KeyID); err != nil && d.KeyID != "" {
			k := newKey(d.KeyID)
			k.AppID = d.AppID
			if _, err := s.PutKey(w.ctx, k); err != nil {
				return err
			}
		}
		stored, err = s.PutDevice(w.ctx, d)
		return err
	}))
	return stored
}

// decide writes a decision of a valid proof, as the registry does.
func (w *world) decide(d symbolon.Device, spend string, at time.Time) (symbolon.EventID, error) {
	return w.store.PutDecision(w.ctx, decisionOn(d, spend, at))
}

func (w *world) device(t *testing.T, id symbolon.DeviceID) symbolon.Device {
	t.Helper()
	d, err := w.store.GetDevice(w.ctx, acme, id)
	must(t, err)
	return d
}

// sealAll seals until nothing waits.
func (w *world) sealAll(t *testing.T) {
	t.Helper()
	for {
		r, err := w.store.Seal(w.ctx, start.Add(time.Hour), 100)
		must(t, err)
		if r.Sealed == 0 && !r.More {
			return
		}
	}
}

// verify checks the chain of an app, and gives what was checked.
func (w *world) verify(t *testing.T, app symbolon.AppID) symbolon.ChainReport {
	t.Helper()
	r, err := symbolon.VerifyChain(w.ctx, w.store, app, signedHere)
	must(t, err)
	return r
}

func newKey(id symbolon.KeyID) symbolon.Key {
	return symbolon.Key{
		AppID: acme, ID: id, Thumbprint: "thumb-" + string(id), Storage: symbolon.StorageBrowser, CreatedAt: start,
		PublicKey: []byte(`{"kty":"EC", "crv":"P-256"}`),
	}
}

func newDevice(user symbolon.UserID, key symbolon.KeyID) symbolon.Device {
	return symbolon.Device{
		ID: symbolon.NewDeviceID(), AppID: acme, UserID: user, KeyID: key, Status: symbolon.StatusActive, Name: "Chrome on macOS",
		Type: symbolon.TypeLaptop, Platform: symbolon.PlatformWeb, ProvenAt: at(start), CreatedAt: start, UpdatedAt: start,
	}
}

func decisionOn(d symbolon.Device, spend string, when time.Time) symbolon.DecisionRecord {
	e := symbolon.Event{
		AppID: d.AppID, Type: symbolon.EventDeviceDecided, At: when, Actor: symbolon.Actor{Kind: symbolon.CallerClient},
		UserID: d.UserID, DeviceID: d.ID, IPAddress: "203.0.113.77",
		Data: []byte(`{"recommendation":"TRUST","secondFactor":"skip","proofResult":"valid","action":"login","known":true,"trusted":true,"score":7,"place":{"location":"Lisbon, PT","country":"PT"}}`),
	}
	return symbolon.DecisionRecord{Event: e, DeviceID: d.ID, Version: d.Version, Spend: []byte(spend)}
}

func eventOf(d symbolon.Device, kind symbolon.EventType, when time.Time) symbolon.Event {
	return symbolon.Event{
		AppID: d.AppID, Type: kind, At: when, Actor: symbolon.Actor{Kind: symbolon.CallerUser, ID: string(d.UserID)},
		UserID: d.UserID, DeviceID: d.ID, IPAddress: "2001:db8:1:2::9", Data: []byte(fmt.Sprintf(`{"deviceName":%q}`, d.Name)),
	}
}

func at(t time.Time) *time.Time { return &t }
