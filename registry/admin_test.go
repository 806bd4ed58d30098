package registry_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/registry"
	"github.com/symbolon-id/symbolon/sqlstore"
)

const goodPassword = "seven copper kettles hum"

// person is an admin in a session that began now, with these roles.
func (w *world) person(app symbolon.AppID, grants ...symbolon.Grant) symbolon.Caller {
	w.Helper()
	login := strings.ToLower(strings.Trim(strings.NewReplacer("{", "", "}", "", " ", "-", "[", "", "]", "").Replace(fmt.Sprint("p", grants)), "-"))
	a, err := w.store.GetAdminByLogin(w.Context(), login)
	if errors.Is(err, symbolon.ErrNotFound) {
		a, err = w.store.PutAdmin(w.Context(), symbolon.Admin{
			ID: symbolon.NewAdminID(), Login: login, Name: "A person", Grants: grants, CreatedAt: w.now, UpdatedAt: w.now,
		})
	}
	w.ok(err)
	if errors.Is(w.store.TakeAdminSession(w.Context(), a.ID, "ses_"+string(a.ID)), symbolon.ErrUnavailable) {
		w.Fatalf("the store can't forget the session of before")
	}
	s := symbolon.AdminSession{
		ID: "ses_" + string(a.ID), AdminID: a.ID, Method: symbolon.SignInPassword, Hash: []byte(a.ID),
		CreatedAt: w.now, LastSeenAt: w.now, AuthenticatedAt: w.now, ExpiresAt: w.now.Add(symbolon.AdminSessionLife),
	}
	w.ok(w.store.PutAdminSession(w.Context(), s))
	return symbolon.Caller{Kind: symbolon.CallerAdmin, AppID: app, At: w.now, Admin: &symbolon.SignedIn{Admin: a, Session: s}}
}

// colleague is an admin whom others may be about.
func (w *world) colleague() symbolon.AdminID {
	w.Helper()
	return w.person(bank, symbolon.Grant{AppID: shop, Role: symbolon.RoleOperator}).Admin.Admin.ID
}

func (w *world) visitor() registry.Visitor {
	return registry.Visitor{Address: "192.0.2.9", UserAgent: "Firefox\t1", At: w.now}
}

// mia sets herself up as the first admin.
func (w *world) mia() registry.Admitted {
	w.Helper()
	link, err := w.reg.SetupLink(w.Context(), w.root())
	w.ok(err)
	in, err := w.reg.Setup(w.Context(), w.visitor(), symbolon.SetupRequest{Token: link.Token, Login: "mia@acme.example", Name: "Mia", Password: goodPassword})
	w.ok(err)
	return in
}

func (w *world) session(secret string) symbolon.Caller {
	w.Helper()
	c, err := w.reg.AuthenticateSession(w.Context(), secret, bank, w.visitor())
	w.ok(err)
	return c
}

func (w *world) endedSession(secret string) {
	w.Helper()
	_, err := w.reg.AuthenticateSession(w.Context(), secret, bank, w.visitor())
	w.refused("the session", err, symbolon.ErrUnauthenticated)
}

func (w *world) signIn(login, password string) (registry.Admitted, error) {
	return w.reg.SignIn(w.Context(), w.visitor(), symbolon.SignInRequest{Login: login, Password: password})
}

func TestTheFirstAdminComesByTheLinkAndInvitesOthers(t *testing.T) {
	onBothStores(t, func(t *testing.T, at sqlstore.Config) {
		w := worldOn(t, at)
		mia := w.mia()
		if c := w.session(mia.Secret); c.RoleOn("") != symbolon.RoleAdmin || c.Actor().String() != "admin:"+string(mia.Admin.ID) {
			t.Errorf("the first admin is %v with %q", c.Actor(), c.RoleOn(""))
		}
		_, err := w.reg.SetupLink(w.Context(), w.root())
		w.refused("a second link", err, symbolon.ErrConflict)

		made, err := w.reg.CreateAdmin(w.Context(), w.session(mia.Secret), symbolon.NewAdmin{
			Login: "noa", Grants: []symbolon.Grant{{AppID: bank, Role: symbolon.RoleOperator}},
		})
		w.ok(err)
		if !strings.HasPrefix(made.Invitation.URL, issuer+"/admin/setup#") || !strings.HasSuffix(made.Invitation.URL, made.Invitation.Token) {
			t.Errorf("the invitation leads to %s", made.Invitation.URL)
		}
		_, err = w.signIn("noa", goodPassword)
		w.refused("signing in without a password", err, symbolon.ErrUnauthenticated)
		noa, err := w.reg.Setup(w.Context(), w.visitor(), symbolon.SetupRequest{Token: made.Invitation.Token, Login: "mia@acme.example", Password: "a rather different phrase"})
		w.ok(err)
		if noa.Admin.ID != made.Admin.ID || noa.Admin.Login != "noa" {
			t.Errorf("the invitation is for %s, and let in %s", made.Admin.Login, noa.Admin.Login)
		}
		_, err = w.reg.Setup(w.Context(), w.visitor(), symbolon.SetupRequest{Token: made.Invitation.Token, Password: goodPassword})
		w.refused("the invitation a second time", err, symbolon.ErrUnauthenticated)
		again, err := w.signIn("noa", "a rather different phrase")
		w.ok(err)

		c := w.session(again.Secret)
		_, err = w.reg.BlockDevice(w.Context(), c, bank, w.registered(ada).id, symbolon.BlockRequest{Reason: "stolen"})
		w.ok(err)
		_, err = w.reg.PutPolicy(w.Context(), c, bank, []byte(`{}`), registry.AnyVersion)
		w.refused("an operator's policy", err, symbolon.ErrForbidden)
		apps, err := w.reg.ListApps(w.Context(), c, "", 0)
		w.ok(err)
		if len(apps) != 1 || apps[0].ID != bank {
			t.Errorf("an operator of the bank sees %v", apps)
		}
	})
}

func TestTwoByOneLinkMakeOneAdmin(t *testing.T) {
	onBothStores(t, func(t *testing.T, at sqlstore.Config) {
		w := worldOn(t, at)
		link, err := w.reg.SetupLink(w.Context(), w.root())
		w.ok(err)
		errs := make([]error, 4)
		var all sync.WaitGroup
		for i := range errs {
			all.Go(func() {
				_, errs[i] = w.reg.Setup(w.Context(), w.visitor(), symbolon.SetupRequest{Token: link.Token, Login: fmt.Sprintf("first%d", i), Password: goodPassword})
			})
		}
		all.Wait()
		refused := slices.DeleteFunc(errs, func(err error) bool { return err == nil })
		if len(refused) != 3 {
			t.Errorf("of four, %d were refused: %v", len(refused), refused)
		}
		for _, err := range refused {
			w.refused("the link", err, symbolon.ErrUnauthenticated)
		}
	})
}

func TestALinkThatIsNoGood(t *testing.T) {
	w := newWorld(t)
	link, err := w.reg.SetupLink(w.Context(), w.root())
	w.ok(err)
	try := func(what, token string) {
		t.Helper()
		_, err := w.reg.Setup(w.Context(), w.visitor(), symbolon.SetupRequest{Token: token, Login: "eve", Password: goodPassword})
		w.refused(what, err, symbolon.ErrUnauthenticated)
	}
	for what, token := range map[string]string{
		"none": "", "no parts": "abc", "another end": strings.Replace(link.Token, ".", ".9", 1), "a changed mark": link.Token + "A",
		"for an admin who is not there": "adm_x" + link.Token, "no number": ".x." + strings.SplitN(link.Token, ".", 3)[2],
	} {
		try(what, token)
	}
	w.pass(registry.SetupLife)
	try("an hour later", link.Token)
}

func TestASessionEnds(t *testing.T) {
	w := newWorld(t)
	mia := w.mia()
	for range 20 { // busy, it lasts beyond its idle time
		w.pass(symbolon.AdminSessionIdle - time.Minute)
		w.session(mia.Secret)
	}
	w.pass(symbolon.AdminSessionIdle)
	w.endedSession(mia.Secret)
	w.endedSession("")

	busy, err := w.signIn("mia@acme.example", goodPassword)
	w.ok(err)
	for range 24 {
		w.session(busy.Secret)
		w.pass(symbolon.AdminSessionLife / 25)
	}
	w.session(busy.Secret)
	w.pass(symbolon.AdminSessionLife / 25)
	w.endedSession(busy.Secret) // however busy

	in, err := w.signIn("mia@acme.example", goodPassword)
	w.ok(err)
	w.ok(w.reg.EndAdminSession(w.Context(), w.session(in.Secret), in.Admin.ID, in.Session.ID))
	w.endedSession(in.Secret)
	w.pass(time.Second)
	w.ok(w.reg.Sweep(w.Context(), w.now))
	left, err := w.store.ListAdminSessions(w.Context(), in.Admin.ID)
	w.ok(err)
	if len(left) != 0 {
		t.Errorf("the sweep leaves %v", left)
	}
}

func TestWhatEndsSessionsAtOnce(t *testing.T) {
	w := newWorld(t)
	root, mia := w.root(), w.mia()
	noa := w.invited(root, "noa", symbolon.Grant{AppID: bank, Role: symbolon.RoleOperator})
	yes, no := true, false

	_, err := w.reg.UpdateAdmin(w.Context(), root, noa.Admin.ID, symbolon.AdminPatch{Disabled: &yes}, registry.AnyVersion)
	w.ok(err)
	w.endedSession(noa.Secret)
	_, err = w.signIn("noa", goodPassword)
	w.refused("a closed account", err, symbolon.ErrUnauthenticated)
	_, err = w.reg.UpdateAdmin(w.Context(), root, noa.Admin.ID, symbolon.AdminPatch{Disabled: &no}, registry.AnyVersion)
	w.ok(err)
	w.endedSession(noa.Secret) // it does not come back

	first, err := w.signIn("noa", goodPassword)
	w.ok(err)
	second, err := w.signIn("noa", goodPassword)
	w.ok(err)
	changed, err := w.reg.ChangePassword(w.Context(), w.session(second.Secret), "another phrase altogether")
	w.ok(err)
	w.endedSession(first.Secret)
	w.endedSession(second.Secret) // it goes on, under another secret
	if w.session(changed.Secret); changed.Session.ID != second.Session.ID {
		t.Errorf("by a new password the session %s became %s", second.Session.ID, changed.Session.ID)
	}
	second = changed
	_, err = w.signIn("noa", goodPassword)
	w.refused("the old password", err, symbolon.ErrUnauthenticated)

	viewer := []symbolon.Grant{{AppID: bank, Role: symbolon.RoleViewer}}
	_, err = w.reg.UpdateAdmin(w.Context(), root, noa.Admin.ID, symbolon.AdminPatch{Grants: &viewer}, registry.AnyVersion)
	w.ok(err)
	_, err = w.reg.BlockDevice(w.Context(), w.session(second.Secret), bank, w.registered(ada).id, symbolon.BlockRequest{Reason: "stolen"})
	w.refused("what a viewer may not, in a session from before", err, symbolon.ErrForbidden)

	link, err := w.reg.InviteAdmin(w.Context(), root, noa.Admin.ID)
	w.ok(err)
	_, err = w.reg.Setup(w.Context(), w.visitor(), symbolon.SetupRequest{Token: link.Invitation.Token, Password: goodPassword})
	w.ok(err)
	w.endedSession(second.Secret)
	w.ok(w.reg.RemoveAdmin(w.Context(), root, noa.Admin.ID))
	w.session(mia.Secret) // hers goes on
}

// invited is an admin who chose a password.
func (w *world) invited(by symbolon.Caller, login string, grants ...symbolon.Grant) registry.Admitted {
	w.Helper()
	made, err := w.reg.CreateAdmin(w.Context(), by, symbolon.NewAdmin{Login: login, Grants: grants})
	w.ok(err)
	in, err := w.reg.Setup(w.Context(), w.visitor(), symbolon.SetupRequest{Token: made.Invitation.Token, Password: goodPassword})
	w.ok(err)
	return in
}

func TestSomebodyMayAlwaysDoEverything(t *testing.T) {
	w := newWorld(t)
	mia, yes := w.mia(), true
	c := w.session(mia.Secret)
	less := []symbolon.Grant{{Role: symbolon.RoleViewer}}
	_, err := w.reg.UpdateAdmin(w.Context(), c, mia.Admin.ID, symbolon.AdminPatch{Grants: &less}, registry.AnyVersion)
	w.refused("less for the last", err, symbolon.ErrConflict)
	_, err = w.reg.UpdateAdmin(w.Context(), c, mia.Admin.ID, symbolon.AdminPatch{Disabled: &yes}, registry.AnyVersion)
	w.refused("closing the last", err, symbolon.ErrConflict)
	w.refused("removing the last", w.reg.RemoveAdmin(w.Context(), c, mia.Admin.ID), symbolon.ErrConflict)
	w.session(mia.Secret)

	w.invited(c, "noa", symbolon.Grant{Role: symbolon.RoleAdmin})
	w.ok(w.reg.RemoveAdmin(w.Context(), c, mia.Admin.ID))
	w.endedSession(mia.Secret)
}

func TestDangerousActionsWantARecentSignIn(t *testing.T) {
	w := newWorld(t)
	mia := w.mia()
	w.pass(symbolon.RecentSignIn)
	c := w.session(mia.Secret)
	dangerous := map[string]func(symbolon.Caller) error{
		"erasing a user": func(c symbolon.Caller) error {
			_, err := w.reg.EraseUser(w.Context(), c, bank, ada)
			return err
		},
		"a credential": func(c symbolon.Caller) error {
			_, err := w.reg.CreateCredential(w.Context(), c, bank, symbolon.NewCredential{Name: "x", Role: symbolon.RoleViewer})
			return err
		},
		"removing an app": func(c symbolon.Caller) error { return w.reg.RemoveApp(w.Context(), c, shop) },
		"an invitation": func(c symbolon.Caller) error {
			_, err := w.reg.InviteAdmin(w.Context(), c, mia.Admin.ID)
			return err
		},
		"a new password": func(c symbolon.Caller) error {
			changed, err := w.reg.ChangePassword(w.Context(), c, goodPassword)
			if err == nil {
				mia.Secret = changed.Secret
			}
			return err
		},
	}
	for what, do := range dangerous {
		w.refused(what, do(c), symbolon.ErrReauthenticate)
	}
	if _, err := w.reg.BlockDevice(w.Context(), c, bank, w.registered(ada).id, symbolon.BlockRequest{Reason: "stolen"}); err != nil {
		t.Errorf("blocking waits for nothing: %v", err)
	}
	_, err := w.reg.Confirm(w.Context(), c, symbolon.ConfirmRequest{Password: "not the password at all"})
	w.refused("confirming with another password", err, symbolon.ErrInvalidRequest)
	_, err = w.reg.Confirm(w.Context(), c, symbolon.ConfirmRequest{Password: goodPassword})
	w.ok(err)
	for what, do := range dangerous {
		if err := do(w.session(mia.Secret)); err != nil {
			t.Errorf("%s after confirming: %v", what, err)
		}
	}
}

func TestPasswordsThatAreRefused(t *testing.T) {
	w := newWorld(t)
	link, err := w.reg.SetupLink(w.Context(), w.root())
	w.ok(err)
	for what, password := range map[string]string{
		"short": "kV9#mQ2$xL7!", "none": "", "endless": strings.Repeat("kettle hum ", 30), "no text": "seven copper kettles \xff",
		"repeated": "passwordpassword", "a row of keys": "qwertyuiopasdfgh", "one letter": strings.Repeat("a", 20),
		"common": "password12345678", "the login": "mia@acme.examplemia", "the service": "symbolonsymbolon",
	} {
		_, err := w.reg.Setup(w.Context(), w.visitor(), symbolon.SetupRequest{Token: link.Token, Login: "mia@acme.example", Name: "Mia", Password: password})
		w.refused(what, err, symbolon.ErrInvalidRequest)
	}
	for _, password := range []string{goodPassword, "ピアノの上の青い猫は三匹だったよ", "correct horse battery staple"} {
		_, err := w.reg.Setup(w.Context(), w.visitor(), symbolon.SetupRequest{Token: link.Token, Login: "mia@acme.example", Password: password})
		w.ok(err)
		admins, err := w.store.ListAdmins(w.Context(), "", 1)
		w.ok(err)
		w.ok(w.store.TakeAdmin(w.Context(), admins[0].ID))
	}
}

func TestWhatAdminsDoIsInTheLog(t *testing.T) {
	w := newWorld(t)
	mia := w.mia()
	w.seal()
	events, err := w.store.ListEvents(w.Context(), "", 0, 100)
	w.ok(err)
	var told []string
	for _, e := range events {
		if e.Actor.ID == string(mia.Admin.ID) {
			told = append(told, string(e.Type))
		}
		if strings.Contains(string(e.Data), mia.Secret) || strings.Contains(string(e.Data), "argon2") {
			t.Errorf("the log tells a secret: %s", e.Data)
		}
	}
	if !slices.Equal(told, []string{"admin.created", "admin.signed_in"}) {
		t.Errorf("the log tells of her %v", told)
	}
}

// What is under way when a session ends must not bring it back, nor use what it had.
func TestAnEndedSessionStaysEnded(t *testing.T) {
	onBothStores(t, func(t *testing.T, at sqlstore.Config) {
		w := worldOn(t, at)
		mia := w.mia()
		begun := w.session(mia.Secret)
		w.ok(w.reg.EndAdminSession(w.Context(), w.root(), mia.Admin.ID, mia.Session.ID))
		_, err := w.reg.Confirm(w.Context(), begun, symbolon.ConfirmRequest{Password: goodPassword})
		w.refused("confirming in a session that was ended", err, symbolon.ErrUnauthenticated)
		_, err = w.reg.ChangePassword(w.Context(), begun, "another phrase altogether")
		w.refused("a new password in it", err, symbolon.ErrUnauthenticated)
		w.endedSession(mia.Secret)
		if _, err := w.signIn("mia@acme.example", goodPassword); err != nil {
			t.Errorf("the password is as before: %v", err)
		}
	})
}

func TestAGrantOnARemovedAppStandsInNobodysWay(t *testing.T) {
	w := newWorld(t)
	noa := w.invited(w.root(), "noa", symbolon.Grant{AppID: bank, Role: symbolon.RoleViewer}, symbolon.Grant{AppID: shop, Role: symbolon.RoleViewer})
	w.ok(w.reg.RemoveApp(w.Context(), w.root(), shop))
	apps, err := w.reg.ListApps(w.Context(), w.session(noa.Secret), "", 0)
	w.ok(err)
	if len(apps) != 1 || apps[0].ID != bank {
		t.Errorf("the apps that are left are %v", apps)
	}
	yes := true
	_, err = w.reg.UpdateAdmin(w.Context(), w.root(), noa.Admin.ID, symbolon.AdminPatch{Disabled: &yes}, registry.AnyVersion)
	w.ok(err)
	w.endedSession(noa.Secret)
}

// Who was invited and never came can't let anybody in.
func TestAnInvitedAdminIsNotYetOneWhoRules(t *testing.T) {
	w := newWorld(t)
	mia := w.mia()
	_, err := w.reg.CreateAdmin(w.Context(), w.session(mia.Secret), symbolon.NewAdmin{Login: "noa", Grants: []symbolon.Grant{{Role: symbolon.RoleAdmin}}})
	w.ok(err)
	w.refused("removing the only one who can get in", w.reg.RemoveAdmin(w.Context(), w.root(), mia.Admin.ID), symbolon.ErrConflict)
}
