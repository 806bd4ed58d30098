package registry_test

import (
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/proof"
	"github.com/symbolon-id/symbolon/registry"
)

// However often a browser binds, a device has one session that renews: the latest.
func TestALaterSessionTakesThePlaceOfTheEarlier(t *testing.T) {
	w := site(t)
	laptop, hers := w.trusted(ada), w.trusted(bob)
	other, _ := hers.bound()
	var earlier []*tab
	for range 3 {
		b, _ := laptop.bound()
		_, err := b.renew()
		w.ok(err)
		for _, old := range earlier {
			_, err := old.renew()
			w.refused("the session before", err, symbolon.ErrNotFound)
		}
		earlier = append(earlier, b)
		w.pass(time.Microsecond)
	}
	if _, err := other.renew(); err != nil {
		t.Errorf("another device's session: %v", err)
	}
}

// The last pass ends with its session, however late it is renewed.
func TestTheLastPassEndsWithItsSession(t *testing.T) {
	w := site(t)
	b, _ := w.trusted(ada).bound()
	ends := w.now.Add(symbolon.SessionLife)
	for left, until := range map[time.Duration]time.Time{
		time.Hour: ends.Add(symbolon.PassLife - time.Hour), symbolon.PassLife: ends, symbolon.PassLife - time.Microsecond: ends, time.Second: ends,
	} {
		w.now = ends.Add(-left)
		made, err := b.renew()
		w.ok(err)
		if !made.Until.Equal(until) {
			t.Errorf("renewed %v before the end: good until %v; want %v", left, made.Until, until)
		}
		for at, want := range map[time.Time]symbolon.Verdict{
			w.now: symbolon.VerdictPass, until.Add(-time.Microsecond): symbolon.VerdictPass, until: symbolon.VerdictCheck,
		} {
			w.now = at
			if p := w.passes(w.arrive(made.Pass)); p.Verdict != want {
				t.Errorf("renewed %v before the end, at %v: %+v", left, at, p)
			}
		}
	}
}

// Another writer in the way is nobody's fault: the browser hears 503, keeps what it has, and
// its proof is good the next time.
func TestAnotherWriterEndsNoSession(t *testing.T) {
	for what, cause := range map[string]error{"a conflict": symbolon.Errorf(symbolon.ErrConflict, "it is there"), "a stale record": symbolon.ErrStale} {
		t.Run(what, func(t *testing.T) {
			failing := ""
			w := site(t, func(s symbolon.Store) symbolon.Store {
				return &spy{s, func(method string) error {
					if method != failing {
						return nil
					}
					failing = ""
					return cause
				}}
			})
			b := w.tab(proof.ES256).offered(w.trusted(ada).check().Pass)
			answer := b.registration()
			failing = "PutDevice"
			_, err := b.tryBind(answer)
			w.refused("binding", err, symbolon.ErrUnavailable)
			made, err := b.tryBind(answer)
			w.ok(err)
			b.id = made.SessionID
			answer = b.refresh(b.challenge())
			failing = "PutSession"
			made, err = b.tryRenew(answer)
			w.refused("renewing", err, symbolon.ErrUnavailable)
			if made != (registry.RenewedPass{}) {
				t.Errorf("beside the error: %+v", made)
			}
			_, err = b.tryRenew(answer)
			w.ok(err)
		})
	}
}
