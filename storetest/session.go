package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
)

var sessions = []story{
	{"a session is read as it was put, within its app", func(t *testing.T, w *world) {
		b := newSession(w.register(t, "ann", "k1"), "session")
		must(t, w.store.PutSession(w.ctx, b))
		for _, s := range w.Replicas {
			got, err := s.GetSession(w.ctx, acme, b.ID)
			must(t, err)
			equal(t, "session", got, b)
		}
		for _, where := range [][2]string{{"other", b.ID}, {string(acme), "unknown"}} {
			_, err := w.store.GetSession(w.ctx, symbolon.AppID(where[0]), where[1])
			fails(t, err, symbolon.ErrNotFound)
		}
	}},
	{"a refresh changes when, the score and trust, and nothing else", func(t *testing.T, w *world) {
		b := newSession(w.register(t, "ann", "k1"), "session")
		must(t, w.store.PutSession(w.ctx, b))
		next := b
		next.RefreshedAt, next.RiskScore, next.Trusted = start.Add(time.Hour), 34, false
		other := next
		other.Thumbprint, other.Origin, other.PublicKey = "other", "https://other.test", []byte(`{}`)
		other.CreatedAt, other.ExpiresAt = start.Add(time.Hour), start.Add(99*time.Hour)
		must(t, w.Replicas[1].PutSession(w.ctx, other))
		got, err := w.store.GetSession(w.ctx, acme, b.ID)
		must(t, err)
		equal(t, "session", got, next)
	}},
	{"there is no session without a device of its user, and none that changes hands", func(t *testing.T, w *world) {
		anns, second, bobs := w.register(t, "ann", "k1"), w.register(t, "ann", "k2"), w.register(t, "bob", "k3")
		b := newSession(anns, "session")
		must(t, w.store.PutSession(w.ctx, b))
		unknown, mixed, elsewhere := newSession(anns, "second"), newSession(anns, "second"), newSession(anns, "second")
		unknown.DeviceID, mixed.UserID, elsewhere.AppID = "nope", bobs.UserID, "other"
		for _, wrong := range []symbolon.BoundSession{unknown, mixed, elsewhere, newSession(second, b.ID), newSession(bobs, b.ID)} {
			wrong.RiskScore = 99
			fails(t, w.store.PutSession(w.ctx, wrong), symbolon.ErrNotFound)
		}
		_, err := w.store.GetSession(w.ctx, acme, "second")
		fails(t, err, symbolon.ErrNotFound)
		got, err := w.store.GetSession(w.ctx, acme, b.ID)
		must(t, err)
		equal(t, "the session that was there", got, b)
	}},
	{"sessions go with their device and with their user, and others' stay", func(t *testing.T, w *world) {
		first, second, bobs := w.register(t, "ann", "k1"), w.register(t, "ann", "k2"), w.register(t, "bob", "k1")
		for id, d := range map[string]symbolon.Device{"s1": first, "s2": first, "s3": second, "s4": bobs} {
			must(t, w.store.PutSession(w.ctx, newSession(d, id)))
		}
		must(t, w.store.TakeDevice(w.ctx, acme, first.ID))
		equal(t, "sessions after the removal", w.sessions(t, "s1", "s2", "s3", "s4"), []string{"s3", "s4"})
		_, err := w.store.EraseUser(w.ctx, acme, "ann")
		must(t, err)
		equal(t, "sessions after the erase", w.sessions(t, "s1", "s2", "s3", "s4"), []string{"s4"})
	}},
	{"a session that races the end of its device comes before it or not at all", sessionsRaceRemovals},
	{"sessions that ended are forgotten in steps, the first to end first", func(t *testing.T, w *world) {
		d := w.register(t, "ann", "k1")
		ids := []string{"s0", "s1", "s2", "s3"}
		for i, id := range ids {
			b := newSession(d, id)
			b.ExpiresAt = start.Add(time.Duration(i) * time.Hour)
			must(t, w.store.PutSession(w.ctx, b))
		}
		for _, want := range []int{2, 1, 0} {
			n, err := w.store.PruneSessions(w.ctx, start.Add(3*time.Hour), 2)
			must(t, err)
			equal(t, "forgotten", n, want)
			equal(t, "the first to end", len(w.sessions(t, "s0", "s1")), 0)
		}
		equal(t, "sessions that are left", w.sessions(t, ids...), []string{"s3"})
	}},
}

func newSession(d symbolon.Device, id string) symbolon.BoundSession {
	return symbolon.BoundSession{
		ID: id, AppID: d.AppID, UserID: d.UserID, DeviceID: d.ID, Thumbprint: "thumb-" + string(d.KeyID), Origin: "https://acme.test",
		PublicKey: []byte(`{"kty":"EC", "crv":"P-256"}`), RiskScore: 12, Trusted: true,
		CreatedAt: start, RefreshedAt: start.Add(time.Microsecond), ExpiresAt: start.Add(symbolon.SessionLife),
	}
}

// sessions gives those of the ids that are there.
func (w *world) sessions(t *testing.T, ids ...string) (there []string) {
	t.Helper()
	for _, id := range ids {
		if _, err := w.store.GetSession(w.ctx, acme, id); err == nil {
			there = append(there, id)
		} else {
			fails(t, err, symbolon.ErrNotFound)
		}
	}
	return there
}

func sessionsRaceRemovals(t *testing.T, w *world) {
	for round := range 10 {
		user := symbolon.UserID(fmt.Sprint("racing-user-", round))
		d := w.register(t, user, symbolon.KeyID(fmt.Sprint("k", round)))
		ids := make([]string, 8)
		for i := range ids {
			ids[i] = fmt.Sprint("racing-", round, "-", i)
		}
		errs := race(1+len(ids), func(i int) error {
			if i > 0 {
				return w.Replicas[i%2].PutSession(w.ctx, newSession(d, ids[i-1]))
			}
			if round%2 == 0 {
				return w.Replicas[0].TakeDevice(w.ctx, acme, d.ID)
			}
			_, err := w.Replicas[0].EraseUser(w.ctx, acme, user)
			return err
		})
		must(t, errs[0])
		count(t, errs, symbolon.ErrNotFound)
		equal(t, "sessions without a device", len(w.sessions(t, ids...)), 0)
	}
}
