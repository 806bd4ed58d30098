package server_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/proof"
	"github.com/symbolon-id/symbolon/server"
	"github.com/symbolon-id/symbolon/symbolontest"
)

const clientSecret = "a secret between the two"

// The user is whom the identity provider says: register, decide, trust, look at the devices.
func TestStoryWithAnIdentityProvider(t *testing.T) {
	onBoth(t, func(t *testing.T, s *symbolontest.Service, app symbolontest.App) {
		p := symbolontest.NewProvider(t, "app")
		p.ListAt(t, app)
		ctx, token := t.Context(), p.Token(t, "ada", nil)
		phone, laptop := symbolontest.NewDevice(t, app, proof.ES256), symbolontest.NewDevice(t, app, proof.EdDSA)
		_, err := phone.Register(ctx, token)
		must(t, err)
		_, err = laptop.Register(ctx, token) // one token, two devices
		must(t, err)
		d, err := phone.Decide(ctx, "ada")
		if err != nil || d.Recommendation != symbolon.RecommendAllow {
			t.Errorf("decided %+v, %v", d, err)
		}
		shown, err := phone.Prove(ctx, symbolontest.Statement{})
		must(t, err)
		trusted, err := app.Device.Me(token, shown).TrustDevice(ctx, phone.ID(), symbolon.TrustTerms{})
		if err != nil || trusted.Trust == nil || trusted.Trust.Factor != "otp" {
			t.Errorf("trusted %+v, %v", trusted.Trust, err)
		}
		for _, bearer := range []string{token, p.OpaqueToken("ada", nil)} {
			page, err := app.Device.Me(bearer, "").ListDevices(ctx)
			if err != nil || len(page.Items) != 2 {
				t.Errorf("by %.6s: %d devices, %v", bearer, len(page.Items), err)
			}
		}
		_, err = phone.Register(ctx, p.Token(t, "ada", map[string]any{"aud": "shop"}))
		wantCode(t, err, symbolon.ErrUnauthenticated)
		if err == nil || !strings.Contains(err.Error(), `audience "shop"`) {
			t.Errorf("a token for another audience is refused by %v", err)
		}
		_, err = app.Backend.RevokeUser(ctx, "ada", symbolon.CauseSignOutEverywhere)
		must(t, err)
		_, err = app.Device.Me(token, "").ListDevices(ctx)
		wantCode(t, err, symbolon.ErrUnauthenticated)
	})
}

// An issuer whose clock is fast outruns a revocation by as much as it is fast, within the
// leeway that the app allows it: the time in a token is the issuer's, and nothing else tells
// when the user signed in.
func TestAFastClockOutrunsARevocation(t *testing.T) {
	s := symbolontest.Start(t)
	app := s.NewApp(t)
	p := symbolontest.NewProvider(t, "app")
	p.ListAt(t, app)
	ahead := func(d time.Duration) map[string]any {
		at := time.Now().Add(d).Unix()
		return map[string]any{"iat": at, "auth_time": at}
	}
	before, fast, beyond := p.Token(t, "ada", ahead(0)), p.Token(t, "ada", ahead(20*time.Second)), p.Token(t, "ada", ahead(40*time.Second))
	_, err := app.Backend.RevokeUser(t.Context(), "ada", symbolon.CauseSignOutEverywhere)
	must(t, err)
	for what, row := range map[string]struct {
		token   string
		refused bool
	}{
		"from before, by a clock that is right":         {before, true},
		"from before, by a clock within the leeway":     {fast, false},
		"from before, by a clock that is off by more":   {beyond, true},
		"from after, by a clock that is fast or right":  {p.Token(t, "ada", ahead(2*time.Second)), false},
		"opaque, from before, by a clock that is right": {p.OpaqueToken("ada", ahead(-time.Second)), true},
	} {
		_, err := app.Device.Me(row.token, "").ListDevices(t.Context())
		if row.refused {
			wantCode(t, err, symbolon.ErrUnauthenticated)
		} else if err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// A provider that is down is no refusal, and what it said before still counts.
func TestAProviderThatIsDown(t *testing.T) {
	s := symbolontest.Start(t)
	const page = "https://shop.example"
	app := s.NewApp(t, page)
	p, gone := symbolontest.NewProvider(t, "app"), symbolontest.NewProvider(t, "app")
	p.ListAt(t, app)
	_, err := app.Device.Me(p.Token(t, "ada", nil), "").ListDevices(t.Context())
	must(t, err)
	p.Close()
	_, err = app.Device.Me(p.Token(t, "bob", nil), "").ListDevices(t.Context())
	must(t, err)
	_, err = app.Device.Me(p.OpaqueToken("ada", nil), "").ListDevices(t.Context())
	wantCode(t, err, symbolon.ErrUnavailable)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/v1/apps/"+string(app.ID)+"/me/devices", http.NoBody)
	must(t, err)
	req.Header.Set("Authorization", "Bearer "+p.OpaqueToken("ada", nil))
	req.Header.Set("Origin", page)
	if a := do(t, req); a.status != http.StatusServiceUnavailable || a.header.Get("Access-Control-Allow-Origin") != page || a.header.Get("Retry-After") == "" {
		t.Errorf("the app's page gets %d %v", a.status, a.header)
	}
	gone.Close()
	gone.ListAt(t, app)
	_, err = app.Device.Me(gone.Token(t, "ada", nil), "").ListDevices(t.Context())
	wantCode(t, err, symbolon.ErrUnavailable)
}

// Two who change an app never overwrite each other unseen, and neither sees the secret; nor
// does an answer that is kept, or the log.
func TestIssuersOfAnAppOverHTTP(t *testing.T) {
	log := &logBook{}
	s := symbolontest.Start(t, symbolontest.WithLog(log.logger()))
	app := s.NewApp(t)
	before, err := app.Admin.GetApp(t.Context())
	must(t, err)
	if before.Issuers == nil || len(before.Issuers) != 0 {
		t.Errorf("at first the issuers are %v", before.Issuers)
	}
	p := symbolontest.NewProvider(t, "app")
	p.ListAt(t, app)
	_, err = app.Admin.UpdateApp(t.Context(), symbolon.AppPatch{Issuers: &[]symbolon.Issuer{}}, before.Version)
	wantCode(t, err, symbolon.ErrPreconditionFailed)

	patch := func(body string) string {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPatch, s.URL+"/v1/apps/"+string(app.ID), strings.NewReader(body))
		must(t, err)
		for name, value := range map[string]string{"Authorization": "Bearer " + s.AdminKey, "Content-Type": "application/merge-patch+json", "Idempotency-Key": strconv.Itoa(len(body))} {
			req.Header.Set(name, value)
		}
		return do(t, req).body
	}
	keep := `{"issuers":[{"issuer":"` + p.URL + `","audiences":["app"],"introspection":{"clientId":"symbolon"}}]}`
	with := strings.Replace(keep, `"symbolon"`, `"symbolon","clientSecret":"`+clientSecret+`"`, 1)
	for what, text := range map[string]string{"set": patch(with), "kept": patch(keep), "the same answer again": patch(with)} {
		if strings.Contains(text, clientSecret) || strings.Contains(text, "ealed") || !strings.Contains(text, `"clientId":"symbolon"`) {
			t.Errorf("%s answers %s", what, text)
		}
	}
	if text := patch(strings.Replace(keep, `"app"`, "", 1)); !strings.Contains(text, `"field":"issuers[0].audiences"`) {
		t.Errorf("without an audience: %s", text)
	}
	if text := patch(`{"issuers":null}`); !strings.Contains(text, `"issuers":[]`) {
		t.Errorf("null leaves %s", text)
	}
	if strings.Contains(log.String(), clientSecret) {
		t.Errorf("the log shows the secret:\n%s", log)
	}
}

// Who makes tokens up can't make us ask a provider for ever; whose token was good is not
// held up by that.
func TestMadeUpTokensAreHeldToARate(t *testing.T) {
	s := symbolontest.Start(t, symbolontest.WithLimits(server.Limits{PublicRate: -1, FailureRate: 0.001, FailureBurst: 5}))
	app := s.NewApp(t)
	p := symbolontest.NewProvider(t, "app")
	p.ListAt(t, app)
	good, ticket := p.Token(t, "ada", nil), app.Ticket(t, "ada")
	_, err := app.Device.Me(good, "").ListDevices(t.Context())
	must(t, err)
	before := p.Asked()
	for n := range 20 {
		want := symbolon.ErrUnauthenticated
		if n >= 5 {
			want = symbolon.ErrRateLimited
		}
		_, err := app.Device.Me("made-up-"+strconv.Itoa(n), "").ListDevices(t.Context())
		wantCode(t, err, want)
	}
	if n := p.Asked() - before; n != 5 {
		t.Errorf("20 made-up tokens had us ask %d times", n)
	}
	_, err = app.Device.Me(good, "").ListDevices(t.Context())
	must(t, err)
	_, err = app.Device.Me(ticket, "").ListDevices(t.Context())
	must(t, err)
}
