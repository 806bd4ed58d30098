package server_test

import (
	"strings"
	"testing"

	"github.com/symbolon-id/symbolon"
)

// The story that the service exists for, over HTTP from end to end.
func TestStoryOfATrustedDevice(t *testing.T) {
	h := openHouse(t)
	ctx := t.Context()
	mine := h.newPhone(t, "alice")
	device := mine.register(t)
	if device.PublicKey != nil || device.IsCurrent == nil || !*device.IsCurrent {
		t.Errorf("the device shows its user %+v; want no key, and that it is the current one", device)
	}

	first := mine.decide(t)
	if first.Recommendation != symbolon.RecommendAllow || first.SecondFactor != symbolon.FactorRequire || !first.Known {
		t.Fatalf("before trust: %+v", first)
	}
	_, err := h.backend.TrustDevice(ctx, device.ID, symbolon.TrustRequest{DecisionID: first.ID, Factor: "otp"})
	must(t, err)
	if d := mine.decide(t); d.Recommendation != symbolon.RecommendTrust || d.SecondFactor != symbolon.FactorSkip || d.TrustedUntil == nil {
		t.Fatalf("after trust: %+v", d)
	}

	other := h.newPhone(t, "alice")
	if d := other.decide(t); d.Recommendation != symbolon.RecommendChallenge || d.SecondFactor != symbolon.FactorRequire || d.Known {
		t.Errorf("another device with the same user: %+v", d)
	}

	blocked, err := h.admin.BlockDevice(ctx, device.ID, symbolon.BlockRequest{Reason: "reported stolen"})
	must(t, err)
	if blocked.Status != symbolon.StatusBlocked || blocked.Block.Reason != "reported stolen" {
		t.Errorf("blocked: %+v", blocked)
	}
	if d := mine.decide(t); d.Recommendation != symbolon.RecommendDeny || d.SecondFactor != symbolon.FactorRequire {
		t.Errorf("a blocked device: %+v", d)
	}
	_, _, err = h.backend.As(h.ticket(t, "alice", "otp")).RegisterDevice(ctx, symbolon.Registration{Proof: mine.enrolment(t)})
	wantCode(t, err, symbolon.ErrDeviceBlocked)

	_, err = h.admin.UnblockDevice(ctx, device.ID, symbolon.UnblockRequest{})
	must(t, err)
	if d := mine.decide(t); d.Recommendation != symbolon.RecommendAllow || d.Trusted || !d.Known {
		t.Errorf("unblocked: %+v", d)
	}
	must(t, h.admin.RemoveDevice(ctx, device.ID))
	_, err = h.admin.GetDevice(ctx, device.ID)
	wantCode(t, err, symbolon.ErrDeviceUnknown)
	if d := mine.decide(t); d.Recommendation != symbolon.RecommendChallenge || d.Known {
		t.Errorf("removed: %+v", d)
	}
}

// A client learns three members, and the same bytes for whatever does not verify.
func TestClientsLearnLittle(t *testing.T) {
	h := openHouse(t)
	known, blocked, unknown := h.newPhone(t, "alice"), h.newPhone(t, "bob"), h.newPhone(t, "carol")
	known.register(t)
	id := blocked.register(t).ID
	_, err := h.admin.BlockDevice(t.Context(), id, symbolon.BlockRequest{Reason: "test"})
	must(t, err)

	ask := func(compact string) answered {
		return h.ask(t, "POST", "/v1/apps/bank/decisions", `{"proof":"`+compact+`"}`)
	}
	if a := ask(known.prove(t)); a.status != 200 || !strings.Contains(a.body, `"known":true`) || !strings.Contains(a.body, `"deviceToken":"`) {
		t.Errorf("a known device hears %d %s", a.status, a.body)
	}
	if a := ask(blocked.prove(t)); !strings.HasPrefix(a.body, `{"recommendation":"DENY","known":false}`) {
		t.Errorf("a blocked device that shows its key hears %s", a.body)
	}

	forge := func(p *phone) string { // another key signs for the phone's
		thief := h.newPhone(t, p.user)
		thief.kid = p.kid
		return thief.prove(t)
	}
	spent := known.prove(t)
	ask(spent)
	want := `{"recommendation":"CHALLENGE","known":false}` + "\n"
	for name, compact := range map[string]string{
		"forged for a known key": forge(known), "forged for a blocked key": forge(blocked),
		"an unknown key": unknown.prove(t), "replayed": spent, "none": "",
	} {
		a := ask(compact)
		a.header.Del("Date")
		a.header.Del("X-Request-Id")
		if a.status != 200 || a.body != want {
			t.Errorf("%s: %d %q, want %q", name, a.status, a.body, want)
		}
		if len(a.header) != 7 {
			t.Errorf("%s: headers %v tell it from the others", name, a.header)
		}
	}
}

// Nothing that opens anything is ever logged, whatever happens.
func TestLogsHoldNoSecrets(t *testing.T) {
	h := openHouse(t)
	ctx := t.Context()
	p := h.newPhone(t, "person-whose-name-is-private")
	device := p.register(t)
	ticket := h.ticket(t, p.user, "otp")
	enrolment, shown := p.enrolment(t), p.prove(t)
	_, _, err := h.backend.As(ticket).RegisterDevice(ctx, symbolon.Registration{Proof: enrolment})
	must(t, err)
	d, err := h.backend.As("").Decide(ctx, symbolon.DecisionRequest{Proof: shown})
	must(t, err)
	_, err = h.backend.As("sk_a_bad_credential_secret").GetDevice(ctx, device.ID)
	wantCode(t, err, symbolon.ErrUnauthenticated)
	issued, err := h.admin.CreateCredential(ctx, symbolon.NewCredential{Name: "x", Scopes: symbolon.AllScopes})
	must(t, err)
	h.ask(t, "POST", "/v1/apps/bank/decisions", `{"proof":"not a proof at all `+shown+`"}`)
	h.ask(t, "GET", "/nowhere/"+ticket+"?token="+ticket, "")
	_, err = h.backend.ListUserDevices(ctx, p.user)
	must(t, err)

	log := h.log.String()
	if n := strings.Count(log, `"msg":"request"`); n < 12 {
		t.Fatalf("only %d requests in the log:\n%s", n, log)
	}
	for name, secret := range map[string]string{
		"the backend's key": h.key, "the admin's key": adminKey, "an issued key": issued.Key, "a bad key": "sk_a_bad_credential_secret",
		"a ticket": ticket, "a registration's proof": enrolment, "a proof": shown, "a device token": d.DeviceToken,
		"a user's id": string(p.user), "a bearer": "Bearer",
	} {
		if secret == "" || strings.Contains(log, secret) {
			t.Errorf("%s (%q) is in the log", name, secret)
		}
	}
	for _, want := range []string{`"route":"GET /v1/apps/{app}/users/{user}/devices"`, `"status":401`, `"caller":"backend"`, `"route":"unmatched"`} {
		if !strings.Contains(log, want) {
			t.Errorf("the log lacks %s", want)
		}
	}
}
