package sqlstore_test

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
)

// What the read of an identity costs tells nobody whether there is one.
func TestAnIdentityCostsTheSameWhetherOrNotItIsThere(t *testing.T) {
	for name, fresh := range databases {
		t.Run(name, func(t *testing.T) {
			var mu sync.Mutex
			var statements []string
			config := fresh(t)
			config.Observer = &listener{heard: func(name string) {
				mu.Lock()
				defer mu.Unlock()
				statements = append(statements, name)
			}}
			s := open(t, config)
			known, blocked := device(t, s, "known", "k1"), device(t, s, "blocked", "k2")
			blocked.Status, blocked.Block = symbolon.StatusBlocked, &symbolon.Block{At: time.Unix(1, 0), By: "admin", Before: symbolon.StatusActive}
			if _, err := s.PutDevice(t.Context(), blocked); err != nil {
				t.Fatal(err)
			}
			if err := s.PutUser(t.Context(), symbolon.User{AppID: "app", ID: "deactivated", DeactivatedAt: time.Unix(1, 0), Epoch: "e"}); err != nil {
				t.Fatal(err)
			}
			for _, who := range []struct {
				app  symbolon.AppID
				user symbolon.UserID
				key  symbolon.KeyID
				want bool
			}{
				{"app", known.UserID, "k1", true},
				{"app", "blocked", "k2", true},
				{"app", "known", "unknown", false},
				{"app", "unknown", "k1", false},
				{"app", "deactivated", "k1", false},
				{"other", "known", "k1", false},
			} {
				statements = nil
				id, err := s.GetIdentity(t.Context(), who.app, who.user, who.key)
				if err != nil || (id.Device != nil) != who.want {
					t.Fatalf("%v: there is a device: %v, %v", who, id.Device != nil, err)
				}
				if !slices.Equal(statements, []string{"get_identity"}) {
					t.Errorf("%v cost %v; want one get_identity", who, statements)
				}
			}
		})
	}
}

// unbound is a device without a key.
func unbound(id symbolon.DeviceID) symbolon.Device {
	return symbolon.Device{
		ID: id, AppID: "app", UserID: "ann", Status: symbolon.StatusUnbound, Name: "Phone", CreatedAt: time.Unix(1, 0), UpdatedAt: time.Unix(1, 0),
	}
}

func wantNotFound(t *testing.T, err error) {
	t.Helper()
	if !errors.Is(err, symbolon.ErrNotFound) {
		t.Errorf("got %v, want %v", err, symbolon.ErrNotFound)
	}
}
