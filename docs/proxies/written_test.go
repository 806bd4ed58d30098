//go:build unix

package proxies_test

import (
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/knadh/koanf/parsers/yaml"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/proof"
	"github.com/symbolon-id/symbolon/symbolontest"
)

// Traefik and Envoy don't run here. Their files are read, and Symbolon is asked what they
// would ask it.

func readYAML(t *testing.T, name string) map[string]any {
	t.Helper()
	text, err := os.ReadFile(name)
	must(t, err)
	d, err := yaml.Parser().Unmarshal(text)
	must(t, err)
	return d
}

// find gives every value under the name, wherever it stands.
func find(node any, name string) (found []any) {
	switch node := node.(type) {
	case map[string]any:
		for key, value := range node {
			if key == name {
				found = append(found, value)
			}
			found = append(found, find(value, name)...)
		}
	case []any:
		for _, value := range node {
			found = append(found, find(value, name)...)
		}
	}
	return found
}

// one gives the only value under the name.
func one[T any](t *testing.T, node any, name string) T {
	t.Helper()
	found := find(node, name)
	if len(found) != 1 {
		t.Fatalf("there are %d of %s", len(found), name)
	}
	value, ok := found[0].(T)
	if !ok {
		t.Fatalf("%s is %v", name, found[0])
	}
	return value
}

// asked is a service with an app and a device that has a pass, asked without a proxy.
type asked struct {
	url    string
	device *symbolontest.Device
	cookie string
}

func prepare(t *testing.T) asked {
	t.Helper()
	service := symbolontest.Start(t, symbolontest.TrustProxies("127.0.0.0/8"))
	made, err := service.Admin.CreateApp(t.Context(), symbolon.NewApp{ID: "bank", Name: "Bank", Origins: []string{"https://" + host}})
	must(t, err)
	app := service.App(made.App.ID, made.Credential.Key)
	a := asked{url: service.URL, device: symbolontest.NewDevice(t, app, proof.ES256)}
	_, err = a.device.Register(t.Context(), app.Ticket(t, "alice"))
	must(t, err)
	signed, err := a.device.Prove(t.Context(), symbolontest.Statement{User: "alice"})
	must(t, err)
	header := http.Header{"X-Forwarded-Proto": {"https"}, "X-Forwarded-Host": {host}, "Content-Type": {"application/json"}}
	checked := a.ask(t, "POST", "/device-check/v1/apps/bank/decisions", header, `{"proof": "`+signed+`"}`)
	a.cookie, _, _ = strings.Cut(checked.header.Get("Set-Cookie"), ";")
	return a
}

// ask sends what stands in the header, and Host as a proxy hands it on.
func (a asked) ask(t *testing.T, method, target string, header http.Header, body string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, a.url+target, strings.NewReader(body))
	must(t, err)
	r.Header = header
	if name := header.Get("Host"); name != "" {
		r.Host = name
	}
	response, err := http.DefaultTransport.RoundTrip(r)
	must(t, err)
	must(t, response.Body.Close())
	return answer{status: response.StatusCode, header: response.Header}
}

// ours are the headers of an answer that are for the app.
func ours(h http.Header) (names []string) {
	for name := range h {
		if strings.HasPrefix(name, "X-Symbolon-") || name == "Cookie" {
			names = append(names, name)
		}
	}
	return names
}

func TestTraefikAsksRight(t *testing.T) {
	config := readYAML(t, "traefik.yaml")
	a := prepare(t)
	_, target, _ := strings.Cut(one[string](t, config, "address"), "127.0.0.1:8080")
	header := func(more ...string) http.Header {
		h := http.Header{
			"X-Forwarded-Proto": {"https"}, "X-Forwarded-Host": {host}, "X-Forwarded-Uri": {"/accounts?page=2"},
			"X-Forwarded-Method": {"GET"}, "X-Forwarded-For": {"192.0.2.7"}, "Accept": {"text/html"},
		}
		for i := 0; i < len(more); i += 2 {
			h.Set(more[i], more[i+1])
		}
		return h
	}
	if !one[bool](t, config, "preserveLocationHeader") {
		t.Error("the browser would be led to Symbolon's own address")
	}
	r := a.ask(t, "GET", target, header(), "")
	if to := r.header.Get("Location"); r.status != 302 || to != "/device-check?app=bank&require=known&return=%2Faccounts%3Fpage%3D2" {
		t.Errorf("answered %d to %s", r.status, to)
	}
	r = a.ask(t, "GET", target, header("Cookie", "a=1; "+a.cookie, "X-Symbolon-User", "mallory"), "")
	if r.status != 200 || r.header.Get("X-Symbolon-Device") != string(a.device.ID()) || r.header.Get("Cookie") != "a=1" {
		t.Errorf("answered %d %v", r.status, r.header)
	}
	pattern, err := regexp.Compile(one[string](t, config, "authResponseHeadersRegex"))
	must(t, err)
	named := one[[]any](t, config, "authResponseHeaders")
	for _, name := range ours(r.header) {
		if !pattern.MatchString(name) && !slices.Contains(named, any(name)) {
			t.Errorf("%s is not handed on", name)
		}
	}
	for _, name := range []string{"X-Symbolon-User", "X_symbolon_user", "X.symbolon.user", "x-symbolon_trusted", "X-Symbolon"} {
		if !pattern.MatchString(name) {
			t.Errorf("a client's %s is handed on", name)
		}
	}
}

func TestEnvoyAsksRight(t *testing.T) {
	config := readYAML(t, "envoy.yaml")
	a := prepare(t)
	prefix := one[string](t, config, "path_prefix")
	header := func(more ...string) http.Header {
		h := http.Header{"Host": {host}, "X-Forwarded-Proto": {"https"}, "X-Forwarded-For": {"192.0.2.7"}, "Accept": {"text/html"}}
		for i := 0; i < len(more); i += 2 {
			h.Set(more[i], more[i+1])
		}
		return h
	}
	r := a.ask(t, "GET", prefix+"/accounts?page=2&app=other&require=none", header(), "")
	if to := r.header.Get("Location"); r.status != 302 || !strings.HasPrefix(to, "/device-check?app=bank&require=known&return=%2Faccounts%3Fpage%3D2%26app") {
		t.Errorf("answered %d to %s", r.status, to)
	}
	if r = a.ask(t, "POST", prefix+"/transfer", header("Content-Length", "0"), ""); r.status != 401 {
		t.Errorf("a POST is answered %d", r.status)
	}
	r = a.ask(t, "POST", prefix+"/transfer", header("Cookie", a.cookie), "")
	if r.status != 200 || r.header.Get("X-Symbolon-Device") != string(a.device.ID()) {
		t.Errorf("answered %d %v", r.status, r.header)
	}
	if values, there := r.header["Cookie"]; !there || values[0] != "" {
		t.Errorf("Envoy overwrites a header only by one that is there; Cookie is %q", values)
	}
	passed := patterns(one[map[string]any](t, config, "allowed_upstream_headers"))
	removed := find(config, "remove")
	for _, name := range ours(r.header) {
		name = strings.ToLower(name)
		if !slices.Contains(passed, name) {
			t.Errorf("%s is not handed on", name)
		}
		for _, other := range []string{name, strings.ReplaceAll(name, "-", ".")} {
			if name != "cookie" && !slices.Contains(removed, any(other)) {
				t.Errorf("a client's %s is handed on", other)
			}
		}
	}
	for _, name := range []string{"cookie", "accept", "sec-fetch-mode", "x-forwarded-proto", "x-forwarded-for"} {
		if !slices.Contains(patterns(one[map[string]any](t, config, "allowed_headers")), name) {
			t.Errorf("Symbolon is not told %s", name)
		}
	}
}

func patterns(matcher map[string]any) (names []string) {
	for _, name := range find(matcher, "exact") {
		names = append(names, name.(string))
	}
	return names
}
