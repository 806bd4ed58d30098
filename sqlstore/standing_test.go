package sqlstore_test

import (
	"errors"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/sqlstore"
)

// readsOf opens a SQLite store that counts how often it reads a standing, and calls
// meanwhile when one was read, but is not yet remembered.
func readsOf(t *testing.T, meanwhile func(reads int64)) (*sqlstore.Store, *atomic.Int64) {
	t.Helper()
	var reads atomic.Int64
	heard := func(name string) {
		if name == "get_standing" {
			meanwhile(reads.Add(1))
		}
	}
	return open(t, sqlstore.Config{Path: filepath.Join(t.TempDir(), "standing.db"), Observer: &listener{heard: heard}}), &reads
}

func standing(t *testing.T, s symbolon.Store, d symbolon.Device) symbolon.Standing {
	t.Helper()
	st, err := s.GetStanding(t.Context(), d.AppID, d.ID)
	if err != nil {
		t.Fatal(err)
	}
	return st
}

func renameTo(t *testing.T, s symbolon.Store, d symbolon.Device, name string) symbolon.Device {
	t.Helper()
	d.Name = name
	d, err := s.PutDevice(t.Context(), d)
	if err != nil {
		t.Error(err) // also where it is called on another goroutine
	}
	return d
}

func TestAStandingIsReadOnceUntilItChanges(t *testing.T) {
	s, reads := readsOf(t, func(int64) {})
	anns, bobs := device(t, s, "ann", "k1"), device(t, s, "bob", "k2")
	for n := range 3 {
		for range 5 {
			if st := standing(t, s, anns); st.Device.Version != anns.Version {
				t.Fatalf("version %d, want %d", st.Device.Version, anns.Version)
			}
			standing(t, s, bobs)
		}
		if got, want := reads.Load(), int64(2+n); got != want {
			t.Fatalf("after %d changes %d reads, want %d", n, got, want)
		}
		anns = renameTo(t, s, anns, strings.Repeat("x", n+1))
	}
	if err := s.Tx(t.Context(), func(tx symbolon.Store) error {
		standing(t, tx, bobs)
		return nil
	}); err != nil || reads.Load() != 5 {
		t.Errorf("a transaction was answered from memory: %d reads, %v", reads.Load(), err)
	}
}

// The reader has the row of before, the change is acknowledged, and only then the reader
// goes on.
func TestAReaderThatACommitOvertookKeepsNothing(t *testing.T) {
	changes := map[string]func(s symbolon.Store, d symbolon.Device) error{
		"of the device": func(s symbolon.Store, d symbolon.Device) error {
			d.Status = symbolon.StatusBlocked
			_, err := s.PutDevice(t.Context(), d)
			return err
		},
		"of its user": func(s symbolon.Store, d symbolon.Device) error {
			return s.PutUser(t.Context(), symbolon.User{AppID: d.AppID, ID: d.UserID, DeactivatedAt: time.Unix(1, 0)})
		},
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			var s *sqlstore.Store
			var d symbolon.Device
			s, reads := readsOf(t, func(reads int64) {
				if reads > 1 {
					return
				}
				if err := change(s, d); err != nil {
					t.Error(err)
				}
			})
			d = device(t, s, "ann", "k1")
			if st := standing(t, s, d); st.Device.Status != symbolon.StatusActive || !st.User.DeactivatedAt.IsZero() {
				t.Fatalf("the change came before the read: %+v", st)
			}
			for range 2 {
				if st := standing(t, s, d); st.Device.Status == symbolon.StatusActive && st.User.DeactivatedAt.IsZero() {
					t.Fatalf("the change was acknowledged, and does not count: %+v", st)
				}
			}
			if reads.Load() != 2 {
				t.Errorf("%d reads, want 2", reads.Load())
			}
		})
	}
}

// A device counts with all that grows in it, so that no more bytes are kept than that.
func TestTheMemoryOfStandingsIsBounded(t *testing.T) {
	s, reads := readsOf(t, func(int64) {})
	most := sizeOf(t, device(t, s, "x", "key-x"), s) * 7 / 2
	s.RememberAtMost(most)
	var devices []symbolon.Device
	for _, user := range []symbolon.UserID{"a", "b", "c", "d", "e"} {
		devices = append(devices, device(t, s, user, symbolon.KeyID("key-"+user)))
	}
	for range 4 {
		for _, d := range devices {
			if st := standing(t, s, d); st.Device.UserID != d.UserID {
				t.Fatalf("got the standing of %q for %q", st.Device.UserID, d.UserID)
			}
			if n, bytes := s.Remembered(); n > 3 || bytes > most || n == 0 {
				t.Fatalf("%d standings of %d bytes are kept, want at most 3 of %d", n, bytes, most)
			}
		}
	}
	if n, _ := s.Remembered(); n != 3 || reads.Load() < 5+3*2 {
		t.Errorf("%d standings are kept after %d reads", n, reads.Load())
	}
	if got := s.Linked(); got != [4]int{3, 3, 3, 3} {
		t.Errorf("%v of 3 can be found by device, key, user and app", got)
	}
}

// sizeOf is how many bytes more are kept after the device's standing was asked for.
func sizeOf(t *testing.T, d symbolon.Device, s *sqlstore.Store) int {
	t.Helper()
	_, before := s.Remembered()
	standing(t, s, d)
	_, after := s.Remembered()
	return after - before
}

func TestWhatGrowsInAStandingCountsByItsBytes(t *testing.T) {
	s, _ := readsOf(t, func(int64) {})
	plain := sizeOf(t, device(t, s, "ann", "k0"), s)
	long := strings.Repeat("x", 1000)
	for what, grow := range map[string]func(d *symbolon.Device){
		"metadata": func(d *symbolon.Device) { d.Metadata = []byte(`{"note":"` + long + `"}`) },
		"push":     func(d *symbolon.Device) { d.PushConfig = []byte(`{"note":"` + long + `"}`) },
		"traits":   func(d *symbolon.Device) { d.Traits = long },
		"block":    func(d *symbolon.Device) { d.Block = &symbolon.Block{At: d.CreatedAt, Reason: long} },
		"trust": func(d *symbolon.Device) {
			d.Trust = &symbolon.Trust{TrustedAt: d.CreatedAt, GrantedAt: d.CreatedAt, RevokedReason: long}
		},
		"first visits": func(d *symbolon.Device) { d.History = places(8) },
	} {
		d := device(t, s, "ann", symbolon.KeyID(what))
		d.ID, d.UserID, d.Version = symbolon.NewDeviceID(), "bob", 0 // another's, under the same key
		grow(&d)
		d, err := s.PutDevice(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		if got := sizeOf(t, d, s); got < plain+1000 {
			t.Errorf("with %s of 1,000 bytes and more a standing counts %d, and %d without", what, got, plain)
		}
	}
	k := symbolon.Key{AppID: "app", ID: "long", Thumbprint: "long", PublicKey: []byte(`{"n":"` + long + `"}`), Storage: symbolon.StorageBrowser}
	if _, err := s.PutKey(t.Context(), k); err != nil {
		t.Fatal(err)
	}
	d := device(t, s, "ann", "before")
	d.KeyID = "long"
	d, err := s.PutDevice(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	if got := sizeOf(t, d, s); got < plain+1000 {
		t.Errorf("with a key of 1,000 bytes a standing counts %d, and %d without", got, plain)
	}
}

func places(n int) (h symbolon.History) {
	for i := range n {
		h = h.With(symbolon.Place{Location: "Lisbon, Portugal", Country: "PT", ASN: 64500 + uint32(i)}, time.Unix(int64(i), 0)) //nolint:gosec // small
	}
	return h
}

// What a change touched is gone from memory at once, not only when it is asked for again.
func TestNobodyWhoIsGoneIsRemembered(t *testing.T) {
	gone := map[string]func(s *sqlstore.Store, d symbolon.Device) error{
		"the user is erased": func(s *sqlstore.Store, d symbolon.Device) error {
			_, err := s.EraseUser(t.Context(), d.AppID, d.UserID)
			return err
		},
		"the user is changed": func(s *sqlstore.Store, d symbolon.Device) error {
			return s.PutUser(t.Context(), symbolon.User{AppID: d.AppID, ID: d.UserID})
		},
		"the devices are taken": func(s *sqlstore.Store, d symbolon.Device) error {
			devices, err := s.ListUserDevices(t.Context(), d.AppID, d.UserID)
			for _, d := range devices {
				err = errors.Join(err, s.TakeDevice(t.Context(), d.AppID, d.ID))
			}
			return err
		},
	}
	for name, change := range gone {
		t.Run(name, func(t *testing.T) {
			s, reads := readsOf(t, func(int64) {})
			anns, second, bobs := device(t, s, "ann", "k1"), device(t, s, "ann", "k2"), device(t, s, "bob", "k3")
			kept := sizeOf(t, bobs, s)
			standing(t, s, anns)
			standing(t, s, second)
			if err := change(s, anns); err != nil {
				t.Fatal(err)
			}
			if n, bytes := s.Remembered(); n != 1 || bytes != kept || s.Linked() != [4]int{1, 1, 1, 1} {
				t.Errorf("%d standings of %d bytes are remembered, found as %v; want bob's alone, of %d", n, bytes, s.Linked(), kept)
			}
			if standing(t, s, bobs); reads.Load() != 3 {
				t.Errorf("%d reads, want 3: bob's was forgotten too", reads.Load())
			}
		})
	}
}

// A reader who is overtaken by the erase of a user brings nothing of them back.
func TestAReaderBringsNobodyBackWhoIsErased(t *testing.T) {
	var s *sqlstore.Store
	var d symbolon.Device
	s, _ = readsOf(t, func(int64) {
		if _, err := s.EraseUser(t.Context(), d.AppID, d.UserID); err != nil {
			t.Error(err)
		}
	})
	d = device(t, s, "ann", "k1")
	standing(t, s, d)
	if n, bytes := s.Remembered(); n != 0 || bytes != 0 {
		t.Errorf("%d standings of %d bytes are remembered", n, bytes)
	}
}

func TestADeviceWithLargeDocumentsIsReadEachTime(t *testing.T) {
	s, reads := readsOf(t, func(int64) {})
	d := device(t, s, "ann", "k1")
	d.Metadata = []byte(`{"note":"` + strings.Repeat("x", 5000) + `"}`)
	d = renameTo(t, s, d, "large")
	for range 3 {
		if st := standing(t, s, d); string(st.Device.Metadata) != string(d.Metadata) {
			t.Fatal("the documents are not what they were")
		}
	}
	if n, _ := s.Remembered(); n != 0 || reads.Load() != 3 {
		t.Errorf("%d standings are kept after %d reads", n, reads.Load())
	}
}
