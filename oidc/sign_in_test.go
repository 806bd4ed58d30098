package oidc_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/oidc"
)

const verifier = "a verifier of as many characters as RFC 7636 wants"

// entrance is a provider that gives one code, and the service that redeems it.
type entrance struct {
	*reader
	*provider
	key    key
	client symbolon.AdminProvider

	claims   map[string]any // of the ID token
	userInfo map[string]any
	redeemed url.Values // what the token endpoint was last sent
	basic    string     // by whom, where it was by HTTP Basic
	status   int        // of the token endpoint
}

func newEntrance(t *testing.T) *entrance {
	t.Helper()
	k := newKey(t, jose.ES256, "1")
	e := &entrance{provider: newProvider(t, k), key: k, status: http.StatusOK}
	e.reader = newReader(t)
	e.client = symbolon.AdminProvider{
		Issuer: e.URL, ClientID: "app", ClientSecret: "half of 100%", Scopes: []string{"openid", "email"},
		Roles: []symbolon.RoleRule{{Claim: "groups", Value: "support", Role: symbolon.RoleOperator}},
	}
	e.document["authorization_endpoint"] = e.URL + "/authorize?tenant=1"
	e.document["token_endpoint"] = e.URL + "/token"
	e.claims = e.provider.claims(map[string]any{"nonce": "n1", "email": "ada@acme.example", "name": "Ada", "groups": []string{"support", "all"}})
	served := e.Config.Handler
	e.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { e.serve(w, r, served) })
	return e
}

func (e *entrance) serve(w http.ResponseWriter, r *http.Request, others http.Handler) {
	switch r.URL.Path {
	case "/token":
		must(e.reader.t, r.ParseForm())
		e.redeemed = r.PostForm
		e.basic, _, _ = r.BasicAuth()
		w.WriteHeader(e.status)
		answer(w, map[string]any{"access_token": "at", "token_type": "Bearer", "id_token": sign(e.reader.t, e.key, e.claims)})
	case "/me":
		if r.Header.Get("Authorization") != "Bearer at" {
			w.WriteHeader(http.StatusUnauthorized)
		}
		answer(w, e.userInfo)
	default:
		others.ServeHTTP(w, r)
	}
}

func (e *entrance) question(again bool) symbolon.SignInQuestion {
	return symbolon.SignInQuestion{RedirectURI: "https://symbolon.example/admin/oidc/callback", State: "s1", Nonce: "n1", Verifier: verifier, Again: again, Now: noon}
}

func (e *entrance) identify() (symbolon.AdminIdentity, error) {
	return oidc.New(oidc.Config{}).Identify(e.reader.t.Context(), e.client, symbolon.SignInCode{SignInQuestion: e.question(false), Code: "c1"})
}

func TestABrowserIsSentToTheProviderWithPKCE(t *testing.T) {
	e := newEntrance(t)
	for _, again := range []bool{false, true} {
		text, err := e.issuers.AuthorizationURL(t.Context(), e.client, e.question(again))
		must(t, err)
		u, err := url.Parse(text)
		must(t, err)
		challenge := sha256.Sum256([]byte(verifier))
		want := map[string]string{
			"tenant": "1", "response_type": "code", "client_id": "app", "redirect_uri": "https://symbolon.example/admin/oidc/callback",
			"scope": "openid email", "state": "s1", "nonce": "n1", "code_challenge_method": "S256",
			"code_challenge": base64.RawURLEncoding.EncodeToString(challenge[:]), "prompt": "", "max_age": "",
		}
		if again {
			want["prompt"], want["max_age"] = "login", "0"
		}
		for name, value := range want {
			if got := u.Query().Get(name); got != value {
				t.Errorf("%s is %q, want %q", name, got, value)
			}
		}
	}
}

func TestACodeTellsWhoItIsOf(t *testing.T) {
	e := newEntrance(t)
	e.claims["auth_time"] = noon.Add(-time.Second).Unix()
	who, err := e.identify()
	must(t, err)
	if who.External != (symbolon.External{Issuer: e.URL, Subject: "ada"}) || who.Login != "ada@acme.example" || who.Name != "Ada" ||
		!who.AuthTime.Equal(noon.Add(-time.Second)) || len(e.client.Grants(who.Claims)) != 1 {
		t.Errorf("it is of %+v", who)
	}
	if e.redeemed.Get("code") != "c1" || e.redeemed.Get("code_verifier") != verifier || e.redeemed.Get("redirect_uri") == "" || e.basic != "app" || e.redeemed.Has("client_secret") {
		t.Errorf("it was redeemed by %v as %q", e.redeemed, e.basic)
	}
	e.document["token_endpoint_auth_methods_supported"] = []string{"client_secret_post"}
	if _, err = e.identify(); err != nil || e.basic != "" || e.redeemed.Get("client_secret") != e.client.ClientSecret {
		t.Errorf("where no Basic is taken it was redeemed by %v: %v", e.redeemed, err)
	}
	e.client.ClientSecret = ""
	if _, err = e.identify(); err != nil || e.basic != "" || e.redeemed.Get("client_id") != "app" || e.redeemed.Has("client_secret") {
		t.Errorf("a public client redeemed by %v: %v", e.redeemed, err)
	}
}

// Each row is an ID token that differs from a good one in one thing.
func TestIDTokensThatLetNobodyIn(t *testing.T) {
	other := newKey(t, jose.ES256, "1")
	for what, spoil := range map[string]func(*entrance){
		"of another client":        func(e *entrance) { e.claims["aud"] = "api" },
		"for two, to the other":    func(e *entrance) { e.claims["aud"], e.claims["azp"] = []string{"app", "api"}, "api" },
		"for two, to nobody":       func(e *entrance) { e.claims["aud"] = []string{"app", "api"} },
		"issued to another":        func(e *entrance) { e.claims["azp"] = "api" },
		"of another issuer":        func(e *entrance) { e.claims["iss"] = "https://other.example" },
		"with another nonce":       func(e *entrance) { e.claims["nonce"] = "n2" },
		"without a nonce":          func(e *entrance) { delete(e.claims, "nonce") },
		"expired":                  func(e *entrance) { e.claims["exp"] = noon.Add(-time.Hour).Unix() },
		"without an end":           func(e *entrance) { delete(e.claims, "exp") },
		"without a subject":        func(e *entrance) { delete(e.claims, "sub") },
		"without its time":         func(e *entrance) { delete(e.claims, "iat") },
		"by another key":           func(e *entrance) { e.key = other },
		"an access token":          func(e *entrance) { e.claims["token_use"] = "access" },
		"a logout token":           func(e *entrance) { e.claims["events"] = map[string]any{} },
		"a code that is not taken": func(e *entrance) { e.status = http.StatusBadRequest },
		"of one, told of another":  func(e *entrance) { delete(e.claims, "email"); e.tells(map[string]any{"sub": "bob", "name": "Bob"}) },
	} {
		e := newEntrance(t)
		spoil(e)
		_, err := e.identify()
		e.is(what, err, symbolon.ErrUnauthenticated, "")
	}
}

// tells has the provider tell of people at its userinfo endpoint.
func (e *entrance) tells(of map[string]any) {
	e.document["userinfo_endpoint"], e.userInfo = e.URL+"/me", of
}

func TestWhatTheProviderTellsOnlyWhenAskedCounts(t *testing.T) {
	e := newEntrance(t)
	for _, name := range []string{"email", "groups", "name"} {
		delete(e.claims, name)
	}
	e.tells(map[string]any{"sub": "ada", "email": "ada@acme.example", "groups": "support", "nonce": "n2"})
	who, err := e.identify()
	must(t, err)
	if who.Login != "ada@acme.example" || len(e.client.Grants(who.Claims)) != 1 {
		t.Errorf("it tells %+v", who)
	}
}

// Whoever has a role and a login by the ID token comes in, also while nothing more is to be had.
func TestAProviderIsNotAskedWhatItNeedNotTell(t *testing.T) {
	for what, row := range map[string]struct {
		missing string
		down    bool
	}{"a name": {"name", false}, "the claim of another rule": {"department", false}, "a login": {"email", true}, "every role": {"groups", true}} {
		e := newEntrance(t)
		e.client.Roles = append(e.client.Roles, symbolon.RoleRule{Claim: "department", Value: "it", Role: symbolon.RoleAdmin})
		e.document["userinfo_endpoint"] = e.URL + "/nowhere"
		delete(e.claims, row.missing)
		who, err := e.identify()
		if row.down {
			e.is(what, err, symbolon.ErrUnavailable, "")
			continue
		}
		must(t, err)
		if who.Login != "ada@acme.example" || len(e.client.Grants(who.Claims)) != 1 {
			t.Errorf("without %s it is %+v", what, who)
		}
	}
}

func TestTheLoginIsTheFirstThatIsThere(t *testing.T) {
	e := newEntrance(t)
	for _, row := range []struct {
		claim, claims, login string
	}{
		{"", `{"email":"a@b.example","preferred_username":"a","sub":"1"}`, "a@b.example"},
		{"", `{"email":"a@b.example","email_verified":false,"preferred_username":"a","sub":"1"}`, "a"},
		{"", `{"email":"a@b.example","email_verified":true,"sub":"1"}`, "a@b.example"},
		{"", `{"sub":"1"}`, "1"},
		{"upn", `{"email":"a@b.example","upn":"a@corp","sub":"1"}`, "a@corp"},
		{"upn", `{"email":"a@b.example","sub":"1"}`, ""},
		{"email", `{"email":"a@b.example","email_verified":"false","sub":"1"}`, ""},
	} {
		e.client.LoginClaim = row.claim
		e.claims = e.provider.claims(map[string]any{"nonce": "n1"})
		must(t, json.Unmarshal([]byte(row.claims), &e.claims))
		who, err := e.identify()
		must(t, err)
		if who.Login != row.login {
			t.Errorf("by %q, %s is %q; want %q", row.claim, row.claims, who.Login, row.login)
		}
	}
}

func TestAProviderThatCantBeAskedRefusesNobody(t *testing.T) {
	e := newEntrance(t)
	e.status = http.StatusInternalServerError
	_, err := e.identify()
	e.is("no tokens", err, symbolon.ErrUnavailable, "")
	e.status = http.StatusOK
	e.document["token_endpoint"] = "http://elsewhere.example/token"
	_, err = e.identify()
	e.is("a token endpoint without https", err, symbolon.ErrUnavailable, "")
	e.isDown()
	_, err = oidc.New(oidc.Config{}).AuthorizationURL(t.Context(), e.client, e.question(false))
	e.is("no document", err, symbolon.ErrUnavailable, "")
}
