package registry_test

import (
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/proof"
	"github.com/symbolon-id/symbolon/registry"
)

// What an attacker with ada's password may try with a browser of their own, which their
// own user trusts. None of it is known, let alone trusted.
func TestAPasswordThiefsOwnTrustedBrowserIsNotAdas(t *testing.T) {
	w := newWorld(t)
	victim := w.trusted(ada)
	thief := w.trusted(bob)
	w.saw("the thief as themselves", thief.decide(), symbolon.RecommendTrust, symbolon.FactorSkip)
	for what, compact := range map[string]string{
		"a proof for the thief's user":         thief.prove(),
		"a proof that names ada":               thief.as(ada).prove(),
		"a proof that names nobody":            thief.prove(func(s *proof.Statement) { s.Subject = "" }),
		"a proof that names ada's key":         thief.as(ada).prove(func(s *proof.Statement) { s.KeyID = string(victim.kid) }),
		"ada's key, and nobody":                thief.prove(func(s *proof.Statement) { s.Subject, s.KeyID = "", string(victim.kid) }),
		"a proof for another app":              thief.as(ada).prove(func(s *proof.Statement) { s.Audience = string(shop) }),
		"ada's key with a path in it":          thief.as(ada).prove(func(s *proof.Statement) { s.KeyID = "../" + string(victim.kid) }),
		"a challenge for registering":          thief.as(ada).prove(func(s *proof.Statement) { s.Challenge = thief.challenge(proof.PurposeRegister) }),
		"a proof made to approve":              thief.as(ada).sign(proof.PurposeApprove),
		"nothing":                              "",
		"a proof that ada's browser made once": spentProof(victim),
	} {
		d, err := victim.ask(compact)
		w.ok(err)
		if d.Known || d.Trusted || d.SecondFactor != symbolon.FactorRequire || d.Device != nil || d.DeviceToken != "" {
			t.Errorf("%s: %+v", what, d)
		}
	}
}

func spentProof(f *fake) string {
	compact := f.prove()
	f.w.decision(f.ask(compact))
	return compact
}

// The thief signs in as ada and registers the browser for her too: it is known for ada
// then, but what their own user trusts, ada does not.
func TestOneBrowserOfTwoUsersIsTwoDevices(t *testing.T) {
	w := newWorld(t)
	thief := w.trusted(bob)
	as := thief.as(ada)
	if d := as.register(); d.ID == thief.id || d.UserID != ada || d.KeyID != thief.kid {
		t.Errorf("registered for ada: %+v", d)
	}
	w.saw("as ada", as.decide(), symbolon.RecommendAllow, symbolon.FactorRequire)
	w.saw("as bob", thief.decide(), symbolon.RecommendTrust, symbolon.FactorSkip)
}

func TestAChallengeOfOneAppIsNoneOfAnother(t *testing.T) {
	w := newWorld(t)
	there := w.fake(shop, ada, proof.ES256)
	here := w.fake(bank, ada, proof.ES256)
	here.hold(there.pair)
	there.register()
	here.register()
	stray := func(s *proof.Statement) { s.Challenge = there.challenge(s.Purpose) }
	d := w.decision(here.ask(here.prove(stray)))
	if d.ProofResult != symbolon.ProofInvalid {
		t.Errorf("a decision on the shop's challenge: %s", d.ProofResult)
	}
	fresh := w.browser(ada)
	_, err := fresh.tryRegister(func(r *symbolon.Registration) { r.Proof = fresh.sign(proof.PurposeRegister, stray) })
	w.refused("registering with the shop's challenge", err, symbolon.ErrProofInvalid)
}

func TestATicketIsForOneAppAndOneUser(t *testing.T) {
	w := newWorld(t)
	w.refused("a ticket of the shop at the bank", w.knock(bank, w.ticket(shop, ada)), symbolon.ErrUnauthenticated)
	browser := w.browser(ada)
	_, _, err := browser.registerBy(w.user(bank, bob))
	w.refused("bob's ticket with a proof for ada", err, symbolon.ErrProofInvalid)
}

// The same wrong ids at every door: another app's, another user's, and one that is none.
func TestAnothersDeviceIsAsGoodAsNone(t *testing.T) {
	w := newWorld(t)
	mine := w.registered(ada)
	others := w.registered(bob)
	shops := w.fake(shop, ada, proof.ES256)
	shops.register()
	ada := w.user(bank, ada, withFactor)
	name := "Mine now"
	for what, id := range map[string]symbolon.DeviceID{"another user's": others.id, "another app's": shops.id, "nobody's": "dev_none", "a path": "../" + mine.id} {
		for verb, do := range map[string]func(registry.Self) error{
			"UpdateMine": func(s registry.Self) error {
				_, err := w.reg.UpdateMine(t.Context(), ada, bank, id, s, symbolon.DevicePatch{DeviceName: &name})
				return err
			},
			"RemoveMine":   func(s registry.Self) error { return w.reg.RemoveMine(t.Context(), ada, bank, id, s) },
			"DistrustMine": func(s registry.Self) error { _, err := w.reg.DistrustMine(t.Context(), ada, bank, id, s); return err },
			"ReportLost":   func(s registry.Self) error { _, err := w.reg.ReportLost(t.Context(), ada, bank, id, s); return err },
		} {
			w.refused(verb+" of "+what, do(mine.self()), symbolon.ErrDeviceUnknown)
			w.refused(verb+" of "+what+" without a proof", do(registry.Self{}), symbolon.ErrDeviceUnknown)
		}
		_, err := w.reg.TrustMine(t.Context(), ada, bank, id, mine.self(), symbolon.TrustRequest{})
		w.refused("TrustMine of "+what, err, symbolon.ErrForbidden)
		if what == "another user's" {
			continue // to the app's staff it is a device like any other
		}
		_, err = w.reg.GetDevice(t.Context(), w.backend(bank), bank, id)
		w.refused("GetDevice of "+what, err, symbolon.ErrDeviceUnknown)
		_, err = w.reg.BlockDevice(t.Context(), w.backend(bank), bank, id, symbolon.BlockRequest{Reason: "x"})
		w.refused("BlockDevice of "+what, err, symbolon.ErrDeviceUnknown)
		_, err = w.reg.DeviceEvents(t.Context(), w.backend(bank), bank, id, "", 0)
		w.refused("DeviceEvents of "+what, err, symbolon.ErrDeviceUnknown)
	}
	if d := others.stored(); d.Name == name || d.Status != symbolon.StatusActive || d.Version != 1 {
		t.Errorf("bob's device was touched: %+v", d)
	}
}

// A proof by another user's device says nothing of who asks in self-service.
func TestAnothersProofShowsNoCurrentDevice(t *testing.T) {
	w := newWorld(t)
	mine, others := w.registered(ada), w.registered(bob)
	caller := w.user(bank, ada)
	for what, s := range map[string]registry.Self{
		"bob's proof":          others.self(),
		"bob's key as ada":     others.as(ada).self(),
		"a key nobody has":     w.browser(ada).self(),
		"ada's key by another": {Proof: others.as(ada).prove(func(s *proof.Statement) { s.KeyID = string(mine.kid) })},
		"a proof used before":  {Proof: spentProof(mine)},
	} {
		if page, err := w.reg.MyDevices(t.Context(), caller, bank, s); err == nil {
			t.Errorf("%s: %+v", what, page)
		}
	}
}

// Cursors carry no right: at another app or for another question they are refused, or
// lead to what the caller may see anyway.
func TestCursorsOpenNothing(t *testing.T) {
	w := newWorld(t)
	for range 3 {
		w.registered(ada)
	}
	one := symbolon.DeviceQuery{Limit: 1}
	page, err := w.reg.ListDevices(t.Context(), w.backend(bank), bank, one, nil)
	w.ok(err)
	_, err = w.reg.ListDevices(t.Context(), w.backend(shop), shop, symbolon.DeviceQuery{Limit: 1, Cursor: page.NextCursor}, nil)
	w.refused("the bank's cursor at the shop", err, symbolon.ErrInvalidRequest)
	_, err = w.reg.ListDevices(t.Context(), w.backend(bank), bank, symbolon.DeviceQuery{Limit: 1, Sort: symbolon.SortName, Cursor: page.NextCursor}, nil)
	w.refused("a cursor of another order", err, symbolon.ErrInvalidRequest)
	w.seal()
	events, err := w.reg.ListEvents(t.Context(), w.backend(shop), shop, "1", 0)
	w.ok(err)
	for _, e := range events.Items {
		if e.AppID != shop {
			t.Errorf("the shop reads %+v", e)
		}
	}
	for _, cursor := range []string{"-1", "x", "9223372036854775808", "1 "} {
		_, err = w.reg.ListEvents(t.Context(), w.backend(bank), bank, cursor, 0)
		w.refused("after="+cursor, err, symbolon.ErrInvalidRequest)
	}
}

// Whoever took ada's password before she changed it has a ticket, and gets nowhere with
// it, also within the same second, and also if the backend's clock runs ahead.
func TestATicketFromBeforeThePasswordChangedRegistersNothing(t *testing.T) {
	fast := func(r *symbolon.TicketRequest) {
		ahead := noon.Add(50 * time.Second)
		r.AuthTime = &ahead
	}
	for what, edits := range map[string][]func(*symbolon.TicketRequest){"now": nil, "by a fast clock": {fast}} {
		t.Run(what, func(t *testing.T) {
			w := newWorld(t)
			ticket := w.ticket(bank, ada, append(edits, withFactor)...)
			w.pass(time.Microsecond)
			_, err := w.reg.RevokeUser(t.Context(), w.backend(bank), bank, ada, symbolon.RevocationRequest{Cause: symbolon.CausePasswordChanged})
			w.ok(err)
			w.pass(time.Microsecond)
			thief := w.browser(ada)
			_, _, err = thief.registerBy(w.bearer(bank, ticket))
			w.refused("registering", err, symbolon.ErrUnauthenticated)
			_, err = w.reg.MyDevices(t.Context(), w.bearer(bank, ticket), bank, registry.Self{})
			w.refused("looking at the devices", err, symbolon.ErrUnauthenticated)
			thief.register() // a ticket from after it is good
		})
	}
}

// An answer that is kept for one caller is not another's, whatever key they send.
func TestAKeptAnswerIsItsCallers(t *testing.T) {
	w := newWorld(t)
	place := symbolon.Answer{AppID: bank, Operation: "blockDevice", Key: "same", Payload: []byte("p")}
	mine, first, err := w.reg.BeginAnswer(t.Context(), w.user(bank, ada), place)
	if err != nil || !first {
		t.Fatalf("ada's place: %v, %v", first, err)
	}
	mine.Status, mine.Body = 200, []byte("for ada")
	w.ok(w.reg.EndAnswer(t.Context(), mine))
	if again, first, err := w.reg.BeginAnswer(t.Context(), w.user(bank, ada), place); err != nil || first || string(again.Body) != "for ada" {
		t.Errorf("ada again: %q, %v, %v", again.Body, first, err)
	}
	for name, c := range map[string]symbolon.Caller{"bob": w.user(bank, bob), "the backend": w.backend(bank), "an admin": w.root()} {
		if got, first, err := w.reg.BeginAnswer(t.Context(), c, place); err != nil || !first || len(got.Body) > 0 {
			t.Errorf("%s: %q, first %v, %v", name, got.Body, first, err)
		}
	}
}
