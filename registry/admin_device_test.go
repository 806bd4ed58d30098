package registry_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/proof"
	"github.com/symbolon-id/symbolon/registry"
	"github.com/symbolon-id/symbolon/sqlstore"
)

const admins = symbolon.AdminApp

func portalAction(s *proof.Statement) { s.Action = symbolon.ActionPortal }

// own is a browser of the admin, not registered yet.
func (w *world) own(in registry.Admitted) *fake {
	return w.fake(admins, symbolon.UserID(in.Admin.ID), proof.ES256)
}

// enrol registers the browser with the app admin, as the portal does.
func (w *world) enrol(in registry.Admitted, f *fake) symbolon.Device {
	w.Helper()
	ticket, err := w.reg.OwnTicket(w.Context(), w.session(in.Secret))
	w.ok(err)
	d, _, err := f.registerBy(w.bearer(admins, ticket.Ticket))
	w.ok(err)
	return d
}

// show shows the browser, as the portal does.
func (w *world) show(in registry.Admitted, f *fake) (symbolon.OwnDevice, error) {
	w.Helper()
	return w.reg.ShowDevice(w.Context(), w.session(in.Secret), symbolon.DeviceProof{
		Proof: f.prove(portalAction), Context: symbolon.ClientContext{IPAddress: "192.0.2.7", UserAgent: chrome},
	})
}

// atHome is an admin whose browser is registered and shown.
func (w *world) atHome(in registry.Admitted) *fake {
	w.Helper()
	f := w.own(in)
	w.enrol(in, f)
	shown, err := w.show(in, f)
	w.ok(err)
	if !shown.Met || shown.Device == nil || shown.Device.ID != f.id {
		w.Fatalf("after it was shown: %+v", shown)
	}
	return f
}

func TestAnAdminsBrowserIsADeviceOfTheAppAdmin(t *testing.T) {
	onBothStores(t, func(t *testing.T, at sqlstore.Config) {
		w := worldOn(t, at)
		mia := w.mia()
		app, err := w.reg.GetApp(t.Context(), w.root(), admins)
		w.ok(err)
		if !app.BuiltIn || len(app.Origins) != 1 || app.Origins[0] != issuer {
			t.Errorf("the app is %+v", app)
		}
		f := w.atHome(mia)
		c := w.session(mia.Secret)
		if c.Admin.Session.DeviceID != f.id || c.Withheld() {
			t.Errorf("the session knows %q of the device %q", c.Admin.Session.DeviceID, f.id)
		}
		own, err := w.reg.OwnDevice(t.Context(), c)
		w.ok(err)
		if own.Device == nil || own.Device.ID != f.id || own.Device.PublicKey != nil || own.Required != "" || !own.Met {
			t.Errorf("the session's own device is %+v", own)
		}
	})
}

func TestTheAppAdminIsMadeOnceByManyAtOnce(t *testing.T) {
	onBothStores(t, func(t *testing.T, at sqlstore.Config) {
		w := worldOn(t, at)
		mia := w.person(bank, symbolon.Grant{Role: symbolon.RoleAdmin}) // from before there was such an app
		var all sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			all.Go(func() { _, errs[i] = w.reg.OwnTicket(t.Context(), mia) })
		}
		all.Wait()
		for _, err := range errs {
			w.ok(err)
		}
		w.seal()
		events, err := w.store.ListEvents(t.Context(), admins, 0, 10)
		w.ok(err)
		if len(events) != 1 || events[0].Type != symbolon.EventAppCreated {
			t.Errorf("the app's log begins with %v", events)
		}
	})
}

func TestABlockedDeviceEndsWhatItOpened(t *testing.T) {
	for name, end := range map[string]func(w *world, f *fake) error{
		"blocked": func(w *world, f *fake) error {
			_, err := w.reg.BlockDevice(w.Context(), w.root(), admins, f.id, symbolon.BlockRequest{Reason: "stolen"})
			return err
		},
		"removed": func(w *world, f *fake) error { return w.reg.RemoveDevice(w.Context(), w.root(), admins, f.id) },
		"revoked": func(w *world, f *fake) error {
			_, err := w.reg.RevokeUser(w.Context(), w.root(), admins, f.user, symbolon.RevocationRequest{Cause: symbolon.CauseEmailChanged})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			mia := w.mia()
			f := w.atHome(mia)
			w.pass(1e6)
			w.ok(end(w, f))
			w.endedSession(mia.Secret)
			if name == "blocked" {
				_, err := w.reg.UnblockDevice(w.Context(), w.root(), admins, f.id, symbolon.UnblockRequest{})
				w.ok(err)
			}
			w.endedSession(mia.Secret) // it does not come back with the device
		})
	}
}

func TestABlockedDeviceThatIsShownEndsTheSession(t *testing.T) {
	w := newWorld(t)
	f := w.atHome(w.mia())
	_, err := w.reg.BlockDevice(w.Context(), w.root(), admins, f.id, symbolon.BlockRequest{Reason: "stolen"})
	w.ok(err)
	again, err := w.signIn("mia@acme.example", goodPassword)
	w.ok(err)
	_, err = w.show(again, f)
	w.refused("showing it", err, symbolon.ErrDeviceBlocked)
	w.endedSession(again.Secret)
}

func TestWhatIsDemandedIsHeldAgainstEachSession(t *testing.T) {
	onBothStores(t, func(t *testing.T, at sqlstore.Config) {
		w := worldOn(t, at)
		mia := w.mia()
		w.atHome(mia)
		noa := w.invited(w.session(mia.Secret), "noa@acme.example", symbolon.Grant{Role: symbolon.RoleAdmin})
		_, err := w.reg.PutPolicy(t.Context(), w.session(mia.Secret), admins, []byte(`{"registration":{"approval":"admin"},"actions":{"portal":{"require":"known"}}}`), registry.AnyVersion)
		w.ok(err)

		c := w.session(noa.Secret)
		if in, err := w.reg.ThisSession(t.Context(), c); err != nil || in.DeviceRequired != symbolon.RequireKnown {
			t.Errorf("the session tells %q (%v)", in.DeviceRequired, err)
		}
		for name, op := range operations {
			switch name {
			case "ThisSession", "OwnTicket", "OwnDevice", "ShowDevice": // the way out
				continue
			}
			if row := op; row.person || row.role != "" {
				w.refused(name, op.call(scene{world: w, phone: w.browser(ada), browser: w.browser(ada), fresh: w.browser(ada), colleague: mia.Admin.ID}, c), symbolon.ErrDeviceRequired)
			}
		}

		f := w.own(noa)
		if d := w.enrol(noa, f); d.Status != symbolon.StatusPending {
			t.Errorf("a new browser is %s", d.Status)
		}
		shown, err := w.show(noa, f)
		w.ok(err)
		if shown.Met || shown.Device == nil || shown.Device.Status != symbolon.StatusPending {
			t.Errorf("a browser that waits: %+v", shown)
		}
		if !w.session(noa.Secret).Withheld() {
			t.Error("a browser that waits opens the portal")
		}

		_, err = w.reg.ApproveDevice(t.Context(), w.session(mia.Secret), admins, f.id)
		w.ok(err)
		shown, err = w.show(noa, f)
		w.ok(err)
		if !shown.Met || w.session(noa.Secret).Withheld() {
			t.Errorf("an approved browser: %+v", shown)
		}
	})
}

// A password that someone else has must not make their browser a device by itself.
func TestAKnownDeviceIsDemandedOnlyWhereSomeoneApprovesIt(t *testing.T) {
	w := newWorld(t)
	mia := w.mia()
	w.atHome(mia)
	for _, c := range []symbolon.Caller{w.session(mia.Secret), w.root()} {
		_, err := w.reg.PutPolicy(t.Context(), c, admins, []byte(`{"actions":{"portal":{"require":"known"}}}`), registry.AnyVersion)
		w.refused("a demand that any browser meets", err, symbolon.ErrInvalidRequest)
		for _, field := range []string{"registration.approval", "actions.portal.require"} {
			if err == nil || !strings.Contains(err.Error(), field) {
				t.Errorf("%v does not name %s", err, field)
			}
		}
	}
}

// The portal has no answer to a doubt but the device; a rule that finds everything odd must
// not keep out whoever sets it.
func TestADoubtedDeviceMeetsTheDemandAndADeniedOneDoesNot(t *testing.T) {
	for recommendation, met := range map[string]bool{"CHALLENGE": true, "DENY": false} {
		w := newWorld(t)
		mia := w.mia()
		f := w.atHome(mia)
		_, err := w.reg.PutPolicy(t.Context(), w.session(mia.Secret), admins, []byte(`{"registration":{"approval":"admin"},"actions":{"portal":{"require":"known"}},
			"rules":[{"name":"all","priority":1,"mode":"production","when":"true","recommend":"`+recommendation+`"}]}`), registry.AnyVersion)
		w.ok(err)
		again, err := w.signIn("mia@acme.example", goodPassword)
		w.ok(err)
		shown, err := w.show(again, f)
		w.ok(err)
		if shown.Met != met || w.session(again.Secret).Withheld() == met {
			t.Errorf("after %s: %+v", recommendation, shown)
		}
	}
}

// The browser may have thrown its key away: what was revoked of its admin counts all the same.
func TestARevokedAdminsSessionsEndWithoutADeviceToo(t *testing.T) {
	onBothStores(t, func(t *testing.T, at sqlstore.Config) {
		w := worldOn(t, at)
		mia := w.mia()
		revoke := func(cause symbolon.Cause) {
			w.pass(1e6)
			_, err := w.reg.RevokeUser(t.Context(), w.root(), admins, symbolon.UserID(mia.Admin.ID), symbolon.RevocationRequest{Cause: cause})
			w.ok(err)
			w.pass(1e6)
		}
		revoke(symbolon.CauseEmailChanged)
		w.endedSession(mia.Secret)
		again, err := w.signIn("mia@acme.example", goodPassword)
		w.ok(err)
		w.session(again.Secret)
		revoke(symbolon.CauseUserDeactivated)
		w.endedSession(again.Secret)
		_, err = w.signIn("mia@acme.example", goodPassword)
		w.refused("a deactivated admin", err, symbolon.ErrUnauthenticated)
		_, err = w.reg.ReactivateUser(t.Context(), w.root(), admins, symbolon.UserID(mia.Admin.ID))
		w.ok(err)
		w.pass(1e6)
		last, err := w.signIn("mia@acme.example", goodPassword)
		w.ok(err)
		w.session(last.Secret)
		w.endedSession(again.Secret)
	})
}

// The ticket says who an admin is: it registers the browser, soon, and opens nothing else.
func TestAnAdminsTicketOnlyRegisters(t *testing.T) {
	w := newWorld(t)
	mia := w.mia()
	ticket, err := w.reg.OwnTicket(t.Context(), w.session(mia.Secret))
	w.ok(err)
	if got := ticket.ExpiresAt.Sub(w.now); got > time.Minute {
		t.Errorf("it counts for %s", got)
	}
	c := w.bearer(admins, ticket.Ticket)
	_, err = w.reg.MyDevices(t.Context(), c, admins, registry.Self{})
	w.refused("self-service", err, symbolon.ErrForbidden)
	f := w.own(mia)
	_, _, err = f.registerBy(c)
	w.ok(err)
	w.refused("removing a device by it", w.reg.RemoveMine(t.Context(), c, admins, f.id, registry.Self{}), symbolon.ErrForbidden)
}

func TestTrustThatIsDemandedIsGivenByAnotherAdmin(t *testing.T) {
	w := newWorld(t)
	mia := w.mia()
	f := w.atHome(mia)
	demand := []byte(`{"actions":{"portal":{"require":"trusted"}}}`)
	_, err := w.reg.PutPolicy(t.Context(), w.session(mia.Secret), admins, demand, registry.AnyVersion)
	w.refused("locking oneself out", err, symbolon.ErrConflict)
	_, err = w.reg.PutPolicy(t.Context(), w.root(), admins, demand, registry.AnyVersion)
	w.ok(err)
	if !w.session(mia.Secret).Withheld() {
		t.Error("a known device is enough where a trusted one is demanded")
	}
	_, err = w.reg.TrustDevice(t.Context(), w.root(), admins, f.id, symbolon.TrustRequest{Factor: "otp"})
	w.ok(err)
	if w.session(mia.Secret).Withheld() {
		t.Error("trust is not seen")
	}
	_, err = w.reg.PutPolicy(t.Context(), w.root(), admins, []byte(`{"actions":{"portal":{"require":"factor"}}}`), registry.AnyVersion)
	w.refused("what nobody can meet", err, symbolon.ErrInvalidRequest)
}

func TestOnlyAdminsOfAllAppsHaveARoleOnTheAppAdmin(t *testing.T) {
	w := newWorld(t)
	w.atHome(w.mia())
	for _, c := range []struct {
		who  symbolon.Caller
		sees bool
	}{
		{w.root(), true},
		{w.person("", symbolon.Grant{Role: symbolon.RoleAdmin}), true},
		{w.person("", symbolon.Grant{Role: symbolon.RoleOperator}), false},
		{w.person("", symbolon.Grant{AppID: bank, Role: symbolon.RoleAdmin}), false},
		{w.person("", symbolon.Grant{AppID: admins, Role: symbolon.RoleAdmin}), false}, // from before such grants were refused
		{w.person("", symbolon.Grant{AppID: admins, Role: symbolon.RoleAdmin}, symbolon.Grant{AppID: bank, Role: symbolon.RoleViewer}), false},
		{w.holder("", symbolon.RoleViewer), false},
		{w.holder("", symbolon.RoleAdmin), true},
		{w.holder(bank, symbolon.RoleAdmin), false},
	} {
		_, err := w.reg.ListDevices(t.Context(), c.who, admins, symbolon.DeviceQuery{}, nil)
		if c.sees {
			w.ok(err)
		} else {
			w.refused(c.who.Actor().String(), err, symbolon.ErrForbidden)
		}
		apps, err := w.reg.ListApps(t.Context(), c.who, "", 0)
		if err != nil && c.who.RoleOn(bank) != "" {
			t.Errorf("%v may not list apps: %v", c.who.Actor(), err)
		}
		if got := has(apps, admins); got != c.sees {
			t.Errorf("%v sees the app admin: %v", c.who.Actor(), got)
		}
	}
}

func has(apps []symbolon.App, id symbolon.AppID) bool {
	for _, a := range apps {
		if a.ID == id {
			return true
		}
	}
	return false
}

func TestAPageOfAppsIsFullWithoutTheAppAdmin(t *testing.T) {
	w := newWorld(t)
	w.mia()
	viewer := w.person("", symbolon.Grant{Role: symbolon.RoleViewer})
	for _, after := range []symbolon.AppID{"", bank} {
		apps, err := w.reg.ListApps(t.Context(), viewer, after, 1)
		w.ok(err)
		if len(apps) != 1 || apps[0].ID == admins {
			t.Errorf("after %q comes %v", after, apps)
		}
	}
}

func TestTheAppAdminStaysAsItIs(t *testing.T) {
	w := newWorld(t)
	w.mia()
	ctx, root := t.Context(), w.root()
	_, err := w.reg.CreateApp(ctx, root, symbolon.NewApp{ID: admins, Name: "Mine"})
	w.refused("another app of the id", err, symbolon.ErrInvalidRequest)
	w.refused("its removal", w.reg.RemoveApp(ctx, root, admins), symbolon.ErrConflict)
	_, err = w.reg.CreateCredential(ctx, root, admins, symbolon.NewCredential{Name: "x", Scopes: symbolon.AllScopes})
	w.refused("a backend of it", err, symbolon.ErrConflict)
	_, err = w.reg.UpdateApp(ctx, root, admins, symbolon.AppPatch{Issuers: &[]symbolon.Issuer{{Issuer: "https://id.example", Audiences: []string{"x"}}}}, registry.AnyVersion)
	w.refused("an issuer that says who admins are", err, symbolon.ErrConflict)
	_, err = w.reg.UpdateApp(ctx, root, admins, symbolon.AppPatch{Origins: &[]string{"https://elsewhere.example"}}, registry.AnyVersion)
	w.refused("another origin", err, symbolon.ErrConflict)
	_, err = w.reg.CreateAdmin(ctx, root, symbolon.NewAdmin{Login: "zoe", Grants: []symbolon.Grant{{AppID: admins, Role: symbolon.RoleAdmin}}})
	w.refused("a grant on it", err, symbolon.ErrInvalidRequest)
	name := "Our portal"
	_, err = w.reg.UpdateApp(ctx, root, admins, symbolon.AppPatch{Name: &name}, registry.AnyVersion)
	w.ok(err)
}

// An app that a customer called admin before is theirs still, and says nothing of admins.
func TestAnAppCalledAdminFromBeforeIsNotTakenOver(t *testing.T) {
	w := newWorld(t)
	_, err := w.store.PutApp(t.Context(), symbolon.App{ID: admins, Name: "Back office", CreatedAt: w.now, UpdatedAt: w.now})
	w.ok(err)
	_, err = w.reg.PutPolicy(t.Context(), w.root(), admins, []byte(`{"actions":{"portal":{"require":"known"}}}`), registry.AnyVersion)
	w.ok(err)
	mia := w.mia()
	c := w.session(mia.Secret)
	if c.Withheld() {
		t.Error("its policy holds admins out")
	}
	_, err = w.reg.OwnTicket(t.Context(), c)
	w.refused("a ticket for it", err, symbolon.ErrConflict)
	status, err := w.reg.Status(t.Context(), c)
	w.ok(err)
	if !warns(status, "adminApp") {
		t.Errorf("the status does not tell: %v", status.Checks)
	}
}
