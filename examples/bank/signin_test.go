package bank_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/client"
	"github.com/symbolon-id/symbolon/symbolontest"
)

func TestACustomersBrowserIsKnownTrustedBlockedAndKnownAgain(t *testing.T) {
	h := openHouse(t)
	laptop := h.browser(t, "alice")

	// Unknown: the password leads to the code, the code to a ticket and to trust.
	equal(t, "after the password", laptop.password(t).Answer.Next, "device")
	first := laptop.post(t, "sign-in/device", body{"proof": laptop.proof(t, "login", "")})
	equal(t, "after an unknown proof", first.Answer.Next, "code")
	coded := laptop.post(t, "sign-in/code", body{"code": h.code(t, "alice"), "trust": "P30D", "proof": laptop.proof(t, "login", "")})
	same(t, "the code step", coded.tells(), "decided", "code", "ticket")
	device, err := laptop.key.Register(t.Context(), coded.Answer.Ticket)
	if err != nil {
		t.Fatal(err)
	}
	if device.Trust == nil || device.Trust.TrustedUntil.Sub(device.Trust.GrantedAt) != 30*symbolon.Day {
		t.Fatalf("the tick box was not kept: %+v", device.Trust)
	}
	laptop.view(t).says(t, "")

	// Trusted: no code.
	laptop.post(t, "sign-out", body{})
	laptop.password(t)
	trusted := laptop.post(t, "sign-in/device", body{"proof": laptop.proof(t, "login", "")})
	equal(t, "after a trusted proof", trusted.Answer.Next, "accounts")
	if trusted.Answer.TrustedUntil == nil {
		t.Error("the page can't say until when no code is asked for")
	}

	// Another browser with the same password: a code.
	other := h.browser(t, "alice")
	other.password(t)
	equal(t, "in another browser", other.post(t, "sign-in/device", body{"proof": other.proof(t, "login", "")}).Answer.Next, "code")

	// Blocked: the next request ends the session, and neither the code nor a ticket helps.
	laptop.post(t, "staff/devices/"+string(device.ID)+"/block", body{"reason": "stolen"}).says(t, "")
	laptop.view(t).says(t, "device_blocked")
	laptop.view(t).says(t, "signed_out")
	laptop.password(t)
	laptop.post(t, "sign-in/code", body{"code": h.code(t, "alice"), "proof": laptop.proof(t, "login", "")}).says(t, "device_blocked")
	laptop.password(t)
	ticket := laptop.post(t, "sign-in/code", body{"code": h.code(t, "alice")}).Answer.Ticket
	if _, err := laptop.key.Register(t.Context(), ticket); !errors.Is(err, symbolon.ErrDeviceBlocked) {
		t.Errorf("a blocked key registers again: %v", err)
	}
	laptop.view(t).says(t, "device_blocked")

	// Unblocked: known, not trusted.
	laptop.post(t, "staff/devices/"+string(device.ID)+"/unblock", body{}).says(t, "")
	laptop.password(t)
	equal(t, "once unblocked", laptop.post(t, "sign-in/device", body{"proof": laptop.proof(t, "login", "")}).Answer.Next, "code")
	again := laptop.post(t, "sign-in/code", body{"code": h.code(t, "alice"), "trust": "P7D", "proof": laptop.proof(t, "login", "")})
	same(t, "the code step of a known device", again.tells(), "decided", "code", "trusted")
}

func TestTrustIsOnlyForTheOfferedTimes(t *testing.T) {
	h := openHouse(t)
	b := h.browser(t, "bob")
	b.password(t)
	for _, trust := range []string{"P3650D", "P2D", "none", "permanent"} {
		b.post(t, "sign-in/code", body{"code": h.code(t, "bob"), "trust": trust}).says(t, "invalid_request")
	}
}

func TestACodeIsTakenOnce(t *testing.T) {
	h := openHouse(t)
	code := h.code(t, "alice")
	first, second := h.browser(t, "alice"), h.browser(t, "alice")
	first.password(t)
	first.post(t, "sign-in/code", body{"code": code}).says(t, "")
	second.password(t)
	second.post(t, "sign-in/code", body{"code": code}).says(t, "used_code")
	second.post(t, "sign-in/code", body{"code": "000000"}).says(t, "wrong_code")
	second.post(t, "sign-in/code", body{"code": h.code(t, "alice")}).says(t, "")
}

func TestGuessingIsSlow(t *testing.T) {
	h := openHouse(t)
	b := h.browser(t, "alice")
	for range 5 {
		b.post(t, "sign-in/password", body{"user": "alice", "password": "guess"}).says(t, "wrong_password")
	}
	refused := b.password(t).says(t, "too_many_attempts")
	equal(t, "Retry-After", refused.Header.Get("Retry-After"), "61")
	h.now = h.now.Add(61 * time.Second)
	b.password(t).says(t, "")
	for range 5 {
		b.post(t, "sign-in/code", body{"code": "123"}).says(t, "wrong_code")
	}
	b.post(t, "sign-in/code", body{"code": h.code(t, "alice")}).says(t, "too_many_attempts")
}

func TestANameThatNobodyHasIsAnsweredLikeAWrongPassword(t *testing.T) {
	b := openHouse(t).browser(t, "alice")
	known := b.post(t, "sign-in/password", body{"user": "alice", "password": "x"})
	unknown := b.post(t, "sign-in/password", body{"user": "mallory", "password": "x"})
	equal(t, "the answer", unknown.Raw, known.Raw)
}

func TestNoStepCanBeLeftOut(t *testing.T) {
	h := openHouse(t)
	b := h.browser(t, "alice")
	b.post(t, "sign-in/device", body{}).says(t, "signed_out")
	b.post(t, "sign-in/code", body{"code": h.code(t, "alice")}).says(t, "signed_out")
	b.password(t)
	b.view(t).says(t, "signed_out")
	b.post(t, "transfers", body{"payee": "bakery", "amount": 1, "code": h.code(t, "alice")}).says(t, "signed_out")
}

// A browser that can keep no key signs in with a code each time.
func TestWithoutAKeyEachSignInTakesACode(t *testing.T) {
	h := openHouse(t)
	b := h.browser(t, "alice")
	for range 2 {
		b.password(t)
		equal(t, "without a proof", b.post(t, "sign-in/device", body{}).Answer.Next, "code")
		b.post(t, "sign-in/code", body{"code": h.code(t, "alice")}).says(t, "")
		b.post(t, "accounts", body{}).says(t, "")
	}
}

// Doubt is never trust: nothing is skipped while Symbolon gives no answer.
func TestWhileSymbolonIsAwayTheBankAsksForCodes(t *testing.T) {
	h := openHouse(t)
	laptop := h.browser(t, "alice")
	laptop.signIn(t, "P30D")
	laptop.view(t).says(t, "")
	proofs := []string{laptop.proof(t, "login", ""), laptop.proof(t, "view", "")}

	nowhere, err := client.New(client.Config{BaseURL: "http://127.0.0.1:1", App: h.app.ID, Key: h.app.Key, Retries: -1})
	if err != nil {
		t.Fatal(err)
	}
	alone := openBank(t, h.app, nowhere)
	alone.used, alone.now = h.used, h.now
	b := &browser{h: alone, http: laptop.http, key: laptop.key, user: "alice"}
	b.password(t)
	device := b.post(t, "sign-in/device", body{"proof": proofs[0]})
	equal(t, "a trusted device", device.Answer.Next, "code")
	same(t, "what is told", device.tells(), "undecided")
	b.post(t, "sign-in/code", body{"code": alone.code(t, "alice"), "trust": "P30D"}).says(t, "")
	b.post(t, "accounts", body{"proof": proofs[1]}).says(t, "")
	transfer := body{"payee": "bakery", "amount": 100}
	b.post(t, "transfers", transfer).says(t, "code_needed")
	transfer["code"] = alone.code(t, "alice")
	b.post(t, "transfers", transfer).says(t, "")
}

func TestASessionEndsByItself(t *testing.T) {
	h := openHouse(t)
	b := h.browser(t, "bob")
	b.signIn(t, "")
	h.now = h.now.Add(14 * time.Minute)
	b.view(t).says(t, "")
	h.now = h.now.Add(15*time.Minute + time.Second)
	b.view(t).says(t, "signed_out")
}

// Each stage has an id of its own, so that nobody can have planted the one that opens.
func TestTheSessionsIdChangesAsItOpens(t *testing.T) {
	h := openHouse(t)
	b := h.browser(t, "alice")
	cookies := func(a heard) string { return a.Header.Get("Set-Cookie") }
	first := cookies(b.password(t))
	second := cookies(b.post(t, "sign-in/code", body{"code": h.code(t, "alice")}))
	for _, cookie := range []string{first, second} {
		if !strings.Contains(cookie, "HttpOnly") || !strings.Contains(cookie, "SameSite=Lax") {
			t.Errorf("the cookie is too open: %s", cookie)
		}
	}
	if first == second {
		t.Error("the session kept its id")
	}
	old := &browser{h: h, http: http.DefaultClient, key: symbolontest.NewDevice(t, h.app, "ES256"), user: "alice"}
	name, _, _ := strings.Cut(first, ";")
	old.ask(t, http.MethodPost, "/api/accounts", body{}, "Cookie", name).says(t, "signed_out")
}
