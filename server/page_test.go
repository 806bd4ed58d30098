package server_test

import (
	"encoding/json"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/symbolon-id/symbolon/server"
)

func TestHealth(t *testing.T) {
	h := openHouse(t)
	for _, path := range []string{"/healthz", "/readyz"} {
		if a := h.ask(t, "GET", path, ""); a.status != 200 || a.body != `{"status":"ok"}`+"\n" {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
	must(t, h.store.Close())
	if a := h.ask(t, "GET", "/healthz", ""); a.status != 200 {
		t.Errorf("the process is there without its database, but says %d", a.status)
	}
	h.ask(t, "GET", "/readyz", "").problem(t, "without a database", 503, "unavailable")
}

func TestMetrics(t *testing.T) {
	h := openHouse(t)
	p := h.newPhone(t, "alice")
	p.register(t)
	p.decide(t)
	h.ask(t, "GET", "/a/path/made/up", "")
	text := h.ask(t, "GET", "/metrics", "").body
	for _, want := range []string{
		`symbolon_decisions_total{recommendation="ALLOW"} 1`,
		`symbolon_decisions_total{recommendation="DENY"} 0`,
		`symbolon_http_request_seconds_count{route="POST /v1/apps/{app}/decisions",status="200"} 1`,
		`symbolon_http_request_seconds_count{route="unmatched",status="404"} 1`,
		`symbolon_store_statement_seconds_count{outcome="ok",statement=`,
		`symbolon_store_group_size_count`, `symbolon_events_unsealed_lag_seconds`, `symbolon_events_sealed_total`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the metrics lack %s", want)
		}
	}
	if strings.Contains(text, "alice") || strings.Contains(text, "made/up") {
		t.Error("the metrics name users or paths")
	}
}

// Without a key metrics are for the machine itself; with one, for whoever shows it.
func TestWhoSeesMetrics(t *testing.T) {
	const key = "the-key-of-the-scrapers"
	show := func(bearer string) []string { return []string{"Authorization", "Bearer " + bearer} }
	local := openHouse(t)
	for _, header := range []string{"X-Forwarded-For", "Forwarded"} {
		a := local.ask(t, "GET", "/metrics", "", header, "for=203.0.113.7")
		a.problem(t, "through a proxy", http.StatusForbidden, "forbidden")
	}
	keyed := openHouse(t, behindProxy, slow, func(c *server.Config) { c.MetricsKey = key })
	ask := func(header ...string) answered {
		return keyed.ask(t, "GET", "/metrics", "", append(header, from("203.0.113.7")...)...)
	}
	ask().problem(t, "without a key", http.StatusUnauthorized, "unauthenticated")
	ask(show("another-key-of-scrapers")...).problem(t, "a wrong key", http.StatusUnauthorized, "unauthenticated")
	ask(show(adminKey)...).problem(t, "the admin's key", http.StatusUnauthorized, "unauthenticated")
	ask().problem(t, "once too often", http.StatusTooManyRequests, "rate_limited")
	if a := ask(show(key)...); a.status != http.StatusOK || !strings.Contains(a.body, "symbolon_decisions_total") {
		t.Errorf("with the key: %d", a.status)
	}
}

func TestKeySet(t *testing.T) {
	h := openHouse(t)
	a := h.ask(t, "GET", "/.well-known/jwks.json", "")
	var set struct{ Keys []map[string]string }
	must(t, json.Unmarshal([]byte(a.body), &set))
	if len(set.Keys) == 0 || set.Keys[0]["kid"] == "" || set.Keys[0]["d"] != "" || !strings.Contains(a.header.Get("Cache-Control"), "max-age") {
		t.Errorf("%v %s", a.header, a.body)
	}
}

// The page says all that the description says, and needs nothing from elsewhere.
func TestDocs(t *testing.T) {
	h := openHouse(t)
	a := h.ask(t, "GET", "/docs", "")
	csp := a.header.Get("Content-Security-Policy")
	if a.status != 200 || !strings.HasPrefix(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") || strings.Contains(csp, "script-src") {
		t.Errorf("%d %s", a.status, csp)
	}
	if found := regexp.MustCompile(`(?i)<script|<link|\bsrc=|(href|action)="(https?:|//)|@import|url\(`).FindAllString(a.body, -1); found != nil {
		t.Errorf("the page reaches out: %q", found)
	}
	for _, o := range h.operations(t) {
		if !strings.Contains(a.body, `id="`+o.id+`"`) {
			t.Errorf("the page lacks %s", o.id)
		}
	}
	for _, want := range []string{`id="challenge_expired"`, "payloadHash", "Decision or ClientDecision", "Idempotency-Key", "<small>test</small>"} {
		if !strings.Contains(a.body, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}

// Whatever is answered, browsers are told to treat it with care.
func TestSecurityHeaders(t *testing.T) {
	h := openHouse(t)
	for _, path := range []string{"/v1/apps/bank/devices", "/nowhere", "/healthz", "/docs", "/openapi.json"} {
		got := h.ask(t, "GET", path, "", h.asBackend()...).header
		if got.Get("X-Content-Type-Options") != "nosniff" || got.Get("Content-Security-Policy") == "" || got.Get("Referrer-Policy") != "no-referrer" || len(got.Get("X-Request-Id")) < 20 {
			t.Errorf("%s: %v", path, got)
		}
		if want := "no-store"; strings.HasPrefix(path, "/v1") && got.Get("Cache-Control") != want {
			t.Errorf("%s: Cache-Control is %q", path, got.Get("Cache-Control"))
		}
	}
}

// The description that is checked in is the one that the code gives.
func TestOpenAPI(t *testing.T) {
	want, err := server.OpenAPI()
	must(t, err)
	got, err := os.ReadFile("../spec/openapi.yaml")
	must(t, err)
	if string(got) != string(want) {
		t.Error("spec/openapi.yaml lags behind the code: run `make generate`")
	}
}

// Every operation says who may call it, how it fails, and what it is called.
func TestDescriptionIsWhole(t *testing.T) {
	h := openHouse(t)
	var doc struct {
		OpenAPI string
		Servers []struct{ URL string }
		Paths   map[string]map[string]struct {
			OperationID, Summary string
			Tags                 []string
			Security             []map[string][]string
			Responses            map[string]struct {
				Description string
				Content     map[string]any
			}
		}
	}
	must(t, json.Unmarshal([]byte(h.ask(t, "GET", "/openapi.json", "").body), &doc))
	if doc.OpenAPI != "3.1.0" || len(doc.Servers) != 1 || doc.Servers[0].URL != "https://symbolon.example" {
		t.Errorf("OpenAPI %s at %v", doc.OpenAPI, doc.Servers)
	}
	for path, methods := range doc.Paths {
		for method, o := range methods {
			if o.OperationID == "" || o.Summary == "" || len(o.Tags) != 1 || len(o.Security) == 0 {
				t.Errorf("%s %s: %+v", method, path, o)
			}
			for _, status := range []string{"400", "429", "500", "503"} {
				if o.Responses[status].Content["application/problem+json"] == nil || !strings.HasPrefix(o.Responses[status].Description, "`") {
					t.Errorf("%s does not say how it fails with %s", o.OperationID, status)
				}
			}
			if o.OperationID == "rotateKey" && !strings.Contains(o.Responses["422"].Description, "`challenge_expired`") {
				t.Errorf("%s fails with %+v", o.OperationID, o.Responses)
			}
		}
	}
}
