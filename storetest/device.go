package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
)

var devices = []story{
	{"a device is read as it was put, to the microsecond", func(t *testing.T, w *world) {
		d := w.put(t, fullDevice())
		d.PublicKey, d.Thumbprint, d.KeyStorage = newKey(d.KeyID).PublicKey, newKey(d.KeyID).Thumbprint, newKey(d.KeyID).Storage
		for _, s := range w.Replicas {
			got, err := s.GetDevice(w.ctx, acme, d.ID)
			must(t, err)
			equal(t, "device", got, d)
		}
		id, err := w.store.GetIdentity(w.ctx, acme, d.UserID, d.KeyID)
		must(t, err)
		equal(t, "identity", *id.Device, d)
	}},
	{"nanoseconds are cut, and put gives what get reads", func(t *testing.T, w *world) {
		d := fullDevice()
		d.CreatedAt, d.ProvenAt, d.SessionBoundAt = start.Add(999), at(start.Add(1)), at(start.Add(2))
		d.Trust.GrantedAt, d.Block.At = start.Add(500), start.Add(1999)
		d.History = d.History.With(placeIn("BR", 3), start.Add(time.Second+1))
		put := w.put(t, d)
		got := w.device(t, d.ID)
		got.PublicKey, got.Thumbprint, got.KeyStorage = nil, "", ""
		equal(t, "device", got, put)
		equal(t, "created", got.CreatedAt, start)
		equal(t, "blocked", got.Block.At, start.Add(time.Microsecond))
	}},
	{"what is not there is not found, and an unknown user is new", func(t *testing.T, w *world) {
		_, err := w.store.GetDevice(w.ctx, acme, "nope")
		fails(t, err, symbolon.ErrNotFound)
		_, err = w.store.GetKey(w.ctx, acme, "nope")
		fails(t, err, symbolon.ErrNotFound)
		fails(t, w.store.TakeDevice(w.ctx, acme, "nope"), symbolon.ErrNotFound)
		id, err := w.store.GetIdentity(w.ctx, acme, "nobody", "nope")
		must(t, err)
		equal(t, "identity", id, symbolon.Identity{User: symbolon.User{AppID: acme, ID: "nobody"}})
	}},
	{"an identity comes with its user's state, and without a device there is none", func(t *testing.T, w *world) {
		d := w.register(t, "ann", "k1")
		u := symbolon.User{AppID: acme, ID: "ann", NotBefore: start, DeactivatedAt: start.Add(time.Hour), Epoch: "epoch"}
		must(t, w.store.PutUser(w.ctx, u))
		for key, want := range map[symbolon.KeyID]symbolon.User{d.KeyID: u, "unknown": {AppID: acme, ID: "ann"}} {
			id, err := w.store.GetIdentity(w.ctx, acme, "ann", key)
			must(t, err)
			equal(t, "user", id.User, want)
		}
		u.DeactivatedAt = time.Time{}
		must(t, w.store.PutUser(w.ctx, u))
		got, err := w.store.GetUser(w.ctx, acme, "ann")
		must(t, err)
		equal(t, "user", got, u)
	}},
	{"an identity is unique", func(t *testing.T, w *world) {
		d := w.register(t, "ann", "k1")
		_, err := w.store.PutDevice(w.ctx, newDevice("ann", "k1"))
		fails(t, err, symbolon.ErrConflict)
		again := newDevice("bob", "k1")
		again.ID = d.ID
		_, err = w.store.PutDevice(w.ctx, again)
		fails(t, err, symbolon.ErrConflict)
		_, err = w.store.PutDevice(w.ctx, newDevice("bob", "k1"))
		must(t, err) // another user of the same browser
	}},
	{"of 32 racing registrations of one identity, one is kept", func(t *testing.T, w *world) {
		_, err := w.store.PutKey(w.ctx, newKey("k1"))
		must(t, err)
		errs := race(32, func(i int) error {
			_, err := w.Replicas[i%2].PutDevice(w.ctx, newDevice("ann", "k1"))
			return err
		})
		equal(t, "kept", count(t, errs, symbolon.ErrConflict), 1)
	}},
	{"unbound devices have no key, and as many as there are", func(t *testing.T, w *world) {
		for range 3 {
			d := newDevice("ann", "")
			d.Status = symbolon.StatusUnbound
			w.put(t, d)
		}
		list, err := w.store.ListUserDevices(w.ctx, acme, "ann")
		must(t, err)
		equal(t, "devices", len(list), 3)
		id, err := w.store.GetIdentity(w.ctx, acme, "ann", "")
		must(t, err)
		if id.Device != nil {
			t.Fatal("no key found a device")
		}
	}},
	{"a device is changed only at the version that was read", func(t *testing.T, w *world) {
		d := w.register(t, "ann", "k1")
		d.SessionBoundAt = at(start.Add(time.Minute))
		d.Name, d.UsageCount, d.RiskScore, d.History = "Renamed", 99, 99, d.History.With(placeIn("PT", 1), start)
		next, err := w.store.PutDevice(w.ctx, d)
		must(t, err)
		equal(t, "version", next.Version, d.Version+1)
		_, err = w.store.PutDevice(w.ctx, d)
		fails(t, err, symbolon.ErrStale)
		got := w.device(t, d.ID)
		equal(t, "name", got.Name, "Renamed")
		equal(t, "when a session was bound", got.SessionBoundAt, at(start.Add(time.Minute)))
		equal(t, "folded members", []int{int(got.UsageCount), got.RiskScore, len(got.History.Visits)}, []int{0, 0, 0})

		must(t, w.store.TakeDevice(w.ctx, acme, d.ID))
		_, err = w.store.PutDevice(w.ctx, next)
		fails(t, err, symbolon.ErrStale)
	}},
	{"the whole lifecycle table is kept", lifecycle},
	{"devices that are due are found", dueDevices},
	{"a user's devices come latest first, a key's from all users", func(t *testing.T, w *world) {
		var ids []symbolon.DeviceID
		for i, key := range []symbolon.KeyID{"k1", "k2", "k3"} {
			d := newDevice("ann", key)
			d.CreatedAt = start.Add(time.Duration(i) * time.Second)
			ids = append([]symbolon.DeviceID{w.put(t, d).ID}, ids...)
		}
		bobs := w.register(t, "bob", "k1")
		list, err := w.store.ListUserDevices(w.ctx, acme, "ann")
		must(t, err)
		equal(t, "ann's", idsOf(list), ids)
		list, err = w.store.ListKeyDevices(w.ctx, acme, "k1")
		must(t, err)
		equal(t, "k1's", idsOf(list), []symbolon.DeviceID{bobs.ID, ids[2]})
		list, err = w.store.ListSomeKeyDevices(w.ctx, acme, "k1", 1)
		must(t, err)
		equal(t, "one of k1's", idsOf(list), []symbolon.DeviceID{bobs.ID})
	}},
}

// fullDevice has a value in every member that is stored.
func fullDevice() symbolon.Device {
	idle := symbolon.Duration(36 * time.Hour)
	d := newDevice("auth0|ünï/..", "k-full")
	d.EndpointID, d.Fingerprint, d.ManufacturerID, d.Renamed = "endpoint", "1:fp", "mf", true
	d.Traits = "os.4f3a,gpu.Zm9v:tz.x-_"
	d.History = d.History.With(placeIn("PT", 1), start.Add(-time.Hour)).With(placeIn("Côte d'Ivoire", 2), start)
	d.UserAgent, d.OperatingSystem, d.Browser = "Mozilla/5.0 (…)", "macOS 14.2", "Chrome 121.0.6167.184"
	d.IPAddress, d.Location, d.Country, d.UsageCount, d.RiskScore = "198.51.100.7", "Porto, PT", "PT", 41, 12
	d.LastUsedAt, d.LastVerifiedAt = at(start.Add(time.Microsecond)), at(start.Add(2*time.Microsecond))
	d.SessionBoundAt = at(start.Add(3 * time.Microsecond))
	d.Metadata, d.PushConfig = []byte(`{"b": 1,  "a": [1.0, "é"]}`), []byte(`{"token":"x"}`)
	d.Status = symbolon.StatusBlocked
	d.Block = &symbolon.Block{
		At: start, By: "admin:cred_1", Reason: "stolen", Cause: symbolon.CauseSuspicious,
		Until: at(start.Add(time.Hour)), Incident: "inc_1", Before: symbolon.StatusPending,
		Beneath: &symbolon.Block{At: start, By: "admin:cred_2", Reason: "on holiday “é”", Until: at(start.Add(time.Minute))},
	}
	d.Trust = &symbolon.Trust{
		TrustedAt: start, GrantedAt: start.Add(time.Second), TrustedUntil: at(start.Add(time.Hour)), IdleTimeout: &idle,
		Factor: "totp", RevokedAt: at(start.Add(time.Minute)), RevokedReason: "password_changed", RevokedBy: "system",
	}
	return d
}

func idsOf(devices []symbolon.Device) (ids []symbolon.DeviceID) {
	for _, d := range devices {
		ids = append(ids, d.ID)
	}
	return ids
}

var verbs = []symbolon.Verb{
	symbolon.VerbApprove, symbolon.VerbBlock, symbolon.VerbUnblock, symbolon.VerbRemove,
	symbolon.VerbClaim, symbolon.VerbTrust, symbolon.VerbDistrust, symbolon.VerbRotate,
}

// lifecycle makes every move that the table allows, from every state, and reads back
// where it led.
func lifecycle(t *testing.T, w *world) {
	for _, from := range symbolon.Statuses {
		for _, verb := range verbs {
			d := newDevice("ann", symbolon.KeyID(string(from)+"-"+string(verb)))
			d.Status = from
			if from == symbolon.StatusBlocked {
				d.Block = &symbolon.Block{At: start, By: "system", Before: symbolon.StatusPending}
			}
			d = w.put(t, d)
			to, _, err := d.Move(verb, true)
			if err != nil {
				equal(t, "state after a refused "+string(verb), w.device(t, d.ID).Status, from)
				continue
			}
			if verb == symbolon.VerbRemove {
				must(t, w.store.TakeDevice(w.ctx, acme, d.ID))
				_, err := w.Replicas[1].GetDevice(w.ctx, acme, d.ID)
				fails(t, err, symbolon.ErrNotFound)
				continue
			}
			w.move(t, d, verb, to)
		}
	}
}

func (w *world) move(t *testing.T, d symbolon.Device, verb symbolon.Verb, to symbolon.Status) {
	t.Helper()
	if to == symbolon.StatusBlocked && d.Block == nil {
		d.Block = &symbolon.Block{At: start, By: "system", Before: d.Status}
	}
	if verb == symbolon.VerbUnblock {
		d.Block = nil
	}
	d.Status = to
	put, err := w.store.PutDevice(w.ctx, d)
	must(t, err)
	got, err := w.Replicas[1].GetDevice(w.ctx, acme, d.ID)
	must(t, err)
	equal(t, string(verb), []any{got.Status, got.Block, got.Version}, []any{to, d.Block, put.Version})
}

func dueDevices(t *testing.T, w *world) {
	blocked := func(key symbolon.KeyID, until *time.Time) symbolon.DeviceID {
		d := newDevice("ann", key)
		d.Status = symbolon.StatusBlocked
		d.Block = &symbolon.Block{At: start, By: "system", Until: until, Before: symbolon.StatusActive}
		return w.put(t, d).ID
	}
	ended := blocked("ended", at(start))
	blocked("later", at(start.Add(time.Microsecond)))
	blocked("for ever", nil)
	pending := func(key symbolon.KeyID, created time.Time) symbolon.DeviceID {
		d := newDevice("ann", key)
		d.Status, d.CreatedAt = symbolon.StatusPending, created
		return w.put(t, d).ID
	}
	old := pending("old", start.Add(-time.Hour))
	pending("young", start)
	due, err := w.store.ListDueDevices(w.ctx, start, start.Add(-time.Hour), 10)
	must(t, err)
	equal(t, "due", idsOf(due), []symbolon.DeviceID{ended, old})
	for _, d := range due {
		if d.Status == symbolon.StatusBlocked && !d.BlockEnded(start) {
			t.Fatal("a block is due that has not ended")
		}
	}
	due, err = w.store.ListDueDevices(w.ctx, start, start, 1)
	must(t, err)
	equal(t, "due, one at a time", len(due), 1)
}

var keys = []story{
	{"a key is read as it was put, and found by its thumbprint", func(t *testing.T, w *world) {
		k := newKey("k1")
		k.BlockedAt, k.RotatedAt, k.Rotations = at(start), at(start), 3
		k, err := w.store.PutKey(w.ctx, k)
		must(t, err)
		got, err := w.store.GetKey(w.ctx, acme, "k1")
		must(t, err)
		equal(t, "key", got, k)
		got, past, err := w.store.GetKeyByThumbprint(w.ctx, acme, k.Thumbprint)
		must(t, err)
		equal(t, "key by thumbprint", []any{got, past}, []any{k, false})
		_, _, err = w.store.GetKeyByThumbprint(w.ctx, acme, "other")
		fails(t, err, symbolon.ErrNotFound)
	}},
	{"an id has one key, and a thumbprint one id, also when it is past", rotation},
	{"a key goes with its last device, unless it is blocked for all", func(t *testing.T, w *world) {
		anns, bobs := w.register(t, "ann", "k1"), w.register(t, "bob", "k1")
		must(t, w.store.TakeDevice(w.ctx, acme, anns.ID))
		_, err := w.store.GetKey(w.ctx, acme, "k1")
		must(t, err)
		must(t, w.store.TakeDevice(w.ctx, acme, bobs.ID))
		_, err = w.store.GetKey(w.ctx, acme, "k1")
		fails(t, err, symbolon.ErrNotFound)
		_, _, err = w.store.GetKeyByThumbprint(w.ctx, acme, "thumb-k1")
		fails(t, err, symbolon.ErrNotFound)

		last := w.register(t, "ann", "k2")
		k, err := w.store.GetKey(w.ctx, acme, "k2")
		must(t, err)
		k.BlockedAt = at(start)
		_, err = w.store.PutKey(w.ctx, k)
		must(t, err)
		must(t, w.store.TakeDevice(w.ctx, acme, last.ID))
		got, _, err := w.store.GetKeyByThumbprint(w.ctx, acme, "thumb-k2")
		must(t, err)
		equal(t, "blocked", got.BlockedAt, at(start))
	}},
	{"of 32 racing keys under one thumbprint, one is kept", func(t *testing.T, w *world) {
		errs := race(32, func(i int) error {
			k := newKey(symbolon.KeyID(fmt.Sprint("k", i)))
			k.Thumbprint = "the same"
			_, err := w.Replicas[i%2].PutKey(w.ctx, k)
			return err
		})
		equal(t, "kept", count(t, errs, symbolon.ErrConflict), 1)
	}},
}

func rotation(t *testing.T, w *world) {
	anns, bobs := w.register(t, "ann", "k1"), w.register(t, "bob", "k1")
	other := newKey("k1")
	other.Thumbprint = "other"
	_, err := w.store.PutKey(w.ctx, other)
	fails(t, err, symbolon.ErrConflict)

	k, err := w.store.GetKey(w.ctx, acme, "k1")
	must(t, err)
	stale := k
	k.Thumbprint, k.PublicKey, k.Storage, k.Rotations, k.RotatedAt = "thumb-next", []byte(`{"kty":"OKP"}`), symbolon.StorageHardware, 1, at(start)
	k, err = w.store.PutKey(w.ctx, k)
	must(t, err)
	_, err = w.store.PutKey(w.ctx, stale)
	fails(t, err, symbolon.ErrStale)
	for _, before := range []symbolon.Device{anns, bobs} {
		got := w.device(t, before.ID)
		equal(t, "device after rotation", []any{got.Version, got.KeyID, got.Thumbprint, string(got.PublicKey), got.KeyStorage},
			[]any{before.Version + 1, before.KeyID, "thumb-next", `{"kty":"OKP"}`, symbolon.StorageHardware})
		_, err := w.decide(before, "by the old key", start)
		if !errors.Is(err, symbolon.ErrStale) {
			t.Fatalf("a decision on the key before its rotation: %v, want %v", err, symbolon.ErrStale)
		}
	}

	_, past, err := w.store.GetKeyByThumbprint(w.ctx, acme, "thumb-k1")
	must(t, err)
	equal(t, "the first thumbprint is past", past, true)
	thumbprints, err := w.store.ListThumbprints(w.ctx, acme, "k1")
	must(t, err)
	equal(t, "thumbprints", thumbprints, []string{"thumb-next", "thumb-k1"})
	for _, taken := range []string{"thumb-k1", "thumb-next"} {
		again := newKey("k2")
		again.Thumbprint = taken
		_, err := w.store.PutKey(w.ctx, again)
		fails(t, err, symbolon.ErrConflict)
	}
	k.Thumbprint = "thumb-k1"
	_, err = w.store.PutKey(w.ctx, k)
	fails(t, err, symbolon.ErrConflict)
}
