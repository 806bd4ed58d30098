package registry_test

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/proof"
	"github.com/symbolon-id/symbolon/registry"
)

const clientSecret = "the client's secret, which nobody reads"

// provider stands in for what reads tokens: those it knows are good.
type provider struct {
	tokens map[string]symbolon.Assertion
	down   bool
	asked  []symbolon.IssuerQuestion
}

func (p *provider) Open(_ context.Context, q symbolon.IssuerQuestion) (symbolon.Assertion, error) {
	p.asked = append(p.asked, q)
	a, ok := p.tokens[q.Token]
	switch {
	case p.down:
		return a, symbolon.Errorf(symbolon.ErrUnavailable, "the issuer can't be asked")
	case !ok:
		return a, symbolon.Errorf(symbolon.ErrUnauthenticated, "the token is no good")
	}
	a.AppID, a.Issuer = q.App, q.Issuers[0].Issuer
	return a, nil
}

func listed(edits ...func(*symbolon.Issuer)) []symbolon.Issuer {
	i := symbolon.Issuer{Issuer: "https://id.example", Audiences: []string{"bank"}}
	for _, edit := range edits {
		edit(&i)
	}
	return []symbolon.Issuer{i}
}

func withIntrospection(i *symbolon.Issuer) {
	i.Introspection = &symbolon.Introspector{ClientID: "symbolon", ClientSecret: clientSecret}
}

// lists sets the bank's issuers.
func (w *world) lists(issuers []symbolon.Issuer) (symbolon.App, error) {
	w.Helper()
	return w.reg.UpdateApp(w.Context(), w.root(), bank, symbolon.AppPatch{Issuers: &issuers}, registry.AnyVersion)
}

// withProvider is a world whose bank lists one issuer, which knows ada's token.
func withProvider(t *testing.T) (*world, *provider) {
	w, p := newWorld(t), &provider{tokens: map[string]symbolon.Assertion{}}
	w.issuers = p
	w.serve(secret)
	_, err := w.lists(listed(withIntrospection))
	w.ok(err)
	p.tokens["ada's"] = symbolon.Assertion{UserID: ada, AuthTime: w.now.Add(-time.Minute), Factor: "otp"}
	return w, p
}

func TestATokenOfAnIssuerIsAnAssertion(t *testing.T) {
	w, p := withProvider(t)
	c := w.bearer(bank, "ada's")
	if c.Kind != symbolon.CallerUser || c.Assertion.UserID != ada || c.Assertion.Issuer != "https://id.example" {
		t.Errorf("the caller is %+v", c)
	}
	if q := p.asked[0]; q.App != bank || q.Token != "ada's" || !q.Now.Equal(w.now) || q.Issuers[0].Introspection.ClientSecret != clientSecret {
		t.Errorf("asked %+v", q)
	}
	w.refused("another token", w.knock(bank, "bob's"), symbolon.ErrUnauthenticated)
	p.down = true
	w.refused("while the issuer is down", w.knock(bank, "ada's"), symbolon.ErrUnavailable)
	w.ok(w.knock(bank, w.ticket(bank, ada)))
	w.ok(w.knock(bank, w.keys[string(bank)]))
}

// What is ours is never shown to an issuer, nor is anything where none is listed.
func TestWhatNoIssuerIsAsked(t *testing.T) {
	w, p := withProvider(t)
	for what, row := range map[string]struct {
		app   symbolon.AppID
		token string
		code  symbolon.Code
	}{
		"a forged ticket":           {bank, forgeries(w)["signed by another key"], symbolon.ErrUnauthenticated},
		"a credential that is none": {bank, "sk_guess", symbolon.ErrUnauthenticated},
		"a local token":             {bank, "local_1_x", symbolon.ErrUnauthenticated},
		"an app without issuers":    {shop, "ada's", symbolon.ErrUnauthenticated},
		"no app":                    {"", "ada's", symbolon.ErrUnauthenticated},
		"an app that is not there":  {"nowhere", "ada's", symbolon.ErrUnauthenticated},
	} {
		w.refused(what, w.knock(row.app, row.token), row.code)
	}
	if len(p.asked) != 0 {
		t.Errorf("asked %+v", p.asked)
	}
}

// An issuer's word registers as often as it counts: it is not spent, as a ticket is.
func TestATokenRegistersSeveralDevices(t *testing.T) {
	w, _ := withProvider(t)
	first, second := w.browser(ada), w.browser(ada)
	for _, f := range []*fake{first, second} {
		_, created, err := f.registerBy(w.bearer(bank, "ada's"))
		if w.ok(err); !created {
			t.Error("no new device")
		}
	}
	w.saw("the second", second.decide(), symbolon.RecommendAllow, symbolon.FactorRequire)
	proofOfBob := w.browser(bob)
	_, _, err := proofOfBob.registerBy(w.bearer(bank, "ada's"))
	w.refused("for another user than the proof names", err, symbolon.ErrProofInvalid)
}

// A revocation refuses what the user showed the issuer before it, and a deactivation refuses
// all.
func TestRevocationsHoldAgainstIssuers(t *testing.T) {
	w, p := withProvider(t)
	phone := w.registered(ada)
	open := func() error {
		_, err := w.reg.MyDevices(t.Context(), w.bearer(bank, "ada's"), bank, registry.Self{})
		return err
	}
	w.ok(open())
	phone.revoke(symbolon.CauseEmailChanged)
	w.refused("authenticated before", open(), symbolon.ErrUnauthenticated)
	_, _, err := w.browser(ada).registerBy(w.bearer(bank, "ada's"))
	w.refused("registering", err, symbolon.ErrUnauthenticated)
	w.pass(time.Second)
	p.tokens["ada's"] = symbolon.Assertion{UserID: ada, AuthTime: w.now}
	w.ok(open())
	p.tokens["ada's"] = symbolon.Assertion{UserID: ada, AuthTime: w.now.Add(-2 * time.Second), AsOfIssue: true}
	w.refused("issued before", open(), symbolon.ErrUnauthenticated)
	phone.revoke(symbolon.CauseUserDeactivated)
	w.pass(time.Hour)
	p.tokens["ada's"] = symbolon.Assertion{UserID: ada, AuthTime: w.now}
	w.refused("of a deactivated user", open(), symbolon.ErrUnauthenticated)
}

// A provider renews tokens without its user: only auth_time tells that a factor is fresh.
func TestAFactorIsFreshByItsOwnTime(t *testing.T) {
	for what, row := range map[string]struct {
		assertion symbolon.Assertion
		fresh     bool
	}{
		"passed a minute ago":       {symbolon.Assertion{AuthTime: noon.Add(-time.Minute), Factor: "otp"}, true},
		"passed ten minutes ago":    {symbolon.Assertion{AuthTime: noon.Add(-10 * time.Minute), Factor: "otp"}, false},
		"not passed":                {symbolon.Assertion{AuthTime: noon}, false},
		"passed nobody knows when":  {symbolon.Assertion{AuthTime: noon, AsOfIssue: true, Factor: "otp"}, false},
		"passed within the request": {symbolon.Assertion{AuthTime: noon, Factor: "hwk"}, true},
	} {
		w, p := withProvider(t)
		phone := w.registered(ada)
		row.assertion.UserID = ada
		p.tokens["ada's"] = row.assertion
		_, err := w.reg.ReportLost(t.Context(), w.bearer(bank, "ada's"), bank, phone.id, registry.Self{})
		if row.fresh {
			w.ok(err)
		} else {
			w.refused(what, err, symbolon.ErrForbidden)
		}
	}
}

// Only bearers that cost no question, or were good before, are recognised: others are held
// to the rates of their address.
func TestWhichBearersAreRecognised(t *testing.T) {
	w, p := withProvider(t)
	recognised := func(token string) bool {
		return w.reg.Recognises(registry.Bearer{AppID: bank, Token: token, Assertions: true, At: w.now})
	}
	for token, want := range map[string]bool{
		"": true, adminKey: true, w.ticket(bank, ada): true, "local_x": true, "ada's": false, "bob's": false,
		"sk_guess": false, w.browser(ada).sign(proof.PurposeProve): false,
	} {
		if recognised(token) != want {
			t.Errorf("%.20q: %v", token, !want)
		}
	}
	w.ok(w.knock(bank, "ada's"))
	w.refused("a guess", w.knock(bank, "bob's"), symbolon.ErrUnauthenticated)
	if !recognised("ada's") || recognised("bob's") {
		t.Error("not by what was good")
	}
	if w.reg.Recognises(registry.Bearer{AppID: shop, Token: "ada's", Assertions: true, At: w.now}) {
		t.Error("at another app")
	}
	p.down = true
	w.refused("while the issuer is down", w.knock(bank, "ada's"), symbolon.ErrUnavailable)
	if !recognised("ada's") {
		t.Error("an outage made a stranger of a friend")
	}
	p.down = false
	delete(p.tokens, "ada's")
	w.refused("when it ended", w.knock(bank, "ada's"), symbolon.ErrUnauthenticated)
	if recognised("ada's") {
		t.Error("what is good no more is still recognised")
	}
}

// The secret is sealed where it is kept, and stands in no answer and no event.
func TestAnIssuersSecretIsNotShown(t *testing.T) {
	w, _ := withProvider(t)
	shown, err := w.reg.GetApp(t.Context(), w.root(), bank)
	w.ok(err)
	list, err := w.reg.ListApps(t.Context(), w.root(), "", 10)
	w.ok(err)
	changed, err := w.lists(listed(withIntrospection))
	w.ok(err)
	made, err := w.reg.CreateApp(t.Context(), w.root(), symbolon.NewApp{Name: "Another", Issuers: listed(withIntrospection)})
	w.ok(err)
	w.seal()
	log, err := w.store.ListEvents(t.Context(), bank, 0, 100)
	w.ok(err)
	for what, v := range map[string]any{"GET": shown, "a list": list, "PATCH": changed, "POST": made, "the log": log} {
		text, err := json.Marshal(v)
		w.ok(err)
		if bytes.Contains(text, []byte("nobody reads")) || !bytes.Contains(text, []byte("https://id.example")) {
			t.Errorf("%s shows %s", what, text)
		}
	}
	stored, err := w.store.GetApp(t.Context(), bank)
	w.ok(err)
	in := stored.Issuers[0].Introspection
	if in.ClientSecret != "" || len(in.Sealed) < len(clientSecret) || strings.Contains(string(in.Sealed), "secret") {
		t.Errorf("stored as %+v", in)
	}
}

// The log tells what changed on an issuer, and that its secret is another, never which.
func TestTheLogTellsWhatChangedOnAnIssuer(t *testing.T) {
	w, _ := withProvider(t)
	keeps := func(i *symbolon.Issuer) { i.Introspection.ClientSecret = "" }
	const asked = `,"introspection":{"clientId":"symbolon"}`
	for _, row := range []struct {
		what  string
		edits []func(*symbolon.Issuer)
		logs  string
	}{
		{"nothing", []func(*symbolon.Issuer){withIntrospection, keeps}, `"audiences":["bank"]` + asked},
		{"the same secret again", []func(*symbolon.Issuer){withIntrospection}, `"audiences":["bank"]` + asked},
		{
			"whom tokens are for",
			[]func(*symbolon.Issuer){withIntrospection, keeps, func(i *symbolon.Issuer) { i.Audiences = []string{"bank", "api"} }},
			`"audiences":["bank","api"]` + asked,
		},
		{"what they must have", []func(*symbolon.Issuer){withIntrospection, keeps, func(i *symbolon.Issuer) {
			leeway := symbolon.Duration(time.Minute)
			i.Require, i.Factor = map[string][]string{"tenant": {"acme"}}, map[string][]string{"amr": {"otp"}}
			i.UserClaim, i.Algorithms, i.Leeway = "email", []string{"ES256"}, &leeway
		}}, `"audiences":["bank"],"userClaim":"email","require":{"tenant":["acme"]},"factor":{"amr":["otp"]},"algorithms":["ES256"],"leeway":"PT1M"` + asked},
		{
			"the secret",
			[]func(*symbolon.Issuer){withIntrospection, func(i *symbolon.Issuer) { i.Introspection.ClientSecret = "another" }},
			`"audiences":["bank"]` + asked + `,"secretChanged":true`,
		},
		{
			"the client",
			[]func(*symbolon.Issuer){withIntrospection, func(i *symbolon.Issuer) { i.Introspection.ClientID = "other" }},
			`"audiences":["bank"],"introspection":{"clientId":"other"},"secretChanged":true`,
		},
		{"opaque tokens", nil, `"audiences":["bank"]`},
	} {
		_, err := w.lists(listed(row.edits...))
		w.ok(err)
		w.logs(row.what, bank, `[{"issuer":"https://id.example",`+row.logs+`}]`)
	}
	made, err := w.reg.CreateApp(t.Context(), w.root(), symbolon.NewApp{Name: "Another", Issuers: listed(withIntrospection)})
	w.ok(err)
	first := `[{"issuer":"https://id.example","audiences":["bank"]` + asked
	w.logs("a new app", made.App.ID, first+`,"secretChanged":true}]`)
	name := "Renamed"
	_, err = w.reg.UpdateApp(t.Context(), w.root(), made.App.ID, symbolon.AppPatch{Name: &name}, registry.AnyVersion)
	w.ok(err)
	w.logs("its name", made.App.ID, first+`}]`)
}

// logs holds the issuers of the app's last event about itself against what is wanted.
func (w *world) logs(what string, app symbolon.AppID, want string) {
	w.Helper()
	w.seal()
	log, err := w.store.ListEvents(w.Context(), app, 0, 100)
	w.ok(err)
	var said struct {
		Issuers json.RawMessage `json:"issuers"`
	}
	for _, e := range log {
		if e.Type == symbolon.EventAppCreated || e.Type == symbolon.EventAppUpdated {
			w.ok(json.Unmarshal(e.Data, &said))
		}
	}
	if string(said.Issuers) != want {
		w.Errorf("%s: the log says\n%s, not\n%s", what, said.Issuers, want)
	}
}

func TestAPatchKeepsTheSecretWhereItGoesToTheSamePlace(t *testing.T) {
	for what, row := range map[string]struct {
		edit func(*symbolon.Issuer)
		kept bool
	}{
		"the same":         {func(i *symbolon.Issuer) { i.Audiences = []string{"other"} }, true},
		"another client":   {func(i *symbolon.Issuer) { i.Introspection.ClientID = "other" }, false},
		"another endpoint": {func(i *symbolon.Issuer) { i.Introspection.Endpoint = "https://evil.example/" }, false},
		"another issuer":   {func(i *symbolon.Issuer) { i.Issuer = "https://evil.example" }, false},
		"another, with a secret": {func(i *symbolon.Issuer) {
			i.Introspection.ClientID, i.Introspection.ClientSecret = "other", clientSecret
		}, true},
	} {
		w, p := withProvider(t)
		_, err := w.lists(listed(withIntrospection, func(i *symbolon.Issuer) { i.Introspection.ClientSecret = "" }, row.edit))
		if !row.kept {
			w.refused(what, err, symbolon.ErrInvalidRequest)
			continue
		}
		w.ok(err)
		w.ok(w.knock(bank, "ada's"))
		if got := p.asked[0].Issuers[0].Introspection.ClientSecret; got != clientSecret {
			t.Errorf("%s: the secret is %q", what, got)
		}
	}
	w := newWorld(t)
	_, err := w.reg.CreateApp(t.Context(), w.root(), symbolon.NewApp{Name: "Another", Issuers: listed(withIntrospection, func(i *symbolon.Issuer) { i.Introspection.ClientSecret = "" })})
	w.refused("none to keep", err, symbolon.ErrInvalidRequest)
	_, err = w.lists(listed(func(i *symbolon.Issuer) { i.Audiences = nil }))
	w.refused("no audience", err, symbolon.ErrInvalidRequest)
}

// The service's secret is rotated: what it sealed opens while the earlier one is listed, and
// the next change of the app seals it by the present one.
func TestSealedSecretsOutliveARotation(t *testing.T) {
	w, p := withProvider(t)
	w.issuers = p
	got := func() string {
		p.asked = nil
		w.ok(w.knock(bank, "ada's"))
		return p.asked[0].Issuers[0].Introspection.ClientSecret
	}
	next := []byte("the next secret, of 32 bytes ...")
	w.serve(next, secret)
	if got() != clientSecret {
		t.Error("not by the earlier secret")
	}
	w.serve(next)
	if got() != "" {
		t.Error("by no secret at all")
	}
	_, err := w.lists(listed(withIntrospection, func(i *symbolon.Issuer) { i.Introspection.ClientSecret = "" }))
	w.refused("kept though nobody can read it", err, symbolon.ErrInvalidRequest)
	w.serve(next, secret)
	_, err = w.lists(listed(withIntrospection, func(i *symbolon.Issuer) { i.Introspection.ClientSecret = "" }))
	w.ok(err)
	w.serve(next)
	if got() != clientSecret {
		t.Error("the change did not seal it anew")
	}
}

// A sealed secret that was put to another app, issuer or client does not open.
func TestASealedSecretIsBoundToItsPlace(t *testing.T) {
	w, p := withProvider(t)
	stolen, err := w.store.GetApp(t.Context(), bank)
	w.ok(err)
	target, err := w.store.GetApp(t.Context(), shop)
	w.ok(err)
	target.Issuers = stolen.Issuers
	_, err = w.store.PutApp(t.Context(), target)
	w.ok(err)
	w.pass(2 * time.Second)
	w.ok(w.knock(shop, "ada's"))
	if got := p.asked[0].Issuers[0].Introspection.ClientSecret; got != "" {
		t.Errorf("at another app it opens as %q", got)
	}
}
