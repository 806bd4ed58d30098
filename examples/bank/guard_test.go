package bank_test

import (
	"net/http"
	"strings"
	"testing"
)

// A session that a device opened is worth nothing without that device's key.
func TestAStolenCookieDoesNotOpenTheAccounts(t *testing.T) {
	h := openHouse(t)
	owner, thief := h.browser(t, "alice"), h.browser(t, "alice")
	owner.signIn(t, "P30D")
	owner.view(t).says(t, "")
	thief.http.Jar = owner.http.Jar

	thief.view(t).says(t, "code_needed")
	thief.post(t, "accounts", body{}).says(t, "code_needed")
	replayed := owner.proof(t, "view", "")
	owner.post(t, "accounts", body{"proof": replayed}).says(t, "")
	thief.post(t, "accounts", body{"proof": replayed}).says(t, "proof_refused")
	owner.view(t).says(t, "")
}

func TestAProofIsForOneActionOnly(t *testing.T) {
	h := openHouse(t)
	b := h.browser(t, "bob")
	b.signIn(t, "P1D")
	b.view(t).says(t, "")
	b.post(t, "devices", body{"proof": b.proof(t, "view", "")}).says(t, "proof_refused")
	b.post(t, "accounts", body{"proof": b.proof(t, "login", "")}).says(t, "proof_refused")
}

// An app that removed the device at Symbolon has not told the bank: it finds out by itself.
func TestADeviceThatIsGoneNeedsACode(t *testing.T) {
	h := openHouse(t)
	b := h.browser(t, "alice")
	b.signIn(t, "P30D")
	b.view(t).says(t, "")
	if err := h.app.Backend.RemoveDevice(t.Context(), b.key.ID()); err != nil {
		t.Fatal(err)
	}
	b.view(t).says(t, "code_needed")
	b.post(t, "accounts", body{"proof": b.proof(t, "view", ""), "code": h.code(t, "alice")}).says(t, "")
	b.view(t).says(t, "")
}

func TestYourDevices(t *testing.T) {
	h := openHouse(t)
	laptop, phone := h.browser(t, "alice"), h.browser(t, "alice")
	laptop.signIn(t, "P30D")
	phone.signIn(t, "P7D")
	list := func() heard {
		return laptop.post(t, "devices", body{"proof": laptop.proof(t, "devices", "")}).says(t, "")
	}
	change := func(b, of *browser, verb string) heard {
		return b.post(t, "devices/"+string(of.key.ID())+"/"+verb, body{"proof": b.proof(t, "devices", "")})
	}

	first := list()
	equal(t, "how many", len(first.Answer.Items), 2)
	for _, d := range first.Answer.Items {
		equal(t, "whether it is this browser", *d.IsCurrent, d.ID == laptop.key.ID())
		if d.PublicKey != nil {
			t.Error("the list shows public keys")
		}
	}

	change(laptop, phone, "distrust").says(t, "")
	phone.post(t, "sign-out", body{})
	phone.password(t)
	equal(t, "distrusted", phone.post(t, "sign-in/device", body{"proof": phone.proof(t, "login", "")}).Answer.Next, "code")

	bob := h.browser(t, "bob")
	bob.signIn(t, "")
	bob.view(t).says(t, "")
	for _, verb := range []string{"distrust", "remove"} {
		change(bob, laptop, verb).says(t, "not_found")
	}
	bob.post(t, "devices/nothing/remove", body{"proof": bob.proof(t, "devices", "")}).says(t, "not_found")

	change(laptop, phone, "remove").says(t, "")
	equal(t, "how many are left", len(list().Answer.Items), 1)
	equal(t, "removing this browser", change(laptop, laptop, "remove").says(t, "").Answer.Stage, "none")
	laptop.view(t).says(t, "signed_out")
}

func TestTheSupportDesk(t *testing.T) {
	h := openHouse(t)
	b := h.browser(t, "alice")
	b.signIn(t, "P30D")
	search := func(user string) heard { return b.ask(t, http.MethodGet, "/api/staff/devices?user="+user, "") }
	path := "staff/devices/" + string(b.key.ID())

	equal(t, "how many devices", len(search("alice").says(t, "").Answer.Items), 1)
	equal(t, "how many of nobody's", len(search("nobody").says(t, "").Answer.Items), 0)
	search("").says(t, "invalid_request")
	if strings.Contains(search("alice").Raw, "publicKey") {
		t.Error("the desk shows public keys")
	}
	b.post(t, path+"/block", body{}).says(t, "invalid_request")
	b.post(t, "staff/devices/nothing/block", body{"reason": "x"}).says(t, "not_found")
	b.post(t, path+"/distrust", body{}).says(t, "")
	b.post(t, path+"/block", body{"reason": "lost"}).says(t, "")
	equal(t, "the reason", search("alice").Answer.Items[0].Block.Reason, "lost")
	b.post(t, "devices/"+string(b.key.ID())+"/remove", body{"proof": b.proof(t, "devices", "")}).says(t, "device_blocked")
}

// A rule of the policy can refuse what no code settles. That is no block: the device stays
// as it was.
func TestWhatARuleRefuses(t *testing.T) {
	h := openHouse(t)
	b := h.browser(t, "alice")
	b.signIn(t, "P30D")
	b.view(t).says(t, "")
	h.app.SetPolicy(t, `{"actions":{"view":{"require":"known"}},"rules":[`+
		`{"name":"no payments","priority":1,"when":"action == 'transfer'","recommend":"DENY","mode":"production"}]}`)
	transfer := body{"payee": "bakery", "amount": 100, "code": h.code(t, "alice")}
	b.post(t, "transfers", transfer).says(t, "refused")
	b.view(t).says(t, "")
}

// The panel tells everything, but nothing that opens anything.
func TestTheActivityHoldsNoSecrets(t *testing.T) {
	h := openHouse(t)
	b := h.browser(t, "alice")
	b.password(t)
	p, code := b.proof(t, "login", ""), h.code(t, "alice")
	a := b.post(t, "sign-in/code", body{"code": code, "trust": "P30D", "proof": p})
	_, activity, _ := strings.Cut(a.Raw, `"activity"`)
	for name, secret := range map[string]string{
		"proof": p, "ticket": a.Answer.Ticket, "credential": h.app.Key, "code": code, "password": "open-sesame",
	} {
		if strings.Contains(activity, secret) {
			t.Errorf("the activity shows the %s: %s", name, activity)
		}
	}
	equal(t, "the recommendation", a.Activity[0].Decision.Recommendation, "CHALLENGE")
}
