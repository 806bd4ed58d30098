package registry_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/symbolon-id/symbolon"
)

// deviceToken is what an app's own verifier reads in one.
type deviceToken struct {
	jwt.Claims
	Device         symbolon.DeviceID       `json:"device_id"`
	Confirmation   map[string]string       `json:"cnf"`
	Methods        []string                `json:"amr"`
	Trusted        bool                    `json:"trusted"`
	Risk           int                     `json:"risk"`
	Recommendation symbolon.Recommendation `json:"recommendation"`
}

// read verifies a token offline, by the key set of a moment.
func (w *world) read(text string, at time.Time) (deviceToken, error) {
	w.Helper()
	var set jose.JSONWebKeySet
	w.ok(json.Unmarshal(w.reg.JWKS(at), &set))
	for _, k := range set.Keys {
		if !k.IsPublic() || k.Use != "sig" || k.KeyID == "" {
			w.Errorf("in the key set: %+v", k)
		}
	}
	token, err := jwt.ParseSigned(text, []jose.SignatureAlgorithm{jose.EdDSA, jose.ES256})
	w.ok(err)
	if typ := token.Headers[0].ExtraHeaders[jose.HeaderType]; typ != "device+jwt" {
		w.Errorf("typ %v", typ)
	}
	var claims deviceToken
	if err := token.Claims(set, &claims); err != nil {
		return claims, err
	}
	return claims, claims.ValidateWithLeeway(jwt.Expected{Issuer: issuer, AnyAudience: jwt.Audience{string(bank)}, Time: at}, 0)
}

func TestADeviceTokenIsVerifiedOffline(t *testing.T) {
	w := newWorld(t)
	phone := w.trusted(bob)
	d, err := w.reg.Decide(t.Context(), w.client(bank), bank, symbolon.DecisionRequest{Proof: phone.prove()})
	w.ok(err)
	got, err := w.read(d.DeviceToken, w.now)
	w.ok(err)
	if got.Subject != string(bob) || got.Device != phone.id || got.Confirmation["jkt"] != phone.public.Thumbprint() ||
		!got.Trusted || got.Risk >= 40 || got.Recommendation != symbolon.RecommendTrust || got.Methods[0] != "pop" || got.Methods[1] != "swk" {
		t.Errorf("read: %+v", got)
	}
	if life := got.Expiry.Time().Sub(got.IssuedAt.Time()); life != 5*time.Minute {
		t.Errorf("it lives %v", life)
	}
	if _, err := w.read(d.DeviceToken, w.now.Add(5*time.Minute+time.Second)); err == nil {
		t.Error("it is good after its end")
	}
}

func TestWhoGetsADeviceToken(t *testing.T) {
	w := newWorld(t)
	w.policy(bank, `{"registration":{"approval":"trusted_device"}}`)
	known := w.registered(ada)
	waits := w.registered(ada)
	blocked := w.registered(bob)
	blocked.block()
	yes, no := true, false
	for _, row := range []struct {
		what   string
		caller symbolon.Caller
		f      *fake
		asked  *bool
		want   bool
	}{
		{"a client", w.client(bank), known, nil, true},
		{"a client that wants none", w.client(bank), known, &no, false},
		{"a backend", w.backend(bank), known, nil, false},
		{"a backend that wants one", w.backend(bank), known, &yes, true},
		{"a device that waits", w.client(bank), waits, &yes, false},
		{"a blocked device", w.client(bank), blocked, &yes, false},
		{"an unknown device", w.client(bank), w.browser(ada), &yes, false},
	} {
		d, err := w.reg.Decide(t.Context(), row.caller, bank, symbolon.DecisionRequest{Proof: row.f.prove(), Token: row.asked})
		w.ok(err)
		if (d.DeviceToken != "") != row.want {
			t.Errorf("%s: token %q", row.what, d.DeviceToken)
		}
	}
}

// Keys change with the calendar. A token made just before verifies just after, and whoever
// fetched the set a period ago has the present key already.
func TestATokenOutlivesItsSigningPeriod(t *testing.T) {
	const period = 90 * symbolon.Day
	w := newWorld(t)
	phone := w.registered(ada)
	token := func() string {
		return w.decision(w.reg.Decide(t.Context(), w.client(bank), bank, symbolon.DecisionRequest{Proof: phone.prove()})).DeviceToken
	}
	seconds := int64(period / time.Second)
	edge := time.Unix((noon.Unix()/seconds+1)*seconds, 0).UTC()
	w.now = edge.Add(-time.Minute)
	before := token()
	_, err := w.read(before, edge.Add(time.Minute))
	w.ok(err)
	w.now = edge.Add(time.Minute)
	after := token()
	if kid(t, before) == kid(t, after) {
		t.Error("the same key signs in two periods")
	}
	_, err = w.read(after, w.now)
	w.ok(err)
	var set jose.JSONWebKeySet
	w.ok(json.Unmarshal(w.reg.JWKS(edge.Add(-time.Hour)), &set))
	if len(set.Key(kid(t, after))) != 1 {
		t.Error("the next key is not in the set ahead of its time")
	}
}

func kid(t *testing.T, token string) string {
	t.Helper()
	parsed, err := jwt.ParseSigned(token, []jose.SignatureAlgorithm{jose.EdDSA})
	if err != nil {
		t.Fatal(err)
	}
	return parsed.Headers[0].KeyID
}
