package registry_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/registry"
)

// knock tells whether the token opens anything on the app, now.
func (w *world) knock(app symbolon.AppID, token string) error {
	_, err := w.reg.Authenticate(w.Context(), registry.Bearer{AppID: app, Token: token, Assertions: true, At: w.now})
	return err
}

func TestABearerIsGoodOrNobody(t *testing.T) {
	w := newWorld(t)
	for what, token := range map[string]string{
		"a key of another app":   w.keys[string(shop)],
		"an unknown key":         symbolon.NewCredentialSecret(),
		"half a key":             w.keys[string(bank)][:20],
		"a key with more behind": w.keys[string(bank)] + "a",
		"the wrong admin key":    adminKey + " ",
		"no JWT":                 "Basic YWRtaW46YWRtaW4=",
		"a very long token":      strings.Repeat("a", 100_000),
	} {
		w.refused(what, w.knock(bank, token), symbolon.ErrUnauthenticated)
	}
	w.refused("a backend's key where no app is named", w.knock("", w.keys[string(bank)]), symbolon.ErrUnauthenticated)
	w.refused("a ticket where no app is named", w.knock("", w.ticket(bank, ada)), symbolon.ErrUnauthenticated)
}

func TestARevokedCredentialOpensNothingFromThenOn(t *testing.T) {
	w := newWorld(t)
	made, err := w.reg.CreateCredential(t.Context(), w.root(), bank, symbolon.NewCredential{Name: "old", Scopes: symbolon.AllScopes})
	w.ok(err)
	w.ok(w.knock(bank, made.Key))
	first, err := w.reg.RevokeCredential(t.Context(), w.root(), bank, made.ID)
	w.ok(err)
	w.refused("at the same moment", w.knock(bank, made.Key), symbolon.ErrUnauthenticated)
	w.pass(time.Hour)
	again, err := w.reg.RevokeCredential(t.Context(), w.root(), bank, made.ID)
	w.ok(err)
	if !again.RevokedAt.Equal(*first.RevokedAt) {
		t.Errorf("revoked again at %v", again.RevokedAt)
	}
	_, err = w.reg.RevokeCredential(t.Context(), w.root(), shop, made.ID)
	w.refused("revoking it as one of another app", err, symbolon.ErrNotFound)
}

func TestACredentialEndsByItself(t *testing.T) {
	w := newWorld(t)
	hour := symbolon.Duration(time.Hour)
	made, err := w.reg.CreateCredential(t.Context(), w.root(), "", symbolon.NewCredential{Name: "guest", Role: symbolon.RoleViewer, TTL: &hour})
	w.ok(err)
	w.pass(time.Hour - time.Microsecond)
	w.ok(w.knock(bank, made.Key))
	w.pass(time.Microsecond)
	w.refused("at its end", w.knock(bank, made.Key), symbolon.ErrUnauthenticated)
}

// Another replica may have revoked it: what is remembered counts for a second at most.
func TestWhatAnotherReplicaChangedCountsWithinASecond(t *testing.T) {
	w := newWorld(t)
	key := w.keys[string(bank)]
	caller := w.backend(bank)
	here := w.reg
	w.serve(secret)
	_, err := w.reg.RevokeCredential(t.Context(), w.root(), bank, caller.Credential)
	w.ok(err)
	w.policy(bank, `{"limits":{"devices":7}}`)
	w.reg = here
	w.pass(time.Second)
	w.refused("a second later", w.knock(bank, key), symbolon.ErrUnauthenticated)
}

// Who reads while a credential is revoked must not remember it as good.
func TestAReadThatRacesARevocationIsNotRemembered(t *testing.T) {
	var w *world
	var revoke func()
	w = newWorld(t, func(s symbolon.Store) symbolon.Store {
		return &late{Store: s, after: func(method string) {
			if f := revoke; f != nil && method == "GetCredential" {
				revoke = nil
				f()
			}
		}}
	})
	made, err := w.reg.CreateCredential(t.Context(), w.root(), bank, symbolon.NewCredential{Name: "old", Scopes: symbolon.AllScopes})
	w.ok(err)
	revoke = func() {
		_, err := w.reg.RevokeCredential(t.Context(), w.root(), bank, made.ID)
		w.ok(err)
	}
	w.ok(w.knock(bank, made.Key)) // it was good when it was read
	w.refused("the next request", w.knock(bank, made.Key), symbolon.ErrUnauthenticated)
}

// late lets something happen right after a read of the store.
type late struct {
	symbolon.Store
	after func(method string)
}

func (l *late) GetCredential(ctx context.Context, app symbolon.AppID, hash []byte) (symbolon.Credential, error) {
	c, err := l.Store.GetCredential(ctx, app, hash)
	l.after("GetCredential")
	return c, err
}

func (l *late) GetIdentity(ctx context.Context, app symbolon.AppID, user symbolon.UserID, key symbolon.KeyID) (symbolon.Identity, error) {
	found, err := l.Store.GetIdentity(ctx, app, user, key)
	l.after("GetIdentity")
	return found, err
}

func TestCredentialsAreListedWithoutTheirSecrets(t *testing.T) {
	w := newWorld(t)
	list, err := w.reg.ListCredentials(t.Context(), w.root(), bank)
	w.ok(err)
	if len(list) != 1 || list[0].Name != "first" || len(list[0].Scopes) != len(symbolon.AllScopes) {
		t.Errorf("a new app's credentials: %+v", list)
	}
	_, err = w.reg.ListCredentials(t.Context(), w.root(), "no-such-app")
	w.refused("credentials of an app that is not there", err, symbolon.ErrNotFound)
}

func TestAnAdminOfOneAppSeesThatAppOnly(t *testing.T) {
	w := newWorld(t)
	admin := w.holder(bank, symbolon.RoleAdmin)
	apps, err := w.reg.ListApps(t.Context(), admin, "", 0)
	w.ok(err)
	if len(apps) != 1 || apps[0].ID != bank {
		t.Errorf("apps: %v", apps)
	}
	if next, err := w.reg.ListApps(t.Context(), admin, bank, 0); err != nil || len(next) != 0 {
		t.Errorf("the page after it: %v, %v", next, err)
	}
	_, err = w.reg.GetApp(t.Context(), admin, shop)
	w.refused("the other app", err, symbolon.ErrForbidden)
	if all, err := w.reg.ListApps(t.Context(), w.root(), "", 0); err != nil || len(all) != 2 {
		t.Errorf("all apps: %v, %v", all, err)
	}
}

func TestAnAppIsRemovedWithItsCredentials(t *testing.T) {
	w := newWorld(t)
	phone := w.registered(ada)
	backend := w.backend(bank)
	w.ok(w.reg.RemoveApp(t.Context(), w.root(), bank))
	w.refused("its credential", w.knock(bank, w.keys[string(bank)]), symbolon.ErrUnauthenticated)
	_, err := w.reg.GetDevice(t.Context(), backend, bank, phone.id)
	w.refused("who was authenticated before", err, symbolon.ErrNotFound)
	w.refused("removing it again", w.reg.RemoveApp(t.Context(), w.root(), bank), symbolon.ErrNotFound)
	if _, err := w.store.GetDevice(t.Context(), bank, phone.id); !errors.Is(err, symbolon.ErrNotFound) {
		t.Errorf("its device: %v", err)
	}
}

func TestAnAppIsChangedAtTheVersionThatWasRead(t *testing.T) {
	w := newWorld(t)
	app, err := w.reg.GetApp(t.Context(), w.root(), bank)
	w.ok(err)
	origins := []string{"https://b.example", "https://a.example", "https://a.example"}
	changed, err := w.reg.UpdateApp(t.Context(), w.root(), bank, symbolon.AppPatch{Origins: &origins}, app.Version)
	w.ok(err)
	if strings.Join(changed.Origins, " ") != "https://a.example https://b.example" {
		t.Errorf("origins: %v", changed.Origins)
	}
	for origin, want := range map[string]bool{"https://a.example": true, "https://evil.example": false, "": false} {
		if ok, err := w.reg.AllowsOrigin(t.Context(), bank, origin, w.now); ok != want || err != nil {
			t.Errorf("origin %q: %v, %v", origin, ok, err)
		}
	}
	if ok, err := w.reg.AllowsOrigin(t.Context(), "no-such-app", "https://a.example", w.now); ok || err != nil {
		t.Errorf("an app that is not there: %v, %v", ok, err)
	}
	_, err = w.reg.UpdateApp(t.Context(), w.root(), bank, symbolon.AppPatch{Origins: &origins}, app.Version)
	w.refused("a change of the version before", err, symbolon.ErrPreconditionFailed)
	_, err = w.reg.PutPolicy(t.Context(), w.root(), bank, []byte(`{}`), 5)
	w.refused("a policy for a version that is not", err, symbolon.ErrPreconditionFailed)
}
