package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
)

var standings = append([]story{
	{"a standing is the device and its user's state, and of another app there is none", func(t *testing.T, w *world) {
		d := w.put(t, fullDevice())
		w.stands(t, d)
		must(t, w.store.PutUser(w.ctx, symbolon.User{AppID: acme, ID: d.UserID, NotBefore: start, DeactivatedAt: start.Add(time.Hour), Epoch: "epoch"}))
		w.stands(t, d)
		for app, id := range map[symbolon.AppID]symbolon.DeviceID{acme: "nope", "other": d.ID} {
			for range 2 {
				_, err := w.store.GetStanding(w.ctx, app, id)
				fails(t, err, symbolon.ErrNotFound)
			}
		}
	}},
	{"a transaction sees its own standing, and nobody else one that is undone", func(t *testing.T, w *world) {
		d, undone := w.register(t, "ann", "k1"), errors.New("undone")
		before := w.stands(t, d)
		fails(t, w.store.Tx(w.ctx, func(s symbolon.Store) error {
			if err := block(w.ctx, s, d); err != nil {
				return err
			}
			if err := s.PutUser(w.ctx, symbolon.User{AppID: acme, ID: "ann", DeactivatedAt: start}); err != nil {
				return err
			}
			inside, err := s.GetStanding(w.ctx, acme, d.ID)
			if err == nil && (inside.Device.Status != symbolon.StatusBlocked || inside.User.DeactivatedAt.IsZero()) {
				t.Errorf("the transaction does not see what it wrote: %s", show(inside))
			}
			return errors.Join(err, undone)
		}), undone)
		equal(t, "standing afterwards", w.stands(t, d), before)
	}},
	{"whoever changes a standing that they were given harms nobody", func(t *testing.T, w *world) {
		d := w.put(t, fullDevice())
		for range 3 {
			st := w.stands(t, d)
			st.Device.Status, st.Device.Block.Reason, st.Device.Trust.RevokedReason = symbolon.StatusActive, "none", "none"
			st.User.Epoch = "another"
		}
	}},
	{"in an app that is removed nothing stands, also while its devices are there", func(t *testing.T, w *world) {
		d := w.register(t, "ann", "k1")
		w.stands(t, d)
		must(t, w.Replicas[1].TakeApp(w.ctx, acme, start))
		for _, s := range w.Replicas {
			_, err := s.GetStanding(w.ctx, acme, d.ID)
			fails(t, err, symbolon.ErrNotFound)
		}
	}},
	{"nobody who asks after an answer sees a standing from before it", standingsRaceChanges},
	{"a standing is not answered to who has gone, nor once the store is closed", func(t *testing.T, w *world) {
		d := w.register(t, "ann", "k1")
		w.stands(t, d)
		_, err := w.store.GetStanding(cancelledContext(w.ctx), acme, d.ID)
		fails(t, err, context.Canceled)
		must(t, w.store.Close())
		_, err = w.store.GetStanding(w.ctx, acme, d.ID)
		fails(t, err, symbolon.ErrUnavailable)
	}},
}, standingChanges()...)

// changes are what may happen to ann's device d, for each to count at once.
var changes = map[string]func(w *world, s symbolon.Store, d symbolon.Device) error{
	"a block": func(w *world, s symbolon.Store, d symbolon.Device) error {
		return s.Tx(w.ctx, func(s symbolon.Store) error { return block(w.ctx, s, d) })
	},
	"trust": func(w *world, s symbolon.Store, d symbolon.Device) error {
		d.Trust = &symbolon.Trust{TrustedAt: start, GrantedAt: start, Factor: "totp"}
		_, err := s.PutDevice(w.ctx, d)
		return err
	},
	"a bound session": func(w *world, s symbolon.Store, d symbolon.Device) error {
		d.SessionBoundAt = at(start)
		_, err := s.PutDevice(w.ctx, d)
		return err
	},
	"a rotation": func(w *world, s symbolon.Store, d symbolon.Device) error {
		k, err := s.GetKey(w.ctx, acme, d.KeyID)
		if err != nil {
			return err
		}
		k.Thumbprint, k.PublicKey, k.Storage = "thumb-next", []byte(`{"kty":"OKP"}`), symbolon.StorageHardware
		_, err = s.PutKey(w.ctx, k)
		return err
	},
	"a better grade of its key": func(w *world, s symbolon.Store, d symbolon.Device) error {
		k, err := s.GetKey(w.ctx, acme, d.KeyID)
		if err == nil {
			k.Storage = symbolon.StorageAttested
			_, err = s.PutKey(w.ctx, k)
		}
		return err
	},
	"the first state of its user": func(w *world, s symbolon.Store, d symbolon.Device) error {
		return s.PutUser(w.ctx, symbolon.User{AppID: acme, ID: d.UserID, NotBefore: start, Epoch: "next"})
	},
	"a removal": func(w *world, s symbolon.Store, d symbolon.Device) error { return s.TakeDevice(w.ctx, acme, d.ID) },
	"an erase of its user": func(w *world, s symbolon.Store, d symbolon.Device) error {
		_, err := s.EraseUser(w.ctx, acme, d.UserID)
		return err
	},
	"a removal after which its id comes again": func(w *world, s symbolon.Store, d symbolon.Device) error {
		return s.Tx(w.ctx, func(s symbolon.Store) error {
			again := newDevice("bob", "k-other")
			again.ID = d.ID
			err := s.TakeDevice(w.ctx, acme, d.ID)
			if err == nil {
				_, err = s.PutDevice(w.ctx, again)
			}
			return err
		})
	},
	"the fold of a decision": func(w *world, s symbolon.Store, d symbolon.Device) error {
		if _, err := s.PutDecision(w.ctx, decisionOn(d, "spend", start)); err != nil {
			return err
		}
		_, err := s.Seal(w.ctx, start, 10)
		return err
	},
	"a move of place, and nothing else that a fold changes by itself": func(w *world, s symbolon.Store, d symbolon.Device) error {
		return w.moves(s, d, start)
	},
	"a history that is cut of a device in use": func(w *world, s symbolon.Store, d symbolon.Device) error {
		if err := w.moves(s, d, start, start.Add(48*time.Hour)); err != nil {
			return err
		}
		if _, err := s.GetStanding(w.ctx, acme, d.ID); err != nil {
			return err
		}
		_, err := s.CutAddresses(w.ctx, acme, start.Add(24*time.Hour), 10)
		return err
	},
	"an address that is cut": func(w *world, s symbolon.Store, _ symbolon.Device) error {
		_, err := s.CutAddresses(w.ctx, acme, start.Add(time.Hour), 10)
		return err
	},
}

// moves folds one decision from another place for each time. The score stays, since what
// changes it is a statement of its own.
func (w *world) moves(s symbolon.Store, d symbolon.Device, times ...time.Time) error {
	for i, when := range times {
		p := placeIn("PT", i)
		r, err := sighting(d, fmt.Sprint("move", i), when, symbolon.Decided{Score: d.RiskScore, Place: &p, Moved: true})
		if err != nil {
			return err
		}
		if _, err := s.PutDecision(w.ctx, r); err != nil {
			return err
		}
	}
	_, err := s.Seal(w.ctx, start, 10)
	return err
}

func standingChanges() (all []story) {
	for name, change := range changes {
		all = append(all, story{name + " counts in the next standing", func(t *testing.T, w *world) {
			d := newDevice("ann", "k1")
			d.IPAddress, d.RiskScore, d.LastUsedAt = "198.51.100.7", 7, at(start.Add(-time.Hour))
			d, bystander := w.put(t, d), w.register(t, "carl", "k2")
			beside := w.stands(t, bystander)
			before := w.stands(t, d)
			must(t, change(w, w.Replicas[1], d))
			if now := w.stands(t, d); show(now) == show(before) && now.Device.Version == before.Device.Version {
				t.Fatalf("nothing changed: %s", show(now))
			}
			equal(t, "another's standing", w.stands(t, bystander), beside)
		}})
	}
	return all
}

// stands reads a standing often enough to have it remembered, and wants it to be what the
// device and its user are, on both replicas. Of one that is gone it gives nothing.
func (w *world) stands(t *testing.T, d symbolon.Device) (st symbolon.Standing) {
	t.Helper()
	for i := range 4 {
		s := w.Replicas[i%2]
		device, gone := s.GetDevice(w.ctx, d.AppID, d.ID)
		var err error
		if st, err = s.GetStanding(w.ctx, d.AppID, d.ID); gone != nil {
			fails(t, err, gone)
			continue
		}
		must(t, err)
		user, err := s.GetUser(w.ctx, d.AppID, device.UserID)
		must(t, err)
		equal(t, "standing", st, symbolon.Standing{Device: device, User: user})
	}
	return st
}

// watched is a device under change, with what of it was acknowledged.
type watched struct {
	id             symbolon.DeviceID
	user           symbolon.UserID
	version, since atomic.Int64 // of the device, and the user's NotBefore in microseconds
}

// standingsRaceChanges lets two writers change each device and its user, while readers on
// both replicas hold what they are told against what was acknowledged before they asked.
func standingsRaceChanges(t *testing.T, w *world) {
	const number, times, readers = 6, 15, 6
	all := make([]*watched, number)
	for i := range all {
		d := w.register(t, symbolon.UserID(fmt.Sprint("user", i)), symbolon.KeyID(fmt.Sprint("k", i)))
		all[i] = &watched{id: d.ID, user: d.UserID}
	}
	var left atomic.Int64
	left.Store(2 * number)
	errs := race(2*number+readers, func(i int) error {
		s := w.Replicas[i%2]
		if i >= 2*number {
			return w.watch(s, all, &left)
		}
		defer left.Add(-1)
		return w.change(s, all[i/2], i%2 == 0, times)
	})
	must(t, errors.Join(errs...))
}

func (w *world) change(s symbolon.Store, d *watched, ofUser bool, times int) error {
	for n := 1; n <= times; n++ {
		if ofUser {
			since := start.Add(time.Duration(n) * time.Second)
			if err := s.PutUser(w.ctx, symbolon.User{AppID: acme, ID: d.user, NotBefore: since}); err != nil {
				return err
			}
			d.since.Store(since.UnixMicro())
			continue
		}
		var version int64
		if err := s.Tx(w.ctx, func(s symbolon.Store) error {
			was, err := s.GetDevice(w.ctx, acme, d.id)
			if err != nil {
				return err
			}
			was.Status = []symbolon.Status{symbolon.StatusActive, symbolon.StatusBlocked}[n%2]
			put, err := s.PutDevice(w.ctx, was)
			version = put.Version
			return err
		}); err != nil {
			return err
		}
		d.version.Store(version)
	}
	return nil
}

func (w *world) watch(s symbolon.Store, all []*watched, left *atomic.Int64) error {
	for n := 0; left.Load() > 0 || n < len(all); n++ {
		d := all[n%len(all)]
		version, since := d.version.Load(), d.since.Load()
		st, err := s.GetStanding(w.ctx, acme, d.id)
		if err != nil {
			return err
		}
		if st.Device.Version < version || st.User.NotBefore.UnixMicro() < since && since > 0 {
			return fmt.Errorf("version %d and %v, after version %d and %v were acknowledged",
				st.Device.Version, st.User.NotBefore, version, time.UnixMicro(since).UTC())
		}
	}
	return nil
}
