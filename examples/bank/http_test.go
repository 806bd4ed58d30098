package bank_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/symbolon-id/symbolon/client"
	"github.com/symbolon-id/symbolon/examples/bank"
)

func TestPagesOfOtherSitesCanDoNothing(t *testing.T) {
	b := openHouse(t).browser(t, "alice")
	for _, site := range []string{"cross-site", "same-site"} {
		a := b.ask(t, http.MethodPost, "/api/sign-out", body{}, "Sec-Fetch-Site", site)
		equal(t, "a post from a "+site+" page", a.Status, http.StatusForbidden)
	}
	equal(t, "a post from the bank's page", b.ask(t, http.MethodPost, "/api/sign-out", body{}, "Sec-Fetch-Site", "same-origin").Status, http.StatusOK)
}

func TestThePagesRunNoScriptButTheirOwn(t *testing.T) {
	b := openHouse(t).browser(t, "alice")
	for path, want := range map[string]string{"/": "the bank", "/staff": "the desk"} {
		a := b.ask(t, http.MethodGet, path, "")
		equal(t, path, a.Raw, want)
		policy := a.Header.Get("Content-Security-Policy")
		for _, rule := range []string{
			"default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self' http://127.0.0.1:8080",
			"frame-src 'self' http://localhost:8082", "frame-ancestors 'self' " + b.h.url,
		} {
			if !strings.Contains(policy+";", rule+";") {
				t.Errorf("%s: the policy lacks %q: %s", path, rule, policy)
			}
		}
		equal(t, "nosniff", a.Header.Get("X-Content-Type-Options"), "nosniff")
	}
	equal(t, "a page that is not there", b.ask(t, http.MethodGet, "/nothing", "").Status, http.StatusNotFound)
	equal(t, "answers are not kept", b.ask(t, http.MethodGet, "/api/session", "").Header.Get("Cache-Control"), "no-store")
}

func TestTheBankAnswersUnderItsOwnNamesOnly(t *testing.T) {
	b := openHouse(t).browser(t, "alice")
	b.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	moved := b.ask(t, http.MethodGet, "/staff", "", "Host", "bank.example")
	equal(t, "where a page is sent", moved.Header.Get("Location"), b.h.url+"/staff")
	equal(t, "a call", b.ask(t, http.MethodGet, "/api/session", "", "Host", "bank.example").Status, http.StatusMisdirectedRequest)
	equal(t, "the second origin", b.ask(t, http.MethodGet, "/api/session", "", "Host", "localhost:8082").Status, http.StatusOK)
}

func TestBodiesThatTheBankDoesNotRead(t *testing.T) {
	b := openHouse(t).browser(t, "alice")
	for name, text := range map[string]string{
		"nothing":          "",
		"no JSON":          "user=alice",
		"an unknown field": `{"user":"alice","password":"x","admin":true}`,
		"a wrong type":     `{"user":1}`,
		"two objects":      `{"user":"alice","password":"x"}{}`,
		"a flood":          `{"user":"` + strings.Repeat("a", 70<<10) + `"}`,
		"a long password":  `{"user":"alice","password":"` + strings.Repeat("a", 300) + `"}`,
	} {
		t.Run(name, func(t *testing.T) { b.post(t, "sign-in/password", text).says(t, "invalid_request") })
	}
}

func TestSettingsThatCanNotBeMeant(t *testing.T) {
	c, err := client.New(client.Config{BaseURL: "http://127.0.0.1:8080", App: "bank"})
	if err != nil {
		t.Fatal(err)
	}
	good := bank.Config{
		Symbolon: c, App: "bank", ServiceURL: "http://127.0.0.1:8080", Origin: "http://127.0.0.1:8081", Pages: fstest.MapFS{},
	}
	if _, err := bank.New(good); err != nil {
		t.Fatalf("a bank without a second origin: %v", err)
	}
	for name, change := range map[string]func(*bank.Config){
		"Symbolon":    func(c *bank.Config) { c.Symbolon = nil },
		"Pages":       func(c *bank.Config) { c.Pages = nil },
		"App":         func(c *bank.Config) { c.App = "" },
		"ServiceURL":  func(c *bank.Config) { c.ServiceURL = "" },
		"Origin":      func(c *bank.Config) { c.Origin = "localhost:8081" },
		"OtherOrigin": func(c *bank.Config) { c.OtherOrigin = "http://localhost:8082; script-src *" },
	} {
		cfg := good
		change(&cfg)
		if _, err := bank.New(cfg); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
