package server_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/registry"
	"github.com/symbolon-id/symbolon/server"
)

// faulty is a store that fails where a test says so.
type faulty struct {
	symbolon.Store
	getApp        func(context.Context) error
	getStanding   func() error
	issuers       registry.Issuers // of the registry over it; nil for none
	getCredential func()
	reserveAnswer func()
	tx            func() error
	listDecisions func(context.Context) error
}

func (f *faulty) ListDecisions(ctx context.Context, app symbolon.AppID, after []byte, limit int) ([]symbolon.DecisionRecord, error) {
	if f.listDecisions != nil {
		if err := f.listDecisions(ctx); err != nil {
			return nil, err
		}
	}
	return f.Store.ListDecisions(ctx, app, after, limit)
}

func (f *faulty) GetStanding(ctx context.Context, app symbolon.AppID, id symbolon.DeviceID) (symbolon.Standing, error) {
	if f.getStanding != nil {
		if err := f.getStanding(); err != nil {
			return symbolon.Standing{}, err
		}
	}
	return f.Store.GetStanding(ctx, app, id)
}

func (f *faulty) GetCredential(ctx context.Context, app symbolon.AppID, hash []byte) (symbolon.Credential, error) {
	if f.getCredential != nil {
		f.getCredential()
	}
	return f.Store.GetCredential(ctx, app, hash)
}

func (f *faulty) GetApp(ctx context.Context, app symbolon.AppID) (symbolon.App, error) {
	if f.getApp != nil {
		if err := f.getApp(ctx); err != nil {
			return symbolon.App{}, err
		}
	}
	return f.Store.GetApp(ctx, app)
}

func (f *faulty) ReserveAnswer(ctx context.Context, a symbolon.Answer, abandonedBefore time.Time) (symbolon.Answer, bool, error) {
	if f.reserveAnswer != nil {
		f.reserveAnswer()
	}
	return f.Store.ReserveAnswer(ctx, a, abandonedBefore)
}

func (f *faulty) Tx(ctx context.Context, work func(symbolon.Store) error) error {
	if f.tx != nil {
		if err := f.tx(); err != nil {
			return err
		}
	}
	return f.Store.Tx(ctx, work)
}

// openFaulty is a second service over the house's database, through the faulty store.
func openFaulty(t *testing.T, h *house, f *faulty, limits server.Limits, configure ...func(*server.Config)) *house {
	t.Helper()
	f.Store = h.store
	r, err := registry.New(registry.Config{
		Store: f, Secrets: [][]byte{bytes.Repeat([]byte{7}, 32)}, PublicURL: "https://symbolon.example", AdminKey: adminKey,
		Issuers: f.issuers,
	})
	must(t, err)
	log := &logBook{}
	cfg := server.Config{Registry: r, Limits: limits, Log: log.logger()}
	for _, f := range configure {
		f(&cfg)
	}
	s := httptest.NewServer(server.New(cfg))
	t.Cleanup(s.Close)
	return &house{url: s.URL, log: log, key: h.key, app: h.app, backend: h.backend}
}

// What the store says of a fault is for the log alone.
func TestFaultsAreLoggedNotTold(t *testing.T) {
	h := openHouse(t)
	for _, c := range []struct {
		err    error
		status int
		code   string
	}{
		{errors.New("disk of db7 is on fire"), http.StatusInternalServerError, "internal"},
		{errors.Join(symbolon.Errorf(symbolon.ErrUnavailable, "the database can't be reached"), errors.New("db7 is on fire")), http.StatusServiceUnavailable, "unavailable"},
		{symbolon.ErrUnavailable, http.StatusServiceUnavailable, "unavailable"},
		{symbolon.ErrStale, http.StatusInternalServerError, "internal"},
	} {
		bad := openFaulty(t, h, &faulty{getApp: func(context.Context) error { return c.err }}, server.Limits{})
		a := bad.ask(t, "GET", "/v1/apps/bank", "", asAdmin()...)
		a.problem(t, c.err.Error(), c.status, c.code)
		if strings.Contains(a.body, "fire") || strings.Contains(a.body, "record changed") {
			t.Errorf("the caller hears %s", a.body)
		}
		if !strings.Contains(bad.log.String(), strings.ReplaceAll(c.err.Error(), "\n", `\n`)) {
			t.Errorf("the log lacks %q:\n%s", c.err, bad.log)
		}
	}
}

// A request that takes too long ends as unavailable; one whose client left is no fault.
func TestSlowStore(t *testing.T) {
	h := openHouse(t)
	wait := func(ctx context.Context) error {
		<-ctx.Done()
		return ctx.Err()
	}
	slow := openFaulty(t, h, &faulty{getApp: wait}, server.Limits{Request: 20 * time.Millisecond})
	a := slow.ask(t, "GET", "/v1/apps/bank", "", asAdmin()...)
	a.problem(t, "too slow", http.StatusServiceUnavailable, "unavailable")

	reached := make(chan struct{})
	left := make(chan struct{})
	stuck := openFaulty(t, h, &faulty{getApp: func(ctx context.Context) error {
		close(reached)
		defer close(left)
		return wait(ctx)
	}}, server.Limits{})
	ctx, cancel := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, stuck.url+"/v1/apps/bank", nil)
	must(t, err)
	req.Header.Set("Authorization", "Bearer "+adminKey)
	go func() {
		<-reached
		cancel()
	}()
	if resp, err := http.DefaultClient.Do(req); err == nil {
		resp.Body.Close()
		t.Error("the client that left was answered")
	}
	<-left
	stuck.log.await(t, `"status":499`)
	if strings.Contains(stuck.log.String(), `"level":"ERROR"`) {
		t.Errorf("a client that leaves is logged as a fault:\n%s", stuck.log)
	}
}

// A write that failed is tried again under the same key; nothing of the failure is kept.
func TestFailuresAreNotKept(t *testing.T) {
	h := openHouse(t)
	device := h.newPhone(t, "alice").register(t)
	fails := true
	bad := openFaulty(t, h, &faulty{tx: func() error {
		if fails {
			return errors.New("not this time")
		}
		return nil
	}}, server.Limits{})
	block := func() answered {
		return bad.ask(t, "POST", "/v1/apps/bank/devices/"+string(device.ID)+"/block", `{"reason":"x"}`, append(h.asBackend(), "Idempotency-Key", "k")...)
	}
	block().problem(t, "at first", http.StatusInternalServerError, "internal")
	fails = false
	if a := block(); a.status != http.StatusOK || a.header.Get("Idempotency-Replayed") != "" {
		t.Errorf("then: %d %s", a.status, a.body)
	}
	if a := block(); a.status != http.StatusOK || a.header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("at last: %d %s", a.status, a.body)
	}
}
