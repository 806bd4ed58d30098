package registry_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/registry"
)

func warns(s symbolon.ServiceStatus, name string) bool {
	return slices.ContainsFunc(s.Checks, func(c symbolon.Check) bool { return c.Name == name && c.Health == "warn" && c.Detail != "" })
}

func healthOf(s symbolon.ServiceStatus, name string) string {
	for _, c := range s.Checks {
		if c.Name == name {
			return c.Health
		}
	}
	return ""
}

func (w *world) status() symbolon.ServiceStatus {
	w.Helper()
	s, err := w.reg.Status(w.Context(), w.root())
	w.ok(err)
	return s
}

func TestStatusTellsTheKeysThatVerifyTokens(t *testing.T) {
	w := newWorld(t)
	w.serve(secret, oldSecret)
	s := w.status()
	var set struct {
		Keys []struct {
			ID string `json:"kid"`
		} `json:"keys"`
	}
	w.ok(json.Unmarshal(w.reg.JWKS(w.now), &set))
	if len(set.Keys) == 0 || len(s.SigningKeys) != len(set.Keys) {
		t.Fatalf("%d keys, and %d in the JWKS", len(s.SigningKeys), len(set.Keys))
	}
	current := 0
	for i, k := range s.SigningKeys {
		if k.ID != set.Keys[i].ID || k.Alg != "EdDSA" || !k.From.Before(k.Until) {
			t.Errorf("key %d is %+v; the JWKS has %s", i, k, set.Keys[i].ID)
		}
		if k.Current {
			current++
			if w.now.Before(k.From) || !w.now.Before(k.Until) {
				t.Errorf("the current key signs from %s to %s", k.From, k.Until)
			}
		}
	}
	if current != 1 {
		t.Errorf("%d keys sign now", current)
	}
}

func TestStatusTellsOfOldFilesAndPlainHTTP(t *testing.T) {
	w := newWorld(t)
	files := []symbolon.PlaceFile{{Kind: "city", File: "cities.mmdb", BuiltAt: w.now.Add(-10 * symbolon.Day), LoadedAt: w.now}}
	serve := func(publicURL string) {
		var err error
		w.reg, err = registry.New(registry.Config{
			Store: w.store, Secrets: [][]byte{secret}, PublicURL: publicURL, AdminKey: adminKey,
			About: func(context.Context) symbolon.Surroundings {
				return symbolon.Surroundings{Version: "1.2.3", Places: slices.Clone(files), Database: symbolon.DatabaseStatus{Kind: "SQLite", OK: true}}
			},
		})
		w.ok(err)
	}
	serve("https://devices.example")
	s := w.status()
	if warns(s, "places") || warns(s, "publicUrl") || s.Places[0].AgeDays != 10 || s.Places[0].Old || s.Version != "1.2.3" {
		t.Errorf("all is well: %+v", s)
	}
	for _, local := range []string{"http://localhost:8080", "http://127.0.0.1:8080", "http://[::1]:8080"} {
		if serve(local); warns(w.status(), "publicUrl") {
			t.Errorf("%s is this machine", local)
		}
	}
	files[0].BuiltAt = w.now.Add(-46 * symbolon.Day)
	serve("http://devices.example")
	if s = w.status(); !warns(s, "places") || !warns(s, "publicUrl") || !s.Places[0].Old {
		t.Errorf("old files and http: %+v", s.Checks)
	}
}

// faults is a store in which the named methods fail, from when they are named.
func faults(failing *[]string) func(symbolon.Store) symbolon.Store {
	return func(s symbolon.Store) symbolon.Store {
		return &spy{s, func(method string) error {
			if slices.Contains(*failing, method) {
				return symbolon.Errorf(symbolon.ErrUnavailable, "the store does not answer")
			}
			return nil
		}}
	}
}

func TestStatusTellsOfAStoreThatFails(t *testing.T) {
	var failing []string
	w := newWorld(t, faults(&failing))
	if s := w.status(); healthOf(s, "database") != "ok" || healthOf(s, "writes") != "ok" {
		t.Errorf("all is well: %+v", s.Checks)
	}
	failing = []string{"Ping", "ListApps"}
	s := w.status()
	if healthOf(s, "database") != "fail" || s.Database.OK {
		t.Errorf("a database that does not answer: %+v", s.Checks)
	}
}

func TestStatusCountsIssuersAndKeepsSecrets(t *testing.T) {
	w := newWorld(t)
	_, err := w.reg.UpdateApp(t.Context(), w.root(), bank, symbolon.AppPatch{Issuers: &[]symbolon.Issuer{{
		Issuer: "https://id.example", Audiences: []string{"bank"},
		Introspection: &symbolon.Introspector{ClientID: "bank", ClientSecret: "hush-hush"},
	}}}, registry.AnyVersion)
	w.ok(err)
	s := w.status()
	if len(s.Issuers) != 1 || s.Issuers[0] != (symbolon.AppIssuers{AppID: bank, Count: 1}) {
		t.Errorf("issuers: %+v", s.Issuers)
	}
	text, err := json.Marshal(s)
	w.ok(err)
	for _, hidden := range []string{"hush-hush", string(secret), adminKey} {
		if strings.Contains(string(text), hidden) {
			t.Errorf("the status tells %q", hidden)
		}
	}
}

func TestACredentialTellsWhenItWasLastUsed(t *testing.T) {
	heard, spy := spied()
	w := newWorld(t, spy)
	last := func() *time.Time {
		all, err := w.reg.ListCredentials(t.Context(), w.root(), bank)
		w.ok(err)
		return all[0].LastUsedAt
	}
	if at := last(); at != nil {
		t.Errorf("before its first use: %v", at)
	}
	heard.take()
	first := w.now
	for range 5 {
		w.backend(bank)
		w.pass(time.Minute)
	}
	if at := last(); at == nil || !at.Equal(first) {
		t.Errorf("after uses within an hour: %v", at)
	}
	w.pass(time.Hour)
	second := w.now
	w.backend(bank)
	if at := last(); at == nil || !at.Equal(second) {
		t.Errorf("after an hour: %v", at)
	}
	writes := slices.DeleteFunc(heard.take(), func(m string) bool { return m != "SeeCredential" })
	if len(writes) != 2 {
		t.Errorf("noted %d times", len(writes))
	}
}

func TestAUseThatCannotBeNotedKeepsNobodyOut(t *testing.T) {
	failing := []string{"SeeCredential"}
	w := newWorld(t, faults(&failing))
	if c := w.backend(bank); c.Kind != symbolon.CallerBackend {
		t.Errorf("the backend is taken for %v", c.Kind)
	}
}
