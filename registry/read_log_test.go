package registry_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
)

// log reads all pages of a log, as its types.
func (w *world) log(c symbolon.Caller, q symbolon.LogQuery) (types []string) {
	w.Helper()
	for cursor := ""; ; {
		page, err := w.reg.ReadLog(w.Context(), c, q, cursor)
		w.ok(err)
		for _, e := range page.Items {
			types = append(types, string(e.Type))
		}
		if cursor = page.NextCursor; cursor == "" {
			return types
		}
	}
}

func TestTheLogTellsWhoDidWhat(t *testing.T) {
	w := newWorld(t)
	browser := w.trusted(ada)
	browser.block()
	w.registered(bob)
	viewer := w.holder(bank, symbolon.RoleViewer)
	said := func(q symbolon.LogQuery) string {
		q.AppID, q.Limit = bank, 2
		return strings.Join(w.log(viewer, q), " ")
	}
	for want, q := range map[string]symbolon.LogQuery{
		"credential.created device.registered device.blocked device.trusted device.registered credential.created app.created": {},
		"device.blocked device.trusted device.registered":                                                                     {User: ada},
		"device.blocked":                                    {User: ada, Types: []symbolon.EventType{symbolon.EventDeviceBlocked, symbolon.EventAppCreated}},
		"device.registered device.registered":               {Actor: symbolon.CallerUser},
		"credential.created credential.created app.created": {Actor: symbolon.CallerAdmin},
		"": {By: "nobody"},
	} {
		if got := said(q); got != want {
			t.Errorf("%+v: %s; want %s", q, got, want)
		}
	}
}

// What belongs to no app is for who manages admins; a viewer of all apps reads each app's.
func TestTheLogOfNoApp(t *testing.T) {
	w := newWorld(t)
	w.mia()
	admin := w.person("", symbolon.Grant{Role: symbolon.RoleAdmin})
	if got := w.log(admin, symbolon.LogQuery{Actor: symbolon.CallerAdmin, Types: []symbolon.EventType{symbolon.EventAdminCreated, symbolon.EventAdminSignedIn}}); fmt.Sprint(got) != "[admin.signed_in admin.created]" {
		t.Errorf("it says %v", got)
	}
	for who, c := range map[string]symbolon.Caller{
		"a viewer of all apps": w.person("", symbolon.Grant{Role: symbolon.RoleViewer}), "an admin of one app": w.person("", symbolon.Grant{AppID: bank, Role: symbolon.RoleAdmin}),
		"a backend": w.backend(bank), "a credential of one app": w.holder(bank, symbolon.RoleAdmin),
	} {
		_, err := w.reg.ReadLog(w.Context(), c, symbolon.LogQuery{}, "")
		w.refused(who, err, symbolon.ErrForbidden)
	}
	_, err := w.reg.ReadLog(w.Context(), w.root(), symbolon.LogQuery{AppID: "none"}, "")
	w.refused("an app that is not there", err, symbolon.ErrNotFound)
}

func TestLogsThatAreRefused(t *testing.T) {
	w := newWorld(t)
	earlier, later := w.now, w.now.Add(time.Second)
	for field, q := range map[string]symbolon.LogQuery{
		"type":  {Types: []symbolon.EventType{symbolon.EventAppCreated, "app.wept"}},
		"type ": {Types: []symbolon.EventType{symbolon.EventDeviceDecided}},
		"actor": {Actor: "ghost"},
		"by":    {By: "a\nb"},
		"user":  {User: symbolon.UserID(strings.Repeat("u", 300))},
		"limit": {Limit: 201},
		"from":  {From: &later, To: &earlier},
	} {
		q.AppID = bank
		_, err := w.reg.ReadLog(w.Context(), w.root(), q, "")
		w.refused(field, err, symbolon.ErrInvalidRequest)
		if err != nil && !strings.Contains(err.Error(), strings.TrimSpace(field)) {
			t.Errorf("%q does not name %s", err, field)
		}
	}
	_, err := w.reg.ReadLog(w.Context(), w.root(), symbolon.LogQuery{AppID: bank}, "elsewhere")
	w.refused("cursor", err, symbolon.ErrInvalidRequest)
}

// refusals are what the log says of refused sign-ins, the latest first.
func (w *world) refusals() (said []string) {
	w.Helper()
	page, err := w.reg.ReadLog(w.Context(), w.root(), symbolon.LogQuery{Types: []symbolon.EventType{symbolon.EventAdminRefused}}, "")
	w.ok(err)
	for _, e := range page.Items {
		said = append(said, fmt.Sprint(e.At.Format("15:04:05"), " ", e.Actor.Kind, " ", string(e.Data)))
	}
	return said
}

// Whoever guesses an admin's password leaves a line every five minutes, and no more; of a
// login that is not there, none.
func TestGuessedPasswordsLeaveALine(t *testing.T) {
	w := newWorld(t)
	mia := w.mia().Admin
	guess := func(login string, times int) {
		for range times {
			_, err := w.reg.SignIn(w.Context(), w.visitor(), symbolon.SignInRequest{Login: login, Password: "a wrong guess of hers"})
			w.refused("a guess", err, symbolon.ErrUnauthenticated)
		}
	}
	flushed := func(lines int) {
		t.Helper()
		w.ok(w.reg.FlushCounts(w.Context(), w.now))
		if said := w.refusals(); len(said) != lines {
			t.Fatalf("%d lines: %v; want %d", len(said), said, lines)
		}
	}
	guess(mia.Login, 3)
	guess("nobody@acme.example", 3)
	flushed(1)
	w.pass(4 * time.Minute)
	guess(mia.Login, 2)
	flushed(1)
	w.pass(time.Minute)
	guess(mia.Login, 1)
	flushed(2)
	w.pass(time.Hour)
	_, err := w.reg.SignIn(w.Context(), w.visitor(), symbolon.SignInRequest{Login: mia.Login, Password: goodPassword})
	w.ok(err)
	flushed(2)
	line := func(at string, attempts int) string {
		return fmt.Sprintf(`%s client {"adminId":%q,"attempts":%d,"ipAddress":"192.0.2.9","login":"mia@acme.example"}`, at, mia.ID, attempts)
	}
	want := []string{line("12:04:00", 3), line("12:00:00", 3)}
	if got := w.refusals(); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("it says\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// A guess of a right password on a closed account is told too, also where the log could not
// be written at first.
func TestRefusalsWaitForTheStore(t *testing.T) {
	down := false
	w := newWorld(t, func(s symbolon.Store) symbolon.Store {
		return &spy{s, func(method string) error {
			if down && (method == "AppendEvent" || method == "AddTallies") {
				return symbolon.ErrUnavailable
			}
			return nil
		}}
	})
	mia := w.mia().Admin
	a, err := w.store.GetAdmin(w.Context(), mia.ID)
	w.ok(err)
	a.DisabledAt = &w.now
	_, err = w.store.PutAdmin(w.Context(), a)
	w.ok(err)
	_, err = w.reg.SignIn(w.Context(), w.visitor(), symbolon.SignInRequest{Login: mia.Login, Password: goodPassword})
	w.refused("a closed account", err, symbolon.ErrUnauthenticated)
	down = true
	if err := w.reg.FlushCounts(w.Context(), w.now); err == nil {
		t.Error("written to a store that is down")
	}
	down = false
	w.ok(w.reg.FlushCounts(w.Context(), w.now))
	if said := w.refusals(); len(said) != 1 {
		t.Errorf("it says %v", said)
	}
}

// As the service ends, also those are told that would have waited for the five minutes.
func TestTheLastRefusalsAreTold(t *testing.T) {
	w := newWorld(t)
	mia := w.mia().Admin
	for range 2 {
		_, err := w.reg.SignIn(w.Context(), w.visitor(), symbolon.SignInRequest{Login: mia.Login, Password: "a wrong guess of hers"})
		w.refused("a guess", err, symbolon.ErrUnauthenticated)
		w.ok(w.reg.FlushCounts(w.Context(), time.Now()))
	}
	if said := w.refusals(); len(said) != 1 {
		t.Fatalf("before the end it says %v", said)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	w.ok(w.reg.Run(ended))
	if said := w.refusals(); len(said) != 2 {
		t.Errorf("at the end it says %v", said)
	}
}
