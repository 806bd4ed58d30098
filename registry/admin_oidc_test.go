package registry_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/registry"
	"github.com/symbolon-id/symbolon/sqlstore"
)

// idp is the provider, as the registry sees it.
type idp struct {
	who   symbolon.AdminIdentity
	fault error
	sent  symbolon.SignInQuestion // the last

	mu    sync.Mutex // several come back at once
	asked symbolon.SignInCode
}

func (p *idp) AuthorizationURL(_ context.Context, _ symbolon.AdminProvider, q symbolon.SignInQuestion) (string, error) {
	p.sent = q
	return "https://id.example/authorize?state=" + q.State, p.fault
}

func (p *idp) Identify(_ context.Context, _ symbolon.AdminProvider, code symbolon.SignInCode) (symbolon.AdminIdentity, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = code
	return p.who, p.fault
}

// withProvider has the provider sign admins in: support operates the bank, chiefs do everything.
func (w *world) withProvider() *idp {
	w.Helper()
	p := &idp{who: symbolon.AdminIdentity{External: symbolon.External{Issuer: "https://id.example", Subject: "auth0|1"}, Login: "Sam@acme.example", Name: "Sam"}}
	p.in("support")
	w.signIns, w.provider = p, &symbolon.AdminProvider{Issuer: "https://id.example", ClientID: "symbolon", Label: "Acme", Roles: []symbolon.RoleRule{
		{Claim: "groups", Value: "support", Role: symbolon.RoleOperator, AppID: bank}, {Claim: "groups", Value: "chiefs", Role: symbolon.RoleAdmin},
	}}
	w.serve(secret)
	return p
}

func (p *idp) in(groups ...string) { p.who.Claims = map[string][]string{"groups": groups} }

// roundTrip is one that begins and ends now.
func (w *world) roundTrip(p *idp) registry.Arrival {
	w.Helper()
	trip, err := w.reg.BeginProviderSignIn(w.Context(), w.visitor(), false)
	w.ok(err)
	return w.comeBack(trip, p.sent.State)
}

func (w *world) comeBack(trip registry.RoundTrip, state string) registry.Arrival {
	w.Helper()
	end, err := w.reg.FinishProviderSignIn(w.Context(), w.visitor(), registry.ProviderAnswer{Sealed: trip.State, State: state, Code: "c1"})
	w.ok(err)
	return end
}

func TestAProvidersPeopleHaveTheRolesOfTheirGroups(t *testing.T) {
	onBothStores(t, func(t *testing.T, at sqlstore.Config) {
		w := worldOn(t, at)
		p := w.withProvider()
		sam := w.roundTrip(p)
		if sam.Denied != "" || sam.Admin.Login != "sam@acme.example" || sam.Admin.Name != "Sam" || *sam.Admin.External != p.who.External || sam.Session.Method != symbolon.SignInOIDC {
			t.Fatalf("Sam comes as %+v", sam)
		}
		if p.asked.Verifier != p.sent.Verifier || p.asked.Nonce != p.sent.Nonce || p.sent.RedirectURI != issuer+"/admin/oidc/callback" {
			t.Errorf("it was asked by %+v after %+v", p.asked, p.sent)
		}
		c := w.session(sam.Secret)
		if c.RoleOn(bank) != symbolon.RoleOperator || c.RoleOn(shop) != "" {
			t.Errorf("support is %q at the bank and %q at the shop", c.RoleOn(bank), c.RoleOn(shop))
		}
		p.in("support", "chiefs")
		if chief := w.roundTrip(p); chief.Admin.ID != sam.Admin.ID || chief.Admin.RoleOn("") != symbolon.RoleAdmin {
			t.Errorf("a chief is %+v", chief.Admin)
		}
		p.in("support")
		if less := w.roundTrip(p); less.Admin.RoleOn("") != "" || w.session(sam.Secret).RoleOn("") != "" {
			t.Errorf("who was a chief still is: %+v", less.Admin.Grants)
		}
		p.in()
		if none := w.roundTrip(p); none.Denied != registry.DeniedNoRole {
			t.Errorf("without a group Sam is let in: %+v", none)
		}
		w.endedSession(sam.Secret)
		p.in("support")
		if again := w.roundTrip(p); again.Denied != "" || again.Admin.ID != sam.Admin.ID {
			t.Errorf("with the group again: %+v", again)
		}
	})
}

func TestWhomTheProviderCantLetIn(t *testing.T) {
	w := newWorld(t)
	mia := w.mia()
	p := w.withProvider()
	p.in("others")
	if got := w.roundTrip(p).Denied; got != registry.DeniedNoRole {
		t.Errorf("without a group: %q", got)
	}
	if _, err := w.store.GetAdminByLogin(t.Context(), "sam@acme.example"); err == nil {
		t.Error("whoever has no role has an account")
	}
	p.in("chiefs")
	p.who.Login = "Mia@acme.example"
	if got := w.roundTrip(p).Denied; got != registry.DeniedTaken {
		t.Errorf("with the login of another's account: %q", got)
	}
	if _, err := w.signIn("mia@acme.example", goodPassword); err != nil {
		t.Errorf("hers is no longer hers: %v", err)
	}
	p.who.Login = "sam smith"
	if got := w.roundTrip(p).Denied; got != registry.DeniedLogin {
		t.Errorf("with a login that can be none: %q", got)
	}
	p.who.Login = "sam"
	sam, yes := w.roundTrip(p), true
	_, err := w.reg.UpdateAdmin(w.Context(), w.session(mia.Secret), sam.Admin.ID, symbolon.AdminPatch{Disabled: &yes}, registry.AnyVersion)
	w.ok(err)
	if got := w.roundTrip(p).Denied; got != registry.DeniedDisabled {
		t.Errorf("with a closed account: %q", got)
	}
	p.fault = symbolon.Errorf(symbolon.ErrUnauthenticated, "the token is no good")
	trip := registry.RoundTrip{State: "x"}
	if got := w.comeBack(trip, "y").Denied; got != registry.DeniedExpired {
		t.Errorf("with a cookie that was made up: %q", got)
	}
}

// A viewer who came by the provider first must not void the link of the first admin.
func TestTheProvidersPeopleLeaveTheFirstAdminsLinkAlone(t *testing.T) {
	w := newWorld(t)
	link, err := w.reg.SetupLink(w.Context(), w.root())
	w.ok(err)
	p := w.withProvider()
	w.roundTrip(p)
	_, err = w.reg.Setup(w.Context(), w.visitor(), symbolon.SetupRequest{Token: link.Token, Login: "mia", Password: goodPassword})
	w.ok(err)
	_, err = w.reg.SetupLink(w.Context(), w.root())
	w.refused("a link after her", err, symbolon.ErrConflict)
}

// Whoever is refused leaves a line, however they come.
func TestKnownPeopleWhomTheProviderBringsInVainLeaveALine(t *testing.T) {
	w := newWorld(t)
	p := w.withProvider()
	sam := w.roundTrip(p)
	p.in()
	refused := w.roundTrip(p)
	if refused.Denied != registry.DeniedNoRole || refused.Admin.ID != "" {
		t.Fatalf("Sam is told %+v", refused)
	}
	w.ok(w.reg.FlushCounts(w.Context(), w.now))
	if said := w.refusals(); len(said) != 1 || !strings.Contains(said[0], string(sam.Admin.ID)) {
		t.Errorf("the log says %v", said)
	}
	p.in("support")
	_, err := w.reg.RevokeUser(w.Context(), w.root(), admins, symbolon.UserID(sam.Admin.ID), symbolon.RevocationRequest{Cause: symbolon.CauseUserDeactivated})
	w.ok(err)
	if got := w.roundTrip(p).Denied; got != registry.DeniedDisabled {
		t.Errorf("deactivated: %q", got)
	}
}

// Two of one login may come for the first time at the same moment.
func TestALoginThatIsTakenAtTheSameMomentIsTaken(t *testing.T) {
	var taken bool
	w := newWorld(t, func(s symbolon.Store) symbolon.Store {
		return &spy{s, func(method string) error {
			if taken && method == "PutAdmin" {
				return symbolon.Errorf(symbolon.ErrConflict, "there is an admin with this login")
			}
			return nil
		}}
	})
	p := w.withProvider()
	taken = true
	if got := w.roundTrip(p).Denied; got != registry.DeniedTaken {
		t.Errorf("the page says %q", got)
	}
}

func TestARoleOnTheAppAdminIsNobodys(t *testing.T) {
	p := symbolon.AdminProvider{Issuer: "https://id.example", ClientID: "symbolon", Scopes: []string{"openid"}, Roles: []symbolon.RoleRule{{Claim: "groups", Value: "a", Role: symbolon.RoleViewer, AppID: bank}}}
	if err := p.Check(); err != nil {
		t.Fatal(err)
	}
	if p.Roles[0].AppID = admins; p.Check() == nil {
		t.Error("a provider may give a role on the app admin")
	}
}

// Who comes back must be who left, in the same browser, once and soon.
func TestARoundTripCountsOnce(t *testing.T) {
	onBothStores(t, func(t *testing.T, at sqlstore.Config) {
		w := worldOn(t, at)
		p := w.withProvider()
		begin := func() (registry.RoundTrip, string) {
			trip, err := w.reg.BeginProviderSignIn(w.Context(), w.visitor(), true)
			w.ok(err)
			return trip, p.sent.State
		}
		one, first := begin()
		two, second := begin()
		if got := w.comeBack(one, second); got.Denied != registry.DeniedExpired || !got.Window {
			t.Errorf("with the state of another trip: %+v", got)
		}
		if got := w.comeBack(registry.RoundTrip{}, first).Denied; got != registry.DeniedExpired {
			t.Errorf("without the cookie: %q", got)
		}
		in := atOnce(8, func() error {
			end, err := w.reg.FinishProviderSignIn(context.WithoutCancel(t.Context()), w.visitor(), registry.ProviderAnswer{Sealed: one.State, State: first, Code: "c1"})
			if err == nil && end.Denied != "" {
				err = symbolon.ErrUnauthenticated
			}
			return err
		})
		if in != 1 {
			t.Errorf("one trip ended well %d times", in)
		}
		w.pass(registry.RoundTripLife)
		if got := w.comeBack(two, second).Denied; got != registry.DeniedExpired {
			t.Errorf("too late: %q", got)
		}
		three, third := begin()
		for what, answer := range map[string]registry.ProviderAnswer{
			"an error of the provider's": {Error: "access_denied"}, "an answer of another provider": {Issuer: "https://evil.example"},
		} {
			answer.Sealed, answer.State = three.State, third
			end, err := w.reg.FinishProviderSignIn(w.Context(), w.visitor(), answer)
			w.ok(err)
			if end.Denied != registry.DeniedRefused {
				t.Errorf("%s: %+v", what, end)
			}
		}
		p.fault = symbolon.Errorf(symbolon.ErrUnavailable, "it is down")
		_, err := w.reg.FinishProviderSignIn(w.Context(), w.visitor(), registry.ProviderAnswer{Sealed: three.State, State: third})
		w.refused("a provider that can't be asked", err, symbolon.ErrUnavailable)
	})
}

func TestAProvidersPeopleShowThereThatItIsThem(t *testing.T) {
	w := newWorld(t)
	mia := w.mia()
	p := w.withProvider()
	sam := w.roundTrip(p)
	w.pass(symbolon.RecentSignIn)
	_, err := w.reg.BeginProviderConfirm(w.Context(), w.session(mia.Secret))
	w.refused("who has a password", err, symbolon.ErrConflict)
	confirm := func(who symbolon.AdminIdentity) registry.Arrival {
		trip, err := w.reg.BeginProviderConfirm(w.Context(), w.session(sam.Secret))
		w.ok(err)
		if !p.sent.Again {
			t.Error("the provider is not told to ask again")
		}
		p.who = who
		return w.comeBack(trip, p.sent.State)
	}
	right, stale, other := p.who, p.who, p.who
	right.AuthTime, other.AuthTime, stale.AuthTime = w.now, w.now, w.now.Add(-2*time.Minute)
	other.Subject = "auth0|2"
	for what, row := range map[registry.Denial]symbolon.AdminIdentity{registry.DeniedStale: stale, registry.DeniedAnother: other} {
		if got := confirm(row); got.Denied != what || got.Confirmed || w.session(sam.Secret).Admin.Session.Recent(w.now) {
			t.Errorf("%s: %+v", what, got)
		}
	}
	if got := confirm(p.who); got.Confirmed {
		t.Errorf("another, again: %+v", got)
	}
	if got := confirm(right); !got.Confirmed || got.Secret != "" || !w.session(sam.Secret).Admin.Session.Recent(w.now) {
		t.Errorf("as it should be: %+v", got)
	}
	trip, err := w.reg.BeginProviderConfirm(w.Context(), w.session(sam.Secret))
	w.ok(err)
	state := p.sent.State
	w.ok(w.reg.EndAdminSession(w.Context(), w.session(sam.Secret), sam.Admin.ID, sam.Session.ID))
	if got := w.comeBack(trip, state); got.Denied != registry.DeniedExpired {
		t.Errorf("a session that ended meanwhile: %+v", got)
	}
}

// Whom the provider signs in, the provider must be able to keep out.
func TestAProvidersPeopleHaveNoOtherWayIn(t *testing.T) {
	w := newWorld(t)
	mia := w.mia()
	p := w.withProvider()
	p.in("chiefs")
	sam := w.roundTrip(p)
	c := w.session(sam.Secret)
	_, err := w.reg.OfferPasskey(w.Context(), c)
	w.refused("a passkey", err, symbolon.ErrConflict)
	_, err = w.reg.ChangePassword(w.Context(), c, goodPassword)
	w.refused("a password", err, symbolon.ErrConflict)
	_, err = w.reg.InviteAdmin(w.Context(), w.root(), sam.Admin.ID)
	w.refused("an invitation", err, symbolon.ErrConflict)
	_, err = w.reg.UpdateAdmin(w.Context(), w.root(), sam.Admin.ID, symbolon.AdminPatch{Grants: &[]symbolon.Grant{{Role: symbolon.RoleAdmin}}}, registry.AnyVersion)
	w.refused("roles that it did not give", err, symbolon.ErrConflict)
	w.refused("removing the only one who comes in without it", w.reg.RemoveAdmin(w.Context(), c, mia.Admin.ID), symbolon.ErrConflict)
	w.provider, w.signIns = nil, nil
	w.serve(secret)
	_, err = w.reg.BeginProviderSignIn(w.Context(), w.visitor(), false)
	w.refused("a provider that is not set any more", err, symbolon.ErrNotFound)
}

func TestRolesAreTheHighestThatFit(t *testing.T) {
	p := symbolon.AdminProvider{Roles: []symbolon.RoleRule{
		{Claim: "groups", Value: "a", Role: symbolon.RoleViewer},
		{Claim: "groups", Value: "b", Role: symbolon.RoleAdmin},
		{Claim: "groups", Value: "c", Role: symbolon.RoleOperator},
		{Claim: "dep", Value: "a", Role: symbolon.RoleViewer, AppID: bank},
	}}
	for _, row := range []struct {
		claims map[string][]string
		want   []symbolon.Grant
	}{
		{map[string][]string{"groups": {"a", "b", "c"}}, []symbolon.Grant{{Role: symbolon.RoleAdmin}}},
		{map[string][]string{"groups": {"c", "a"}, "dep": {"a"}}, []symbolon.Grant{{Role: symbolon.RoleOperator}, {AppID: bank, Role: symbolon.RoleViewer}}},
		{map[string][]string{"groups": {"A", "ab"}, "dep": {"b"}, "a": {"a"}}, []symbolon.Grant{}},
	} {
		if got := p.Grants(row.claims); !slices.Equal(got, row.want) {
			t.Errorf("%v gives %v, want %v", row.claims, got, row.want)
		}
	}
}
