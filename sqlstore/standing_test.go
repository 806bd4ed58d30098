package sqlstore_test

import (
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

func TestTheMemoryOfStandingsIsBounded(t *testing.T) {
	s, reads := readsOf(t, func(int64) {})
	s.RememberAtMost(3)
	var devices []symbolon.Device
	for _, user := range []symbolon.UserID{"a", "b", "c", "d", "e"} {
		devices = append(devices, device(t, s, user, symbolon.KeyID("key-"+user)))
	}
	for range 4 {
		for _, d := range devices {
			if st := standing(t, s, d); st.Device.UserID != d.UserID {
				t.Fatalf("got the standing of %q for %q", st.Device.UserID, d.UserID)
			}
			if n := s.Remembered(); n > 3 {
				t.Fatalf("%d standings are kept, want at most 3", n)
			}
		}
	}
	if n := s.Remembered(); n != 3 || reads.Load() < 5+3*2 {
		t.Errorf("%d standings are kept after %d reads", n, reads.Load())
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
	if s.Remembered() != 0 || reads.Load() != 3 {
		t.Errorf("%d standings are kept after %d reads", s.Remembered(), reads.Load())
	}
}
