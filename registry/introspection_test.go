package registry_test

import (
	"encoding/base64"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/symbolon-id/symbolon"
)

// token is what a client's decision gives it.
func (f *fake) token() string {
	f.w.Helper()
	return f.w.decision(f.w.reg.Decide(f.w.Context(), f.w.client(f.app), f.app, symbolon.DecisionRequest{Proof: f.prove()})).DeviceToken
}

// introspect is what the app's backend hears of a token.
func (w *world) introspect(token string) symbolon.Introspection {
	w.Helper()
	got, err := w.reg.Introspect(w.Context(), w.backend(bank), bank, token)
	w.ok(err)
	if !got.Active && !reflect.DeepEqual(got, symbolon.Introspection{}) {
		w.Errorf("beside that it is not active: %+v", got)
	}
	return got
}

func TestIntrospectionSaysWhatTheTokenSays(t *testing.T) {
	w := newWorld(t)
	phone := w.trusted(ada)
	d := phone.token()
	claims, err := w.read(d, w.now)
	w.ok(err)
	got := w.introspect(d)
	want := symbolon.Introspection{
		Active: true, TokenType: "DPoP", Issuer: issuer, Audience: bank, Subject: ada, DeviceID: phone.id,
		IssuedAt: w.now.Unix(), Expires: w.now.Add(5 * time.Minute).Unix(),
		Confirmation: map[string]string{"jkt": phone.public.Thumbprint()}, Methods: []string{"pop", "swk"},
		Trusted: true, Risk: &claims.Risk, Recommendation: symbolon.RecommendTrust,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v; want %+v", got, want)
	}
}

// Whatever happens to the device, introspection says it at once: the token itself can't.
func TestIntrospectionIsLive(t *testing.T) {
	for name, row := range meantimes {
		if name == "ten minutes" || strings.HasPrefix(name, "a clock") {
			continue
		}
		t.Run(name, func(t *testing.T) {
			w := site(t)
			laptop := w.trusted(ada)
			token := laptop.token()
			w.pass(time.Second)
			row.happens(laptop)
			got := w.introspect(token)
			if got.Active != (row.known == "") || got.Trusted != (row.trusted == "") {
				t.Errorf("active %v, trusted %v", got.Active, got.Trusted)
			}
		})
	}
}

func TestIntrospectionOfATokenInTime(t *testing.T) {
	w := newWorld(t)
	phone := w.registered(ada)
	token := phone.token()
	for _, step := range []struct {
		after  time.Duration
		active bool
	}{{0, true}, {5*time.Minute - time.Second, true}, {time.Second, false}, {-5 * time.Minute, true}, {-30 * time.Second, true}, {-time.Hour, false}} {
		w.pass(step.after)
		if got := w.introspect(token); got.Active != step.active {
			t.Errorf("%v later: active %v", step.after, got.Active)
		}
	}
}

// Tokens that were made just before keys change, or the secret, are known just after.
func TestIntrospectionKnowsTheKeysOfBefore(t *testing.T) {
	const period = 90 * symbolon.Day
	w := newWorld(t)
	phone := w.registered(ada)
	seconds := int64(period / time.Second)
	edge := time.Unix((noon.Unix()/seconds+1)*seconds, 0).UTC()
	w.now = edge.Add(-time.Minute)
	token := phone.token()
	w.now = edge.Add(time.Minute)
	if !w.introspect(token).Active {
		t.Error("not active in the next period")
	}
	for active, secrets := range map[bool][][]byte{true: {oldSecret, secret}, false: {oldSecret}} {
		w.serve(secrets...)
		if w.introspect(token).Active != active {
			t.Errorf("under %d secrets, active: %v", len(secrets), !active)
		}
	}
}

func TestWhatIsNoTokenIsNotActive(t *testing.T) {
	w := site(t)
	phone, theirs := w.trusted(ada), w.fake(shop, ada, "ES256")
	theirs.register()
	token := phone.token()
	parts := strings.Split(token, ".")
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"device+jwt"}`))
	for what, text := range map[string]string{
		"garbage":              "x",
		"three dots":           "...",
		"a long text":          strings.Repeat("A", 10_000),
		"without a signature":  parts[0] + "." + parts[1] + ".",
		"by nobody":            none + "." + parts[1] + ".",
		"a signature of zeros": unsigned(token),
		"with other claims":    parts[0] + "." + strings.Split(theirs.token(), ".")[1] + "." + parts[2],
		"another app's":        theirs.token(),
		"a ticket":             w.ticket(bank, ada),
		"a proof":              phone.prove(),
		"a pass":               phone.check().Pass,
		"signed by the device": ownToken(w, phone),
	} {
		if w.introspect(text).Active {
			t.Errorf("%s: active", what)
		}
	}
	if !w.introspect(token).Active {
		t.Error("the token as it was made is not active")
	}
	_, err := w.reg.Introspect(t.Context(), w.backend(bank), bank, "")
	w.refused("none at all", err, symbolon.ErrInvalidRequest)
}

// ownToken says what a token says, signed by the device's own key, which it brings along.
func ownToken(w *world, f *fake) string {
	w.Helper()
	made := w.introspect(f.token())
	opts := (&jose.SignerOptions{EmbedJWK: true}).WithType("device+jwt").WithHeader("kid", f.kid)
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: f.signer}, opts)
	w.ok(err)
	text, err := jwt.Signed(signer).Claims(made).Serialize()
	w.ok(err)
	return text
}

func TestAStoreThatFailsCallsNoTokenInactive(t *testing.T) {
	f := &fault{}
	w := newWorld(t, f.wrap)
	phone := w.registered(ada)
	token, backend := phone.token(), w.backend(bank)
	w.everyCallFails(f, phone, func() (bool, error) {
		got, err := w.reg.Introspect(t.Context(), backend, bank, token)
		return reflect.DeepEqual(got, symbolon.Introspection{}), err
	})
}
