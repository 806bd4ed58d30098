package sqlstore_test

import (
	"errors"
	"runtime"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/sqlstore"
)

// registering is a transaction that reads the app and then writes a device. The first
// time that it has found the app, it lets something happen in between.
type registering struct {
	store     *sqlstore.Store
	meanwhile func()
	found     int
}

func (r *registering) run(t *testing.T) error {
	t.Helper()
	return r.store.Tx(t.Context(), func(tx symbolon.Store) error {
		if _, err := tx.GetApp(t.Context(), "app"); err != nil {
			return err
		}
		if r.found++; r.found == 1 {
			r.meanwhile()
		}
		_, err := tx.PutDevice(t.Context(), unbound("dev_1"))
		return err
	})
}

func storeWithApp(t *testing.T, c sqlstore.Config) *sqlstore.Store {
	t.Helper()
	s := open(t, c)
	if _, err := s.PutApp(t.Context(), symbolon.App{ID: "app", Name: "app", CreatedAt: time.Unix(1, 0)}); err != nil {
		t.Fatal(err)
	}
	return s
}

// On PostgreSQL the removal commits in between; the transaction is run again, and told.
func TestATransactionThatSawAnAppFailsOnceThatIsRemoved(t *testing.T) {
	s := storeWithApp(t, databases["postgres"](t))
	r := &registering{store: s, meanwhile: func() {
		if err := s.TakeApp(t.Context(), "app", time.Unix(2, 0)); err != nil {
			t.Error(err)
		}
	}}
	wantNotFound(t, r.run(t))
	if r.found != 1 {
		t.Errorf("the app was found %d times, want once", r.found)
	}
}

// On SQLite the removal waits for the transaction, and comes after it.
func TestARemovalWaitsForTheTransactionThatSawTheApp(t *testing.T) {
	s := storeWithApp(t, databases["sqlite"](t))
	removed := make(chan error, 1)
	r := &registering{store: s, meanwhile: func() {
		go func() { removed <- s.TakeApp(t.Context(), "app", time.Unix(2, 0)) }()
		for s.Waiting() == 0 {
			runtime.Gosched()
		}
	}}
	if err := errors.Join(r.run(t), <-removed); err != nil {
		t.Fatal(err)
	}
	wantNotFound(t, r.run(t))
}
