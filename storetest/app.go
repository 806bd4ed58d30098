package storetest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
)

var apps = []story{
	{"an app is read as it was put", func(t *testing.T, w *world) {
		a := symbolon.App{ID: "other", Name: "Other", Origins: []string{"https://a.test", "https://b.test"}, CreatedAt: start, UpdatedAt: start}
		put, err := w.store.PutApp(w.ctx, a)
		must(t, err)
		got, err := w.Replicas[1].GetApp(w.ctx, "other")
		must(t, err)
		equal(t, "app", got, put)
		equal(t, "version", got.Version, 1)

		_, err = w.store.GetApp(w.ctx, "nobody")
		fails(t, err, symbolon.ErrNotFound)
	}},
	{"an app's issuers are read as they were put, without secrets in the clear, and are never nil", func(t *testing.T, w *world) {
		a, err := w.store.GetApp(w.ctx, acme)
		must(t, err)
		equal(t, "issuers of an app without", a.Issuers, []symbolon.Issuer{})
		a.Issuers = []symbolon.Issuer{fullIssuer("https://one.test"), {Issuer: "https://two.test", Audiences: []string{"api"}}}
		a.Issuers[0].Introspection.ClientSecret = "in-the-clear"
		put, err := w.store.PutApp(w.ctx, a)
		must(t, err)
		a.Issuers[0].Introspection.ClientSecret = ""
		got, err := w.Replicas[1].GetApp(w.ctx, acme)
		must(t, err)
		equal(t, "issuers", got.Issuers, a.Issuers)
		equal(t, "app as it was put", put, got)
		list, err := w.store.ListApps(w.ctx, "", 10)
		must(t, err)
		equal(t, "apps", list, []symbolon.App{got})
		if strings.Contains(w.Dump(t), "in-the-clear") {
			t.Fatal("the secret is kept in the clear")
		}
	}},
	{"an app is changed only at the version that was read", func(t *testing.T, w *world) {
		a, err := w.store.GetApp(w.ctx, acme)
		must(t, err)
		a.Name = "Acme & Sons"
		_, err = w.store.PutApp(w.ctx, a)
		must(t, err)
		_, err = w.store.PutApp(w.ctx, a)
		fails(t, err, symbolon.ErrStale)
		_, err = w.store.PutApp(w.ctx, symbolon.App{ID: acme, Name: "Twice", CreatedAt: start})
		fails(t, err, symbolon.ErrConflict)
	}},
	{"apps are listed in order of id", func(t *testing.T, w *world) {
		for i := range 5 {
			_, err := w.store.PutApp(w.ctx, symbolon.App{ID: symbolon.AppID(fmt.Sprintf("app_%d", i)), Name: "x", CreatedAt: start})
			must(t, err)
		}
		page, err := w.store.ListApps(w.ctx, "app_1", 2)
		must(t, err)
		equal(t, "ids", []symbolon.AppID{page[0].ID, page[1].ID}, []symbolon.AppID{"app_2", "app_3"})
	}},
	{"two apps with the same ids share nothing, and one goes without a trace", takeApp},
	{"policies follow one another", func(t *testing.T, w *world) {
		_, err := w.store.GetPolicy(w.ctx, acme)
		fails(t, err, symbolon.ErrNotFound)
		first := symbolon.PolicyVersion{AppID: acme, Version: 1, Document: []byte(`{ "limits": {"devices": 3} }`), At: start, By: "admin:cred_1"}
		must(t, w.store.PutPolicy(w.ctx, first))
		fails(t, w.store.PutPolicy(w.ctx, first), symbolon.ErrStale)
		third := first
		third.Version = 3
		fails(t, w.store.PutPolicy(w.ctx, third), symbolon.ErrStale)
		second := first
		second.Version, second.At = 2, start.Add(time.Second)
		must(t, w.store.PutPolicy(w.ctx, second))
		got, err := w.store.GetPolicy(w.ctx, acme)
		must(t, err)
		equal(t, "policy", got, second)
	}},
	{"of 32 racing policies of one version, one is kept", func(t *testing.T, w *world) {
		errs := race(32, func(i int) error {
			return w.Replicas[i%2].PutPolicy(w.ctx, symbolon.PolicyVersion{AppID: acme, Version: 1, Document: []byte(`{}`), At: start})
		})
		equal(t, "kept", count(t, errs, symbolon.ErrStale), 1)
	}},
	{"credentials are found by their hash within their app", credentials},
}

func takeApp(t *testing.T, w *world) {
	const other symbolon.AppID = "zz-other"
	_, err := w.store.PutApp(w.ctx, symbolon.App{ID: other, Name: "Other", CreatedAt: start})
	must(t, err)
	for _, app := range []symbolon.AppID{acme, other} {
		d := w.registerIn(t, app, "same-user", "same-key")
		_, err := w.decide(d, "same-spend", start)
		must(t, err)
		must(t, w.store.TakeSpend(w.ctx, app, []byte("same"), start))
		must(t, w.store.PutTombstone(w.ctx, symbolon.Tombstone{AppID: app, UserTag: []byte("u"), KeyTag: []byte("k"), At: start}))
		must(t, w.store.PutUser(w.ctx, symbolon.User{AppID: app, ID: "same-user", NotBefore: start}))
		must(t, w.store.PutSession(w.ctx, newSession(d, "same-session")))
		must(t, w.store.PutPolicy(w.ctx, symbolon.PolicyVersion{AppID: app, Version: 1, Document: []byte(`{}`), At: start}))
		must(t, w.store.PutCredential(w.ctx, symbolon.Credential{ID: "cred_1", AppID: app, Name: "x", CreatedAt: start, Hash: []byte("same")}))
	}
	w.sealAll(t)
	_, err = w.store.EraseUser(w.ctx, acme, "same-user")
	must(t, err)
	id, err := w.store.GetIdentity(w.ctx, other, "same-user", "same-key")
	must(t, err)
	if id.Device == nil || id.User.NotBefore.IsZero() {
		t.Fatal("erasing a user of one app touched the same user of another")
	}

	must(t, w.store.TakeApp(w.ctx, other, start))
	w.finish(t, other, "", 100)
	if dump := w.Dump(t); strings.Count(dump, string(other)) != 1 {
		t.Fatalf("the app left more behind than that it was removed:\n%s", dump)
	}
	fails(t, w.store.TakeApp(w.ctx, other, start), symbolon.ErrNotFound)
	equal(t, "events of the app that stayed", w.verify(t, acme).Events, 1)
}

// fullIssuer has a value in every member that is stored.
func fullIssuer(name string) symbolon.Issuer {
	leeway, cacheFor := symbolon.Duration(time.Minute), symbolon.Span(time.Second)
	return symbolon.Issuer{
		Issuer: name, Audiences: []string{"api", "web"}, UserClaim: "email", Algorithms: []string{"ES256"}, Leeway: &leeway,
		Require: map[string][]string{"acr": {"gold", "silver"}, "email_verified": {}}, Factor: map[string][]string{"amr": {"otp", "hwk"}},
		Introspection: &symbolon.Introspector{Endpoint: name + "/introspect", ClientID: "symbolon", CacheFor: &cacheFor, Sealed: []byte{0, 1, 0xff}},
	}
}

func credentials(t *testing.T, w *world) {
	c := symbolon.Credential{
		ID: "cred_1", AppID: acme, Name: "backend", Scopes: symbolon.AllScopes, CreatedAt: start,
		ExpiresAt: at(start.Add(time.Hour)), Hash: symbolon.HashCredential("sk_1"),
	}
	must(t, w.store.PutCredential(w.ctx, c))
	got, err := w.store.GetCredential(w.ctx, acme, c.Hash)
	must(t, err)
	equal(t, "credential", got, c)
	for _, app := range []symbolon.AppID{"other", ""} {
		_, err = w.store.GetCredential(w.ctx, app, c.Hash)
		fails(t, err, symbolon.ErrNotFound)
	}

	c.Name, c.RevokedAt = "renamed", at(start)
	must(t, w.store.PutCredential(w.ctx, c))
	admin := symbolon.Credential{ID: "cred_0", Name: "root", Role: symbolon.RoleAdmin, CreatedAt: start, Hash: []byte("h")}
	must(t, w.store.PutCredential(w.ctx, admin))
	list, err := w.store.ListCredentials(w.ctx, acme)
	must(t, err)
	equal(t, "list", list, []symbolon.Credential{c})
	admins, err := w.store.ListCredentials(w.ctx, "")
	must(t, err)
	equal(t, "admins", admins, []symbolon.Credential{admin})

	twin := c
	twin.ID = "cred_2"
	fails(t, w.store.PutCredential(w.ctx, twin), symbolon.ErrConflict)

	must(t, w.store.SeeCredential(w.ctx, acme, c.ID, start.Add(time.Hour)))
	must(t, w.store.SeeCredential(w.ctx, acme, c.ID, start)) // it does not go back
	must(t, w.store.SeeCredential(w.ctx, acme, "cred_none", start))
	must(t, w.store.PutCredential(w.ctx, c)) // a change says nothing of its use
	c.LastUsedAt = at(start.Add(time.Hour))
	got, err = w.store.GetCredential(w.ctx, acme, c.Hash)
	must(t, err)
	equal(t, "used", got, c)
}
