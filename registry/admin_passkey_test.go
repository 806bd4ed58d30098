package registry_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/internal/passkeytest"
	"github.com/symbolon-id/symbolon/registry"
	"github.com/symbolon-id/symbolon/sqlstore"
)

// key is an authenticator in a browser at the service's own origin.
func (w *world) key(t *testing.T) *passkeytest.Authenticator {
	return passkeytest.New(t, issuer, "symbolon.example")
}

// addKey makes a passkey of the caller's.
func (w *world) addKey(t *testing.T, c symbolon.Caller, k *passkeytest.Authenticator) symbolon.Passkey {
	w.Helper()
	offer, err := w.reg.OfferPasskey(w.Context(), c)
	w.ok(err)
	p, err := w.reg.AddPasskey(w.Context(), c, symbolon.NewPasskey{Name: "Laptop", Credential: k.Create(t, offer.Options), State: offer.State})
	w.ok(err)
	return p
}

func (w *world) showKey(t *testing.T, k *passkeytest.Authenticator) symbolon.PasskeyAnswer {
	w.Helper()
	offer, err := w.reg.OfferPasskeySignIn(w.Context(), w.visitor())
	w.ok(err)
	return symbolon.PasskeyAnswer{Credential: k.Get(t, offer.Options), State: offer.State}
}

func (w *world) signInBy(t *testing.T, k *passkeytest.Authenticator) (registry.Admitted, error) {
	w.Helper()
	return w.reg.SignInByPasskey(w.Context(), w.visitor(), w.showKey(t, k))
}

func TestAPasskeyOpensTheAccountAndConfirms(t *testing.T) {
	onBothStores(t, func(t *testing.T, at sqlstore.Config) {
		w := worldOn(t, at)
		mia := w.mia()
		k := w.key(t)
		p := w.addKey(t, w.session(mia.Secret), k)
		w.pass(time.Hour / 4)
		k.Count = 1
		in, err := w.signInBy(t, k)
		w.ok(err)
		if in.Admin.ID != mia.Admin.ID || in.Session.Method != symbolon.SignInPasskey {
			t.Errorf("it let in %s by %s", in.Admin.Login, in.Session.Method)
		}
		list, err := w.reg.ListPasskeys(w.Context(), w.session(in.Secret))
		w.ok(err)
		if len(list.Items) != 1 || list.Items[0].ID != p.ID || list.Items[0].LastUsedAt == nil || !list.Items[0].LastUsedAt.Equal(w.now) {
			t.Errorf("the passkeys are %+v", list.Items)
		}

		w.pass(symbolon.RecentSignIn)
		c := w.session(in.Secret)
		_, err = w.reg.OfferPasskey(w.Context(), c)
		w.refused("another passkey after a while", err, symbolon.ErrReauthenticate)
		k.Count = 2
		_, err = w.reg.Confirm(w.Context(), c, symbolon.ConfirmRequest{Passkey: w.confirmation(t, c, k)})
		w.ok(err)
		renamed, err := w.reg.RenamePasskey(w.Context(), w.session(in.Secret), p.ID, symbolon.PasskeyPatch{Name: "Phone"})
		w.ok(err)
		if renamed.Name != "Phone" {
			t.Errorf("its name is %q", renamed.Name)
		}
		w.ok(w.reg.RemovePasskey(w.Context(), w.session(in.Secret), p.ID))
		_, err = w.signInBy(t, k)
		w.refused("a passkey that was removed", err, symbolon.ErrUnauthenticated)
	})
}

// confirmation shows the passkey as the caller is asked to.
func (w *world) confirmation(t *testing.T, c symbolon.Caller, k *passkeytest.Authenticator) *symbolon.PasskeyAnswer {
	w.Helper()
	offer, err := w.reg.OfferConfirmation(w.Context(), c)
	w.ok(err)
	return &symbolon.PasskeyAnswer{Credential: k.Get(t, offer.Options), State: offer.State}
}

// Each row is a sign-in that differs from a good one in one thing.
func TestPasskeysThatAreRefused(t *testing.T) {
	w := newWorld(t)
	mia := w.mia()
	k := w.key(t)
	w.addKey(t, w.session(mia.Secret), k)
	good := *k
	for what, spoil := range map[string]func(*symbolon.PasskeyAnswer){
		"at another origin":         func(*symbolon.PasskeyAnswer) { k.Origin = "https://symbolon.example.evil" },
		"at a neighbour's":          func(*symbolon.PasskeyAnswer) { k.Origin = "https://other.symbolon.example" },
		"for another party":         func(*symbolon.PasskeyAnswer) { k.RPID = "example" },
		"whose person is not known": func(*symbolon.PasskeyAnswer) { k.Flags = passkeytest.Present },
		"whose person is not there": func(*symbolon.PasskeyAnswer) { k.Flags = passkeytest.Verified },
		"as another's":              func(*symbolon.PasskeyAnswer) { k.Handle = []byte("adm_another") },
		"as nobody's":               func(*symbolon.PasskeyAnswer) { k.Handle = nil },
		"of another ceremony":       func(*symbolon.PasskeyAnswer) { k.Type = "webauthn.create" },
	} {
		*k = good
		spoil(nil)
		_, err := w.signInBy(t, k)
		w.refused("a passkey "+what, err, symbolon.ErrUnauthenticated)
	}
	*k = good
	c := w.session(mia.Secret)
	offer, err := w.reg.OfferPasskey(w.Context(), c)
	w.ok(err)
	for what, state := range map[string]string{
		"no state": "", "a state that was made up": "." + strings.Repeat("A", 43) + ".99999999999.AAAA",
		"a state of another purpose": offer.State, "a state of confirming": w.confirmation(t, c, k).State,
	} {
		answer := w.showKey(t, k)
		answer.State = state
		_, err := w.reg.SignInByPasskey(w.Context(), w.visitor(), answer)
		w.refused(what, err, symbolon.ErrUnauthenticated)
	}
	one, two := w.showKey(t, k), w.showKey(t, k)
	one.State, two.State = two.State, one.State
	_, err = w.reg.SignInByPasskey(w.Context(), w.visitor(), one)
	w.refused("a state of another try", err, symbolon.ErrUnauthenticated)
	late := w.showKey(t, k)
	w.pass(5 * time.Minute)
	_, err = w.reg.SignInByPasskey(w.Context(), w.visitor(), late)
	w.refused("five minutes later", err, symbolon.ErrUnauthenticated)
	if _, err := w.signInBy(t, k); err != nil {
		t.Errorf("as it should be: %v", err)
	}
	_, err = w.signInBy(t, w.key(t))
	w.refused("an authenticator that nobody knows", err, symbolon.ErrUnauthenticated)
}

func TestAnAnswerCountsOnceAlsoAtTheSameInstant(t *testing.T) {
	onBothStores(t, func(t *testing.T, at sqlstore.Config) {
		w := worldOn(t, at)
		mia := w.mia()
		k := w.key(t)
		w.addKey(t, w.session(mia.Secret), k)
		answer := w.showKey(t, k)
		admitted := atOnce(8, func() error {
			_, err := w.reg.SignInByPasskey(context.WithoutCancel(t.Context()), w.visitor(), answer)
			return err
		})
		if admitted != 1 {
			t.Errorf("one answer let in %d", admitted)
		}
		offer, err := w.reg.OfferPasskey(w.Context(), w.session(mia.Secret))
		w.ok(err)
		other := w.key(t)
		req := symbolon.NewPasskey{Name: "Twin", Credential: other.Create(t, offer.Options), State: offer.State}
		added := atOnce(8, func() error {
			_, err := w.reg.AddPasskey(context.WithoutCancel(t.Context()), w.session(mia.Secret), req)
			return err
		})
		if added != 1 {
			t.Errorf("one answer added %d", added)
		}
	})
}

// atOnce counts how often it went well.
func atOnce(n int, f func() error) (good int) {
	errs := make([]error, n)
	var done sync.WaitGroup
	for i := range n {
		done.Go(func() { errs[i] = f() })
	}
	done.Wait()
	for _, err := range errs {
		if err == nil {
			good++
		}
	}
	return good
}

// A counter that goes back tells that there are two of what must be one.
func TestACopyOfAPasskeyIsRefusedAndTold(t *testing.T) {
	w := newWorld(t)
	mia := w.mia()
	k := w.key(t)
	w.addKey(t, w.session(mia.Secret), k)
	k.Count = 7
	_, err := w.signInBy(t, k)
	w.ok(err)
	for _, count := range []uint32{7, 6, 0} {
		k.Count = count
		_, err = w.signInBy(t, k)
		w.refused("a counter that did not rise", err, symbolon.ErrUnauthenticated)
	}
	w.seal()
	events, err := w.store.ListEvents(w.Context(), "", 0, 100)
	w.ok(err)
	told := slices.DeleteFunc(events, func(e symbolon.Event) bool { return e.Type != symbolon.EventPasskeyDoubted })
	if len(told) != 3 || !strings.Contains(string(told[0].Data), string(mia.Admin.ID)) {
		t.Errorf("the log tells %v", told)
	}
	k.Count = 8
	if _, err := w.signInBy(t, k); err != nil {
		t.Errorf("one that rose: %v", err)
	}
}

func TestOnesPasskeysAreNobodyElses(t *testing.T) {
	w := newWorld(t)
	mia := w.mia()
	noa := w.invited(w.session(mia.Secret), "noa", symbolon.Grant{AppID: bank, Role: symbolon.RoleViewer})
	k := w.key(t)
	p := w.addKey(t, w.session(mia.Secret), k)
	hers := w.session(noa.Secret)
	_, err := w.reg.RenamePasskey(w.Context(), hers, p.ID, symbolon.PasskeyPatch{Name: "mine"})
	w.refused("renaming another's", err, symbolon.ErrNotFound)
	w.refused("removing another's", w.reg.RemovePasskey(w.Context(), hers, p.ID), symbolon.ErrNotFound)
	_, err = w.reg.OfferConfirmation(w.Context(), hers)
	w.refused("confirming without one", err, symbolon.ErrConflict)
	other := w.key(t)
	w.addKey(t, hers, other)
	_, err = w.reg.Confirm(w.Context(), hers, symbolon.ConfirmRequest{Passkey: w.confirmation(t, w.session(mia.Secret), k)})
	w.refused("confirming by another's answer", err, symbolon.ErrInvalidRequest)
	answer := w.confirmation(t, hers, other)
	answer.Credential = w.confirmation(t, w.session(mia.Secret), k).Credential
	_, err = w.reg.Confirm(w.Context(), hers, symbolon.ConfirmRequest{Passkey: answer})
	w.refused("confirming by another's passkey", err, symbolon.ErrInvalidRequest)
	offer, err := w.reg.OfferPasskey(w.Context(), w.session(mia.Secret))
	w.ok(err)
	_, err = w.reg.AddPasskey(w.Context(), hers, symbolon.NewPasskey{Name: "x", Credential: w.key(t).Create(t, offer.Options), State: offer.State})
	w.refused("adding what another was asked for", err, symbolon.ErrInvalidRequest)
	offer, err = w.reg.OfferPasskey(w.Context(), hers)
	w.ok(err)
	_, err = w.reg.AddPasskey(w.Context(), hers, symbolon.NewPasskey{Name: "x", Credential: k.Create(t, offer.Options), State: offer.State})
	w.refused("adding a credential that is another's", err, symbolon.ErrConflict)
}

func TestAClosedAccountsPasskeyLeavesALine(t *testing.T) {
	w := newWorld(t)
	mia, yes := w.mia(), true
	noa := w.invited(w.session(mia.Secret), "noa", symbolon.Grant{Role: symbolon.RoleAdmin})
	k := w.key(t)
	w.addKey(t, w.session(noa.Secret), k)
	_, err := w.reg.UpdateAdmin(w.Context(), w.session(mia.Secret), noa.Admin.ID, symbolon.AdminPatch{Disabled: &yes}, registry.AnyVersion)
	w.ok(err)
	_, err = w.signInBy(t, k)
	w.refused("her passkey", err, symbolon.ErrUnauthenticated)
	w.ok(w.reg.FlushCounts(w.Context(), w.now))
	if said := w.refusals(); len(said) != 1 || !strings.Contains(said[0], string(noa.Admin.ID)) {
		t.Errorf("the log says %v", said)
	}
}

func TestAnAccountMayHaveAPasskeyInsteadOfAPassword(t *testing.T) {
	w := newWorld(t)
	link, err := w.reg.SetupLink(w.Context(), w.root())
	w.ok(err)
	offer, err := w.reg.OfferSetupPasskey(w.Context(), w.visitor(), symbolon.SetupPasskeyRequest{Token: link.Token, Login: "mia"})
	w.ok(err)
	k := w.key(t)
	passkey := &symbolon.NewPasskey{Name: "Laptop", Credential: k.Create(t, offer.Options), State: offer.State}
	_, err = w.reg.Setup(w.Context(), w.visitor(), symbolon.SetupRequest{Token: link.Token, Login: "mia", Password: goodPassword, Passkey: passkey})
	w.refused("both", err, symbolon.ErrInvalidRequest)
	mia, err := w.reg.Setup(w.Context(), w.visitor(), symbolon.SetupRequest{Token: link.Token, Login: "mia", Passkey: passkey})
	w.ok(err)
	in, err := w.signInBy(t, k)
	w.ok(err)
	if in.Admin.ID != mia.Admin.ID || in.Admin.RoleOn("") != symbolon.RoleAdmin {
		t.Errorf("it let in %+v", in.Admin)
	}
	c := w.session(in.Secret)
	list, err := w.reg.ListPasskeys(w.Context(), c)
	w.ok(err)
	w.refused("removing the last way in", w.reg.RemovePasskey(w.Context(), c, list.Items[0].ID), symbolon.ErrConflict)
	w.refused("removing the only one who may do everything", w.reg.RemoveAdmin(w.Context(), c, mia.Admin.ID), symbolon.ErrConflict)
	changed, err := w.reg.ChangePassword(w.Context(), c, goodPassword)
	w.ok(err)
	w.ok(w.reg.RemovePasskey(w.Context(), w.session(changed.Secret), list.Items[0].ID))
}

// What a thief may have added goes with everything else.
func TestAnInvitationEndsPasskeysAndEarlierInvitations(t *testing.T) {
	w := newWorld(t)
	mia := w.mia()
	k := w.key(t)
	w.addKey(t, w.session(mia.Secret), k)
	mark := w.reg.Familiar(mia.Admin)
	w.familiar("before", mark, true)
	first, err := w.reg.InviteAdmin(w.Context(), w.root(), mia.Admin.ID)
	w.ok(err)
	second, err := w.reg.InviteAdmin(w.Context(), w.root(), mia.Admin.ID)
	w.ok(err)
	_, err = w.reg.Setup(w.Context(), w.visitor(), symbolon.SetupRequest{Token: first.Invitation.Token, Password: goodPassword})
	w.refused("the earlier invitation", err, symbolon.ErrUnauthenticated)
	offer, err := w.reg.OfferSetupPasskey(w.Context(), w.visitor(), symbolon.SetupPasskeyRequest{Token: second.Invitation.Token})
	w.ok(err)
	fresh := w.key(t)
	in, err := w.reg.Setup(w.Context(), w.visitor(), symbolon.SetupRequest{
		Token: second.Invitation.Token, Passkey: &symbolon.NewPasskey{Name: "New", Credential: fresh.Create(t, offer.Options), State: offer.State},
	})
	w.ok(err)
	_, err = w.signInBy(t, k)
	w.refused("the passkey from before", err, symbolon.ErrUnauthenticated)
	_, err = w.signIn("mia@acme.example", goodPassword)
	w.refused("the password from before", err, symbolon.ErrUnauthenticated)
	w.familiar("after", mark, false)
	w.familiar("a new one", w.reg.Familiar(in.Admin), true)
	_, err = w.signInBy(t, fresh)
	w.ok(err)
}

func (w *world) familiar(when, mark string, want bool) {
	w.Helper()
	got, err := w.reg.IsFamiliar(w.Context(), "mia@acme.example", mark)
	w.ok(err)
	if got != want {
		w.Errorf("%s, the mark counts: %v", when, got)
	}
}

func TestWhoIsKeptOutIsSoWithAPasskeyToo(t *testing.T) {
	w := newWorld(t)
	mia := w.mia()
	noa := w.invited(w.session(mia.Secret), "noa", symbolon.Grant{AppID: bank, Role: symbolon.RoleViewer})
	k, yes := w.key(t), true
	w.addKey(t, w.session(noa.Secret), k)
	_, err := w.reg.UpdateAdmin(w.Context(), w.session(mia.Secret), noa.Admin.ID, symbolon.AdminPatch{Disabled: &yes}, registry.AnyVersion)
	w.ok(err)
	_, err = w.signInBy(t, k)
	w.refused("a closed account", err, symbolon.ErrUnauthenticated)
}

func TestAnAccountHasOnlySoManyPasskeys(t *testing.T) {
	w := newWorld(t)
	c := w.session(w.mia().Secret)
	for range symbolon.MaxPasskeys {
		w.addKey(t, c, w.key(t))
	}
	_, err := w.reg.OfferPasskey(w.Context(), c)
	w.refused("one more", err, symbolon.ErrConflict)
}

func TestWherePasskeysCanBeUsed(t *testing.T) {
	for url, origin := range map[string]string{
		"https://devices.example.com": "https://devices.example.com", "https://Devices.Example.com:8443/s": "https://devices.example.com:8443",
		"http://127.0.0.1:8080": "http://localhost:8080", "http://[::1]:8080": "http://localhost:8080", "http://localhost:1": "http://localhost:1",
		"http://devices.example.com": "", "https://192.0.2.7": "",
	} {
		r, err := registry.New(registry.Config{Store: newWorld(t).store, Secrets: [][]byte{secret}, PublicURL: url})
		if err != nil {
			t.Fatal(err)
		}
		ways := r.SignInWays()
		if got := ways.Passkeys; (got == nil) != (origin == "") || got != nil && got.Origin != origin {
			t.Errorf("at %s passkeys are at %+v, want %q", url, got, origin)
		}
		if _, err := r.OfferPasskeySignIn(t.Context(), registry.Visitor{At: noon}); (err == nil) != (origin != "") || err != nil && !errors.Is(err, symbolon.ErrConflict) {
			t.Errorf("at %s: %v", url, err)
		}
	}
}
