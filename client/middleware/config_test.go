package middleware_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/client"
	"github.com/symbolon-id/symbolon/client/middleware"
)

func good() middleware.Config {
	return middleware.Config{
		Issuer: "https://symbolon.example", App: bank,
		User: func(*http.Request) (symbolon.UserID, bool) { return "alice", true },
	}
}

func TestSettingsThatAreRefused(t *testing.T) {
	other, err := client.New(client.Config{BaseURL: "https://symbolon.example", App: "shop"})
	if err != nil {
		t.Fatal(err)
	}
	for setting, spoil := range map[string]func(*middleware.Config){
		"Issuer":    func(c *middleware.Config) { c.Issuer = "symbolon.example" },
		"App":       func(c *middleware.Config) { c.App = "" },
		"User":      func(c *middleware.Config) { c.User = nil },
		"Header":    func(c *middleware.Config) { c.Header = "authorization" },
		"KeysURL":   func(c *middleware.Config) { c.KeysURL = "/jwks.json" },
		"Live":      func(c *middleware.Config) { c.Live = other },
		"DPoP":      func(c *middleware.Config) { c.DPoP = "always" },
		"PublicURL": func(c *middleware.Config) { c.DPoP = middleware.DPoPOptional },
		"NonceKey":  func(c *middleware.Config) { c.NonceKey = []byte("short") },
	} {
		cfg := good()
		spoil(&cfg)
		if _, err := middleware.New(cfg); err == nil || !strings.Contains(err.Error(), setting) {
			t.Errorf("%s: the error is %v", setting, err)
		}
	}
	if _, err := middleware.New(good()); err != nil {
		t.Errorf("good settings: %v", err)
	}
}

// A header that has a meaning already can't carry tokens as well.
func TestTheHeaderOfTokensIsOneOfItsOwn(t *testing.T) {
	for name, good := range map[string]bool{
		"Authorization": false, "AUTHORIZATION": false, "DPoP": false, "dpop": false,
		"": true, "X-Symbolon-Token": true, "x-symbolon-token": true,
	} {
		cfg := middleware.Config{Issuer: "https://symbolon.example", App: bank, User: nobody, Header: name}
		if _, err := middleware.New(cfg); (err == nil) != good {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func nobody(*http.Request) (symbolon.UserID, bool) { return "", false }

func TestRequirementsThatNothingMeets(t *testing.T) {
	m, err := middleware.New(good())
	if err != nil {
		t.Fatal(err)
	}
	for setting, want := range map[string]middleware.Requirement{
		"MaxRisk":   {MaxRisk: new(101)},
		"MaxAge":    {MaxAge: -time.Second},
		"PublicURL": {Proof: true},
	} {
		func() {
			defer func() {
				if err, _ := recover().(error); err == nil || !strings.Contains(err.Error(), setting) {
					t.Errorf("%s: panics with %v", setting, err)
				}
			}()
			m.Require(want)
		}()
	}
}
