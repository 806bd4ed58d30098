package middleware_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/client"
	"github.com/symbolon-id/symbolon/client/middleware"
	"github.com/symbolon-id/symbolon/proof"
	"github.com/symbolon-id/symbolon/symbolontest"
)

// alicesPhone is registered with a real service.
func alicesPhone(t *testing.T) (*symbolontest.Service, symbolontest.App, *symbolontest.Device) {
	t.Helper()
	service := symbolontest.Start(t)
	app := service.NewApp(t)
	phone := symbolontest.NewDevice(t, app, proof.ES256)
	if _, err := phone.Register(t.Context(), app.Ticket(t, "alice")); err != nil {
		t.Fatal(err)
	}
	return service, app, phone
}

func tokenOf(t *testing.T, phone *symbolontest.Device) string {
	t.Helper()
	token, err := phone.DeviceToken(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// An API that relies on tokens lets a blocked device pass until its token ends; one that
// asks the service refuses it at once.
func TestABlockCountsAtOnceWhereTheServiceIsAsked(t *testing.T) {
	service, app, phone := alicesPhone(t)
	at := clockAt(time.Now())
	cfg := middleware.Config{Issuer: service.URL, App: app.ID, Now: at.now}
	offline := serve(t, cfg, middleware.Requirement{})
	cfg.Live = app.Backend
	live := serve(t, cfg, middleware.Requirement{})

	token := tokenOf(t, phone)
	offline.want("registered", offline.with(token), http.StatusOK, "")
	live.want("registered", live.with(token), http.StatusOK, "")
	got := offline.seen.Load()
	if got.UserID != "alice" || got.DeviceID != phone.ID() || got.Trusted || got.Recommendation != symbolon.RecommendAllow ||
		got.Thumbprint != string(phone.KeyID()) || got.Methods[0] != "pop" || got.Proven || got.Live ||
		got.ExpiresAt.Sub(got.DecidedAt) != 5*time.Minute || time.Since(got.DecidedAt) > time.Minute {
		t.Errorf("the handler hears %+v", got)
	}
	if !live.seen.Load().Live {
		t.Error("the handler does not hear that the service was asked")
	}

	if _, err := app.Backend.BlockDevice(t.Context(), phone.ID(), symbolon.BlockRequest{Reason: "reported stolen"}); err != nil {
		t.Fatal(err)
	}
	live.want("blocked", live.with(token), http.StatusUnauthorized, "invalid_token")
	offline.want("blocked", offline.with(token), http.StatusOK, "")
	at.set(got.ExpiresAt.Add(-time.Second))
	offline.want("blocked, a second before the token ends", offline.with(token), http.StatusOK, "")
	at.set(got.ExpiresAt)
	offline.want("blocked, at the token's end", offline.with(token), http.StatusUnauthorized, "invalid_token")
	if _, err := phone.DeviceToken(t.Context()); err == nil {
		t.Error("the blocked device gets another token")
	}
}

// A known device is asked to become trusted, and to have shown itself lately (RFC 9470).
func TestTrustIsAskedForByAStepUp(t *testing.T) {
	service, app, phone := alicesPhone(t)
	at := clockAt(time.Now())
	cfg := middleware.Config{Issuer: service.URL, App: app.ID, Now: at.now}
	wanted := middleware.Requirement{Trusted: true, MaxAge: 2 * time.Minute}
	transfers := serve(t, cfg, wanted)
	cfg.Live = app.Backend
	live := serve(t, cfg, wanted)

	got := transfers.with(tokenOf(t, phone))
	transfers.want("known only", got, http.StatusUnauthorized, "insufficient_user_authentication")
	for _, part := range []string{"Bearer ", `acr_values="urn:symbolon:trusted"`, `max_age="120"`, `error_description="the device must be trusted"`} {
		if !strings.Contains(got.challenge, part) {
			t.Errorf("the challenge lacks %s: %s", part, got.challenge)
		}
	}
	if got.Code != symbolon.ErrUnauthenticated {
		t.Errorf("the code is %s", got.Code)
	}

	if _, err := phone.Trust(t.Context()); err != nil {
		t.Fatal(err)
	}
	token := tokenOf(t, phone)
	transfers.want("trusted", transfers.with(token), http.StatusOK, "")
	live.want("trusted", live.with(token), http.StatusOK, "")
	if !live.seen.Load().Trusted {
		t.Error("the handler does not hear of the trust")
	}

	if _, err := app.Backend.DistrustDevice(t.Context(), phone.ID(), symbolon.DistrustRequest{Reason: "signed out everywhere"}); err != nil {
		t.Fatal(err)
	}
	live.want("distrusted", live.with(token), http.StatusUnauthorized, "insufficient_user_authentication")
	transfers.want("distrusted, offline", transfers.with(token), http.StatusOK, "")
	at.later(2*time.Minute + 2*time.Second)
	transfers.want("shown too long ago", transfers.with(token), http.StatusUnauthorized, "insufficient_user_authentication")
}

// Requests that prove possession, by keys of each kind, as the test package sends them.
func TestEachKeyProvesItsRequests(t *testing.T) {
	service := symbolontest.Start(t)
	app := service.NewApp(t)
	for _, alg := range proof.Algorithms() {
		phone := symbolontest.NewDevice(t, app, alg)
		if _, err := phone.Register(t.Context(), app.Ticket(t, "alice")); err != nil {
			t.Fatal(err)
		}
		a := serve(t, middleware.Config{Issuer: service.URL, App: app.ID, DPoP: middleware.DPoPOptional, PublicURL: publicURL}, middleware.Requirement{Proof: true})
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, publicURL+"/transfers?draft=1", strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-User", "alice")
		resp, err := phone.Do(&http.Client{Transport: toward(a.url)}, req, tokenOf(t, phone))
		if err != nil {
			t.Fatal(err)
		}
		a.want(string(alg), read(t, resp), http.StatusOK, "")
		if !a.seen.Load().Proven {
			t.Errorf("%s: the handler does not hear of the proof", alg)
		}
	}
}

// toward is the way to a public URL: a proxy that ends TLS, so to say.
type toward string

func (to toward) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	req.URL.Scheme, req.URL.Host = "http", strings.TrimPrefix(string(to), "http://")
	return http.DefaultTransport.RoundTrip(req)
}

// What can't be decided is neither refused nor admitted.
func TestAServiceThatIsAwayAdmitsNobody(t *testing.T) {
	service, app, phone := alicesPhone(t)
	gone := newIssuer(t)
	gone.Close()
	nobody, err := client.New(client.Config{BaseURL: gone.URL, App: app.ID, Key: app.Key, Retries: -1})
	if err != nil {
		t.Fatal(err)
	}
	token := tokenOf(t, phone)
	for what, cfg := range map[string]middleware.Config{
		"it can't be asked":                       {Live: nobody},
		"it does not let this credential ask":     {Live: app.Backend.As("sk_wrong")},
		"its keys can't be had":                   {KeysURL: gone.URL + "/keys"},
		"it answers something else than its keys": {KeysURL: service.URL + "/healthz"},
	} {
		cfg.Issuer, cfg.App = service.URL, app.ID
		a := serve(t, cfg, middleware.Requirement{})
		got := a.with(token)
		if got.status != http.StatusServiceUnavailable || got.Code != symbolon.ErrUnavailable || got.challenge != "" || got.header.Get("Retry-After") == "" {
			t.Errorf("%s: %d %s %s", what, got.status, got.Code, got.challenge)
		}
	}
}
