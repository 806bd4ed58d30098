package symbolon_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/symbolon-id/symbolon"
)

func TestOriginsAreWhatABrowserSends(t *testing.T) {
	for _, origin := range []string{
		"https://app.example.com", "http://localhost:3000", "http://127.0.0.1:8080", "https://[2001:db8::1]:8443",
		"https://xn--bcher-kva.example", "https://my_host", "https://example.com:80", "http://example.com:443", "http://[::80]",
	} {
		app := symbolon.App{ID: "acme", Name: "Acme", Origins: []string{origin}}
		wantNone(t, app.Check())
		if !app.AllowsOrigin(origin) {
			t.Errorf("%s is listed, and not allowed", origin)
		}
	}
	for _, origin := range []string{
		"", "null", "*", "https://*.example.com", "app.example.com", "//app.example.com", "https://", "https:app.example.com",
		"https://app.example.com/", "https://app.example.com/path", "https://app.example.com?q", "https://app.example.com#f",
		"https://App.example.com", "HTTPS://app.example.com", "https://user@app.example.com", "https://app.example.com:443",
		"http://app.example.com:80", "https://app.example.com:", "https://app.example.com:0", "https://app.example.com:08",
		"https://app.example.com:123456", "ftp://app.example.com", "file://", "javascript:alert(1)", "https://bücher.example",
		"https://app example.com", " https://app.example.com", "https://app.example.com\n", "https://a..b", "https://[::1", "https://app.example.com.",
	} {
		app := symbolon.App{ID: "acme", Name: "Acme", Origins: []string{origin}}
		wantInvalid(t, app.Check(), "origins", "must be web origins as browsers send them")
	}
}

func TestOnlyListedOriginsAreAllowed(t *testing.T) {
	app := symbolon.App{Origins: []string{"https://app.example.com"}}
	for _, origin := range []string{
		"", "null", "http://app.example.com", "https://app.example.com:8443", "https://evil.app.example.com",
		"https://app.example.com.evil.example", "https://APP.example.com",
	} {
		if app.AllowsOrigin(origin) {
			t.Errorf("%q is allowed", origin)
		}
	}
}

func TestAnAppThatBreaksARule(t *testing.T) {
	sound := symbolon.App{ID: "acme", Name: "Acme"}
	wantNone(t, sound.Check())
	many := slices.Repeat([]string{"https://app.example.com"}, symbolon.MaxOrigins+1)
	for field, change := range map[string]func(*symbolon.App){
		"app":     func(a *symbolon.App) { a.ID = "Acme!" },
		"name":    func(a *symbolon.App) { a.Name = "" },
		"origins": func(a *symbolon.App) { a.Origins = many },
	} {
		app := sound
		change(&app)
		wantInvalid(t, app.Check(), field, "must")
	}
	sound.Origins = many[1:]
	wantNone(t, sound.Check())
}

func TestEachRoleIncludesThoseBelow(t *testing.T) {
	for role, may := range map[symbolon.Role][]symbolon.Role{
		symbolon.RoleViewer:   {symbolon.RoleViewer},
		symbolon.RoleOperator: {symbolon.RoleViewer, symbolon.RoleOperator},
		symbolon.RoleAdmin:    {symbolon.RoleViewer, symbolon.RoleOperator, symbolon.RoleAdmin},
		"":                    nil,
		"root":                nil,
	} {
		for _, want := range []symbolon.Role{symbolon.RoleViewer, symbolon.RoleOperator, symbolon.RoleAdmin, "", "root"} {
			if got := role.Includes(want); got != slices.Contains(may, want) {
				t.Errorf("%q includes %q: got %v", role, want, got)
			}
		}
	}
}

func TestACredentialIsABackendsOrAnAdmins(t *testing.T) {
	backend := symbolon.Credential{AppID: "acme", Name: "backend", Scopes: symbolon.AllScopes}
	admin := symbolon.Credential{Name: "support", Role: symbolon.RoleOperator}
	ofOneApp := admin
	ofOneApp.AppID = "acme"
	for _, c := range []symbolon.Credential{backend, admin, ofOneApp} {
		wantNone(t, c.Check())
	}
	for rule, c := range map[string]struct {
		credential   symbolon.Credential
		field, words string
	}{
		"neither":            {symbolon.Credential{AppID: "acme", Name: "x"}, "scopes", "scopes or role must be given, and not both"},
		"both":               {symbolon.Credential{AppID: "acme", Name: "x", Scopes: symbolon.AllScopes, Role: symbolon.RoleViewer}, "scopes", "and not both"},
		"scopes on all apps": {symbolon.Credential{Name: "x", Scopes: symbolon.AllScopes}, "scopes", "belong to one app"},
		"an unknown scope":   {symbolon.Credential{AppID: "acme", Name: "x", Scopes: []symbolon.Scope{"devices:read", "all"}}, "scopes", `got "all"`},
		"an unknown role":    {symbolon.Credential{Name: "x", Role: "root"}, "role", "must be viewer, operator or admin"},
		"no name":            {symbolon.Credential{Role: symbolon.RoleAdmin}, "name", "must not be empty"},
	} {
		t.Run(rule, func(t *testing.T) { wantInvalid(t, c.credential.Check(), c.field, c.words) })
	}
}

func TestACredentialHasTheScopesThatItLists(t *testing.T) {
	c := symbolon.Credential{Scopes: []symbolon.Scope{symbolon.ScopeDecisions}}
	for _, scope := range append(symbolon.AllScopes, "") {
		if got := c.Has(scope); got != (scope == symbolon.ScopeDecisions) {
			t.Errorf("%q: got %v", scope, got)
		}
	}
}

func TestACredentialLivesUntilItExpiresOrIsRevoked(t *testing.T) {
	for rule, c := range map[string]struct {
		credential symbolon.Credential
		want       bool
	}{
		"without an end it lives":                           {symbolon.Credential{}, true},
		"before its end it lives":                           {symbolon.Credential{ExpiresAt: after(tick)}, true},
		"exactly at its end it is dead":                     {symbolon.Credential{ExpiresAt: after(0)}, false},
		"revoked it is dead":                                {symbolon.Credential{RevokedAt: after(-hour)}, false},
		"revoked before its end, as well":                   {symbolon.Credential{ExpiresAt: after(hour), RevokedAt: after(0)}, false},
		"a revocation does not wait for clocks that differ": {symbolon.Credential{RevokedAt: after(hour)}, false},
	} {
		if got := c.credential.Live(noon); got != c.want {
			t.Errorf("%s: got %v", rule, got)
		}
	}
}

func TestASecretIsLongAndOnlyItsHashIsKept(t *testing.T) {
	secret := symbolon.NewCredentialSecret()
	if !strings.HasPrefix(secret, "sk_") || len(secret) != len("sk_")+52 { // 256 bits in base32
		t.Errorf("got %q", secret)
	}
	hash := symbolon.HashCredential(secret)
	if !bytes.Equal(hash, symbolon.HashCredential(secret)) || bytes.Equal(hash, symbolon.HashCredential(secret+"x")) {
		t.Error("the hash is not of the secret")
	}
	shown, err := json.Marshal(symbolon.Credential{Name: "backend", Hash: hash})
	wantNone(t, err)
	if strings.Contains(strings.ToLower(string(shown)), "hash") {
		t.Errorf("the hash is shown: %s", shown)
	}
}
