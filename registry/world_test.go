package registry_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/internal/pgtest"
	"github.com/symbolon-id/symbolon/registry"
	"github.com/symbolon-id/symbolon/sqlstore"
)

// The people and apps of the stories.
const (
	bank = symbolon.AppID("bank")
	shop = symbolon.AppID("shop")

	ada = symbolon.UserID("ada")
	bob = symbolon.UserID("auth0|bob/..")
)

const (
	issuer   = "https://symbolon.example"
	adminKey = "an admin key of a good length"
)

var (
	noon      = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	secret    = []byte("the present secret, of 32 bytes.")
	oldSecret = []byte("the earlier secret, of 32 bytes.")
)

// tb is what the stories need of a *testing.T, or a *rapid.T.
type tb interface {
	Helper()
	Context() context.Context
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// world is a service over a real store, at a moment that the story moves.
type world struct {
	tb
	now   time.Time
	store symbolon.Store
	reg   *registry.Registry
	keys  map[string]string // bearer secrets of credentials, by what they open

	places  registry.Places  // what the service knows of addresses, from when it is served next
	issuers registry.Issuers // what reads tokens of OIDC issuers, likewise

	provider *symbolon.AdminProvider // by which admins sign in, likewise
	signIns  registry.SignIns        // what asks it
}

// newWorld has two apps, bank and shop. wrap puts something between service and store.
func newWorld(t *testing.T, wrap ...func(symbolon.Store) symbolon.Store) *world {
	t.Helper()
	return worldOn(t, sqlstore.Config{Path: filepath.Join(t.TempDir(), "symbolon.db")}, wrap...)
}

// onBothStores tells a story twice.
func onBothStores(t *testing.T, story func(*testing.T, sqlstore.Config)) {
	t.Helper()
	t.Run("SQLite", func(t *testing.T) { story(t, sqlstore.Config{Path: filepath.Join(t.TempDir(), "symbolon.db")}) })
	t.Run("PostgreSQL", func(t *testing.T) { story(t, sqlstore.Config{URL: pgtest.Database(t)}) })
}

func worldOn(t *testing.T, at sqlstore.Config, wrap ...func(symbolon.Store) symbolon.Store) *world {
	t.Helper()
	store, err := sqlstore.Open(t.Context(), at)
	if err != nil {
		t.Fatalf("the store can't be opened: %v", err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Errorf("the store can't be closed: %v", err)
		}
	})
	w := &world{tb: t, now: noon, store: store, keys: map[string]string{}}
	for _, f := range wrap {
		w.store = f(w.store)
	}
	w.serve(secret)
	for _, app := range []symbolon.AppID{bank, shop} {
		made, err := w.reg.CreateApp(t.Context(), w.root(), symbolon.NewApp{ID: app, Name: string(app)})
		w.ok(err)
		w.keys[string(app)] = made.Credential.Key
	}
	return w
}

// serve starts the service anew on the same store, with the current secret first.
func (w *world) serve(secrets ...[]byte) {
	w.Helper()
	var err error
	w.reg, err = registry.New(registry.Config{
		Store: w.store, Secrets: secrets, PublicURL: issuer, AdminKey: adminKey, Places: w.places, Issuers: w.issuers,
		Provider: w.provider, SignIns: w.signIns,
	})
	w.ok(err)
}

// pass lets time go by.
func (w *world) pass(d time.Duration) { w.now = w.now.Add(d) }

// policy sets the app's policy.
func (w *world) policy(app symbolon.AppID, doc string) {
	w.Helper()
	_, err := w.reg.PutPolicy(w.Context(), w.root(), app, []byte(doc), registry.AnyVersion)
	w.ok(err)
}

// seal lets the log be sealed, and what folds out of it be folded.
func (w *world) seal() {
	w.Helper()
	w.ok(w.reg.Seal(w.Context(), w.now))
}

// bearer is whom the service takes the token for, now.
func (w *world) bearer(app symbolon.AppID, token string) symbolon.Caller {
	w.Helper()
	c, err := w.reg.Authenticate(w.Context(), registry.Bearer{AppID: app, Token: token, Assertions: true, Address: "192.0.2.1", At: w.now})
	w.ok(err)
	return c
}

// root is an admin on all apps; backend holds every scope of its app; client is anyone.
func (w *world) root() symbolon.Caller { return w.bearer("", adminKey) }

func (w *world) backend(app symbolon.AppID) symbolon.Caller {
	w.Helper()
	return w.bearer(app, w.keys[string(app)])
}

func (w *world) client(app symbolon.AppID) symbolon.Caller { return w.bearer(app, "") }

// holder is whoever holds a credential with these scopes, or this role, on the app.
func (w *world) holder(app symbolon.AppID, role symbolon.Role, scopes ...symbolon.Scope) symbolon.Caller {
	w.Helper()
	name := fmt.Sprint(app, role, scopes)
	if w.keys[name] == "" {
		made, err := w.reg.CreateCredential(w.Context(), w.root(), app, symbolon.NewCredential{Name: "test", Role: role, Scopes: scopes})
		w.ok(err)
		w.keys[name] = made.Key
	}
	return w.bearer(app, w.keys[name])
}

// ticket is the backend's word on who the user is; withFactor and others add to it.
func (w *world) ticket(app symbolon.AppID, user symbolon.UserID, edits ...func(*symbolon.TicketRequest)) string {
	w.Helper()
	req := symbolon.TicketRequest{UserID: user}
	for _, edit := range edits {
		edit(&req)
	}
	made, err := w.reg.IssueTicket(w.Context(), w.backend(app), app, req)
	w.ok(err)
	return made.Ticket
}

func (w *world) user(app symbolon.AppID, user symbolon.UserID, edits ...func(*symbolon.TicketRequest)) symbolon.Caller {
	w.Helper()
	return w.bearer(app, w.ticket(app, user, edits...))
}

func withFactor(r *symbolon.TicketRequest) { r.Factor = "otp" }

// ok ends the test on an error.
func (w *world) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatalf("%v", err)
	}
}

// device and decision take an answer that must not be an error.
func (w *world) device(d symbolon.Device, err error) symbolon.Device {
	w.Helper()
	w.ok(err)
	return d
}

func (w *world) decision(d symbolon.Decision, err error) symbolon.Decision {
	w.Helper()
	w.ok(err)
	return d
}

// refused takes an error that must be of the code, in words.
func (w *world) refused(what string, err error, code symbolon.Code) {
	w.Helper()
	var own *symbolon.Error
	switch {
	case err == nil:
		w.Errorf("%s: done; want %s", what, code)
	case !errors.As(err, &own) || own.Code != code:
		w.Errorf("%s: %v; want %s", what, err, code)
	case own.Message == "" || strings.Contains(own.Message, "%!"):
		w.Errorf("%s: refused by %s without a message in words: %q", what, code, own.Message)
	}
}

// get is the device as it is stored.
func (w *world) get(app symbolon.AppID, id symbolon.DeviceID) symbolon.Device {
	w.Helper()
	return w.device(w.store.GetDevice(w.Context(), app, id))
}

// events are the types of the device's events, the oldest first.
func (w *world) events(app symbolon.AppID, id symbolon.DeviceID) []symbolon.Event {
	w.Helper()
	all, err := w.store.ListDeviceEvents(w.Context(), app, id, 0, 1000)
	w.ok(err)
	for i, j := 0, len(all)-1; i < j; i, j = i+1, j-1 {
		all[i], all[j] = all[j], all[i]
	}
	return all
}
