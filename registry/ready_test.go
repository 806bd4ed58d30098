package registry_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/registry"
)

// A service is ready if it can write what it decides; it tries that once a second at most,
// however many ask, and leaves nothing behind.
func TestReadyMeansAbleToWrite(t *testing.T) {
	tries, full := 0, false
	running(t, func(w *world, _ *counted) {
		ready := func() error {
			for range 100 {
				if err := w.reg.Ready(w.Context()); err != nil {
					return err
				}
			}
			return nil
		}
		w.ok(ready())
		if tries != 1 {
			t.Errorf("a hundred who asked at once caused %d writes", tries)
		}
		full = true
		w.ok(ready())
		w.wait(time.Second)
		if err := ready(); !errors.Is(err, symbolon.ErrUnavailable) {
			t.Errorf("with a full disk: %v", err)
		}
		full = false
		w.wait(time.Second)
		w.ok(ready())
		if tries != 3 {
			t.Errorf("in two seconds there were %d writes; want 3", tries)
		}
		if left, err := w.store.PruneSpends(w.Context(), w.now.Add(symbolon.Day), 100); err != nil || left != 0 {
			t.Errorf("it left %d rows, %v", left, err)
		}
	}, func(s symbolon.Store) symbolon.Store {
		return &spy{s, func(method string) error {
			if method == "TakeSpend" {
				tries++
				if full {
					return symbolon.ErrUnavailable
				}
			}
			return nil
		}}
	})
}

// What fails and fails is tried less and less often.
func TestWorkThatFailsBacksOff(t *testing.T) {
	var mu sync.Mutex
	var at []time.Duration
	var failing atomic.Bool
	failing.Store(true)
	began := time.Time{}
	times := func() []time.Duration {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(at)
	}
	running(t, func(w *world, heard *counted) {
		w.registered(ada)
		w.wait(3 * time.Minute)
		var waits []time.Duration
		tried := times()
		for i := range tried[1:] {
			waits = append(waits, tried[i+1]-tried[i])
		}
		want := []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second, 30 * time.Second}
		if len(waits) < 9 || !slices.Equal(waits[:len(want)], want) || waits[len(waits)-1] != 30*time.Second {
			t.Errorf("it waited %v", waits)
		}
		failing.Store(false)
		w.wait(30 * time.Second)
		if heard.sealed == 0 {
			t.Error("nothing is sealed, though it can be")
		}
		before := len(times())
		w.wait(10 * time.Second)
		if n := len(times()) - before; n != 40 {
			t.Errorf("then it worked %d times in ten seconds; want 40", n)
		}
	}, func(s symbolon.Store) symbolon.Store {
		began = time.Now()
		return &spy{s, func(method string) error {
			if method != "Seal" {
				return nil
			}
			mu.Lock()
			at = append(at, time.Since(began))
			mu.Unlock()
			if failing.Load() {
				return symbolon.ErrUnavailable
			}
			return nil
		}}
	})
}

// sealing is a store that seals, or says why not.
type sealing struct {
	symbolon.Store
	trouble atomic.Pointer[string] // nil for none
}

func (s *sealing) ListOpenIncidents(context.Context, int) ([]symbolon.Incident, error) {
	return nil, nil
}

func (s *sealing) ListApps(context.Context, symbolon.AppID, int) ([]symbolon.App, error) {
	return nil, nil
}

func (s *sealing) Seal(context.Context, time.Time, int) (symbolon.SealReport, error) {
	if why := s.trouble.Load(); why != nil {
		return symbolon.SealReport{}, errors.New(*why)
	}
	return symbolon.SealReport{}, nil
}

// The log is told when trouble begins, changes and ends, not each time.
func TestTroubleIsToldOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		store := &sealing{}
		r, err := registry.New(registry.Config{Store: store, Secrets: [][]byte{secret}, PublicURL: issuer, Log: slog.New(slog.NewTextHandler(&log, nil))})
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithTimeout(t.Context(), 50*time.Second)
		defer stop()
		ended := make(chan error)
		go func() { ended <- r.Run(ctx) }()
		network, disk := "no network", "no disk"
		for _, trouble := range []*string{&network, &disk, nil} {
			store.trouble.Store(trouble)
			time.Sleep(15 * time.Second)
			synctest.Wait()
		}
		if err := <-ended; err != nil {
			t.Error(err)
		}
		for line, want := range map[string]int{"no network": 1, "no disk": 1, "goes on again": 1, "msg=": 3} {
			if n := strings.Count(log.String(), line); n != want {
				t.Errorf("%q is there %d times, want %d:\n%s", line, n, want, &log)
			}
		}
	})
}
