package registry_test

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/registry"
)

// forgeries are tickets that this service did not make, or not as tickets.
func forgeries(w *world) map[string]string {
	w.Helper()
	claims := map[string]any{
		"iss": issuer, "aud": bank, "sub": ada, "jti": "x", "iat": w.now.Unix(), "exp": w.now.Add(time.Minute).Unix(), "auth_time": w.now.Unix(),
	}
	sign := func(key []byte, typ jose.ContentType) string {
		signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.HS256, Key: key}, (&jose.SignerOptions{}).WithType(typ))
		w.ok(err)
		text, err := jwt.Signed(signer).Claims(claims).Serialize()
		w.ok(err)
		return text
	}
	good := w.ticket(bank, ada)
	parts := strings.Split(good, ".")
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"symbolon-ticket+jwt"}`))
	phone := w.registered(ada)
	token := w.decision(phone.ask(phone.prove(), func(r *symbolon.DecisionRequest) { yes := true; r.Token = &yes })).DeviceToken
	public := w.reg.JWKS(w.now)
	return map[string]string{
		"signed by another key":    sign([]byte(strings.Repeat("k", 32)), "symbolon-ticket+jwt"),
		"signed by the public set": sign(public, "symbolon-ticket+jwt"),
		"signed by the secret":     sign(secret, "symbolon-ticket+jwt"),
		"unsigned":                 none + "." + parts[1] + ".",
		"unsigned, with a rest":    none + "." + parts[1] + "." + parts[2],
		"with a changed claim":     parts[0] + "." + parts[1][:len(parts[1])-4] + "AAAA." + parts[2],
		"a device token":           token,
		"a proof":                  phone.prove(),
		"cut":                      good[:len(good)-2],
		"as JSON":                  `{"payload":"` + parts[1] + `","protected":"` + parts[0] + `","signature":"` + parts[2] + `"}`,
	}
}

func TestForgedTicketsOpenNothing(t *testing.T) {
	w := newWorld(t)
	w.ok(w.knock(bank, w.ticket(bank, ada)))
	for what, text := range forgeries(w) {
		if text == "" {
			t.Fatalf("%s: empty, which is a client's bearer", what)
		}
		w.refused(what, w.knock(bank, text), symbolon.ErrUnauthenticated)
	}
}

func TestATicketOfAnotherServiceIsNone(t *testing.T) {
	w := newWorld(t)
	elsewhere, err := registry.New(registry.Config{Store: w.store, Secrets: [][]byte{secret}, PublicURL: "https://other.example"})
	w.ok(err)
	made, err := elsewhere.IssueTicket(t.Context(), w.backend(bank), bank, symbolon.TicketRequest{UserID: ada})
	w.ok(err)
	w.refused("with the same secret and another name", w.knock(bank, made.Ticket), symbolon.ErrUnauthenticated)
}

func TestATicketEnds(t *testing.T) {
	for ttl, want := range map[symbolon.Duration]time.Duration{0: 5 * time.Minute, symbolon.Duration(time.Second): time.Second, symbolon.Duration(10 * time.Minute): 10 * time.Minute} {
		w := newWorld(t)
		ticket := w.ticket(bank, ada, func(r *symbolon.TicketRequest) {
			if ttl > 0 {
				r.TTL = &ttl
			}
		})
		w.pass(want - time.Microsecond)
		w.ok(w.knock(bank, ticket))
		w.pass(time.Microsecond)
		w.refused("after "+want.String(), w.knock(bank, ticket), symbolon.ErrUnauthenticated)
	}
}

func TestWhatATicketRequestMayBe(t *testing.T) {
	w := newWorld(t)
	long, none := symbolon.Duration(10*time.Minute+1), symbolon.Duration(0)
	future := w.now.Add(time.Minute + time.Microsecond)
	year := symbolon.Duration(1000 * symbolon.Day)
	for field, req := range map[string]symbolon.TicketRequest{
		"userId":   {},
		"ttl":      {UserID: ada, TTL: &long},
		"ttl, 0":   {UserID: ada, TTL: &none},
		"authTime": {UserID: ada, AuthTime: &future},
		"factor":   {UserID: ada, Factor: strings.Repeat("f", 65)},
		"duration": {UserID: ada, Factor: "otp", Trust: &symbolon.TrustTerms{Duration: &year}},
	} {
		_, err := w.reg.IssueTicket(t.Context(), w.backend(bank), bank, req)
		w.refused(field, err, symbolon.ErrInvalidRequest)
	}
}

// A ticket says what the backend said, to the microsecond.
func TestATicketSaysWhatTheBackendSaid(t *testing.T) {
	w := newWorld(t)
	then := w.now.Add(-3*time.Hour - 123457*time.Microsecond)
	day := symbolon.Duration(symbolon.Day)
	c := w.user(bank, bob, withFactor, func(r *symbolon.TicketRequest) {
		r.AuthTime, r.Trust = &then, &symbolon.TrustTerms{Duration: &day}
	})
	a := c.Assertion
	if a.AppID != bank || a.UserID != bob || !a.AuthTime.Equal(then) || a.Factor != "otp" || a.Methods[0] != "otp" || *a.Trust.Duration != day || a.ID == "" {
		t.Errorf("read back: %+v", a)
	}
	if c.Kind != symbolon.CallerUser || c.Address != "192.0.2.1" || !c.At.Equal(w.now) {
		t.Errorf("the caller: %+v", c)
	}
}
