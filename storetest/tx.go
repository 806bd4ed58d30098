package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/symbolon-id/symbolon"
)

var transactions = []story{
	{"a transaction sees what it wrote, and others see it after", func(t *testing.T, w *world) {
		must(t, w.store.Tx(w.ctx, func(s symbolon.Store) error {
			if err := s.PutUser(w.ctx, symbolon.User{AppID: acme, ID: "ann", NotBefore: start}); err != nil {
				return err
			}
			u, err := s.GetUser(w.ctx, acme, "ann")
			if err == nil && u.NotBefore.IsZero() {
				t.Error("the transaction does not see what it wrote")
			}
			return err
		}))
		w.wants(t, "ann", true)
	}},
	{"an error leaves nothing behind", func(t *testing.T, w *world) {
		failed := errors.New("no")
		err := w.store.Tx(w.ctx, func(s symbolon.Store) error {
			return errors.Join(s.PutUser(w.ctx, symbolon.User{AppID: acme, ID: "ann", NotBefore: start}), failed)
		})
		fails(t, err, failed)
		w.wants(t, "ann", false)
	}},
	{"a transaction within one belongs to it", func(t *testing.T, w *world) {
		failed := errors.New("no")
		err := w.store.Tx(w.ctx, func(s symbolon.Store) error {
			err := s.Tx(w.ctx, func(s symbolon.Store) error {
				return s.PutUser(w.ctx, symbolon.User{AppID: acme, ID: "ann", NotBefore: start})
			})
			return errors.Join(err, failed)
		})
		fails(t, err, failed)
		w.wants(t, "ann", false)
	}},
	{"a cancelled context rolls back, and the next transaction works", func(t *testing.T, w *world) {
		for range 20 {
			ctx, cancel := context.WithCancel(w.ctx)
			err := w.store.Tx(ctx, func(s symbolon.Store) error {
				err := s.PutUser(ctx, symbolon.User{AppID: acme, ID: "ann", NotBefore: start})
				cancel()
				return err
			})
			fails(t, err, context.Canceled)
			w.wants(t, "ann", false)
		}
		fails(t, w.store.PutUser(cancelledContext(w.ctx), symbolon.User{AppID: acme, ID: "ann", NotBefore: start}), context.Canceled)
		_, err := w.store.GetApp(cancelledContext(w.ctx), acme)
		fails(t, err, context.Canceled)
		must(t, w.store.PutUser(w.ctx, symbolon.User{AppID: acme, ID: "ann", NotBefore: start}))
		w.wants(t, "ann", true)
	}},
	{"a panic rolls back, reaches its caller, and the next transaction works", func(t *testing.T, w *world) {
		func() {
			defer func() { equal(t, "panic", recover(), any("oh no")) }()
			_ = w.store.Tx(w.ctx, func(s symbolon.Store) error {
				must(t, s.PutUser(w.ctx, symbolon.User{AppID: acme, ID: "ann", NotBefore: start}))
				panic("oh no")
			})
		}()
		w.wants(t, "ann", false)
		must(t, w.store.PutUser(w.ctx, symbolon.User{AppID: acme, ID: "bob", NotBefore: start}))
	}},
	{"a store that outlives its transaction does nothing", func(t *testing.T, w *world) {
		var kept symbolon.Store
		must(t, w.store.Tx(w.ctx, func(s symbolon.Store) error {
			kept = s
			return nil
		}))
		if err := kept.PutUser(w.ctx, symbolon.User{AppID: acme, ID: "ann", NotBefore: start}); err == nil {
			t.Error("a write after the end was accepted")
		}
		if _, err := kept.GetApp(w.ctx, acme); err == nil {
			t.Error("a read after the end was accepted")
		}
		w.wants(t, "ann", false)
	}},
	{"a failing transaction harms none of those beside it", func(t *testing.T, w *world) {
		failed := errors.New("no")
		errs := race(64, func(i int) error {
			user := symbolon.UserID(fmt.Sprint("u", i))
			return w.Replicas[i%2].Tx(w.ctx, func(s symbolon.Store) error {
				err := s.PutUser(w.ctx, symbolon.User{AppID: acme, ID: user, NotBefore: start})
				if i%3 == 0 {
					err = errors.Join(err, failed)
				}
				return err
			})
		})
		equal(t, "succeeded", count(t, errs, failed), 42)
		for i := range 64 {
			w.wants(t, symbolon.UserID(fmt.Sprint("u", i)), i%3 != 0)
		}
	}},
	{"the database answers, and no more once the store is closed", func(t *testing.T, w *world) {
		must(t, w.store.Ping(w.ctx))
		must(t, w.store.Close())
		fails(t, w.store.Ping(w.ctx), symbolon.ErrUnavailable)
		_, err := w.store.GetApp(w.ctx, acme)
		fails(t, err, symbolon.ErrUnavailable)
		fails(t, w.store.PutUser(w.ctx, symbolon.User{AppID: acme, ID: "ann"}), symbolon.ErrUnavailable)
		fails(t, w.store.Tx(w.ctx, func(symbolon.Store) error { return nil }), symbolon.ErrUnavailable)
		must(t, w.store.Close())
	}},
}

func cancelledContext(parent context.Context) context.Context {
	ctx, cancel := context.WithCancel(parent)
	cancel()
	return ctx
}

// wants looks for a user's state on both replicas.
func (w *world) wants(t *testing.T, user symbolon.UserID, there bool) {
	t.Helper()
	for _, s := range w.Replicas {
		u, err := s.GetUser(w.ctx, acme, user)
		must(t, err)
		equal(t, "whether "+string(user)+" is there", !u.NotBefore.IsZero(), there)
	}
}
