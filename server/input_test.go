package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sort"
	"strings"
	"testing"
)

// operation is an operation as the service describes it.
type operation struct {
	method, path, id string
	security         []string // schemes; "" for none
	body             map[string]any
	resolve          func(ref string) map[string]any
}

// operations reads the description that the service gives of itself, so that a table over
// it misses no operation.
func (h *house) operations(t testing.TB) []operation {
	t.Helper()
	var doc struct {
		Paths map[string]map[string]struct {
			OperationID string                `json:"operationId"`
			Security    []map[string][]string `json:"security"`
			RequestBody struct {
				Content map[string]struct {
					Schema map[string]any `json:"schema"`
				} `json:"content"`
			} `json:"requestBody"`
		} `json:"paths"`
		Components struct {
			Schemas map[string]map[string]any `json:"schemas"`
		} `json:"components"`
	}
	must(t, json.Unmarshal([]byte(h.ask(t, "GET", "/openapi.json", "").body), &doc))
	resolve := func(ref string) map[string]any {
		return doc.Components.Schemas[strings.TrimPrefix(ref, "#/components/schemas/")]
	}
	var found []operation
	for path, methods := range doc.Paths {
		for method, o := range methods {
			op := operation{method: strings.ToUpper(method), path: path, id: o.OperationID, resolve: resolve}
			for _, s := range o.Security {
				scheme := ""
				for name := range s {
					scheme = name
				}
				op.security = append(op.security, scheme)
			}
			op.body = o.RequestBody.Content["application/json"].Schema
			if ref, ok := op.body["$ref"].(string); ok {
				op.body = resolve(ref)
			}
			found = append(found, op)
		}
	}
	sort.Slice(found, func(i, j int) bool { return found[i].id < found[j].id })
	if len(found) < 45 {
		t.Fatalf("only %d operations are described", len(found))
	}
	return found
}

// at is the path with every id filled in.
func (o operation) at() string {
	return strings.NewReplacer("{app}", "bank", "{device}", "d", "{user}", "u", "{credential}", "c", "{version}", "0", "{incident}", "i").Replace(o.path)
}

func (o operation) properties() map[string]map[string]any {
	out := map[string]map[string]any{}
	properties, _ := o.body["properties"].(map[string]any)
	for name, p := range properties {
		schema := p.(map[string]any)
		if ref, ok := schema["$ref"].(string); ok {
			schema = o.resolve(ref)
		}
		out[name] = schema
	}
	return out
}

func (o operation) required() []string {
	var names []string
	list, _ := o.body["required"].([]any)
	for _, name := range list {
		names = append(names, name.(string))
	}
	return names
}

// bearers has a good bearer for each scheme.
func (h *house) bearers(t testing.TB) map[string]string {
	return map[string]string{
		"": "", "user": h.ticket(t, "u", "otp"), "backend": h.key, "admin": adminKey,
		"session": h.mia(t).cookies[sessionCookie],
	}
}

const sessionCookie = "__Host-symbolon-session"

func (h *house) askAs(t testing.TB, bearer string, o operation, body string, header ...string) answered {
	t.Helper()
	if isSession := len(bearer) == 52; isSession {
		header = append(header, "Cookie", sessionCookie+"="+bearer)
	} else if bearer != "" {
		header = append(header, "Authorization", "Bearer "+bearer)
	}
	return h.ask(t, o.method, o.at(), body, header...)
}

// problem is an answer's problem; the test fails if it is none, or not of this code.
func (a answered) problem(t testing.TB, what string, status int, code string) map[string]any {
	t.Helper()
	var p map[string]any
	err := json.Unmarshal([]byte(a.body), &p)
	if err != nil || a.status != status || p["code"] != code || a.header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("%s: %d %s %s; want %d %s", what, a.status, a.header.Get("Content-Type"), a.body, status, code)
	}
	if p["type"] != "/problems/"+code || p["status"] != float64(status) || p["title"] == "" || p["detail"] == "" {
		t.Errorf("%s: the problem %s is not whole", what, a.body)
	}
	return p
}

// wrongFor gives a value that the schema does not allow.
func wrongFor(schema map[string]any) string {
	kind := fmt.Sprint(schema["type"])
	switch {
	case strings.Contains(kind, "string"):
		return `{"secret-value":1}`
	default:
		return `"secret-value"`
	}
}

// Every body of the API, in every way in which a body can be bad.
func TestBadBodies(t *testing.T) {
	h := openHouse(t, noRates)
	bearers := h.bearers(t)
	bodies := 0
	for _, o := range h.operations(t) {
		if o.body == nil {
			continue
		}
		bodies++
		t.Run(o.id, func(t *testing.T) {
			bearer := bearers[o.security[0]]
			bad := func(what, body string) map[string]any {
				t.Helper()
				a := h.askAs(t, bearer, o, body)
				if strings.Contains(a.body, "secret-value") {
					t.Errorf("%s: the answer %s gives back what was sent", what, a.body)
				}
				return a.problem(t, what, http.StatusBadRequest, "invalid_request")
			}
			for _, text := range []string{`{`, `[]`, `"secret-value"`, `null`, `{} {}`, `{}x`, "{\"a\":\"\xff\"}", strings.Repeat("[", 9999)} {
				bad("the body "+text[:min(len(text), 20)], text)
			}
			bad("a member twice", `{"x":1,"x":2}`)
			if p := bad("an unknown member", minimal(o, `,"nonsense":"secret-value"`)); !mentions(p, "nonsense") {
				t.Errorf("an unknown member is not named: %v", p)
			}
			for name, schema := range o.properties() {
				if o.id == "checkPolicy" && name == "policy" {
					continue // what is wrong with it is what is answered
				}
				if p := bad("a wrong "+name, minimal(o, fmt.Sprintf(`,%q:%s`, name, wrongFor(schema)), name)); !mentions(p, name) {
					t.Errorf("a wrong %s is not named: %v", name, p)
				}
			}
			for _, name := range o.required() {
				if p := bad("no "+name, minimal(o, "", name)); p["field"] != name || p["detail"] != name+" must be given" {
					t.Errorf("a missing %s is not named: %v", name, p)
				}
			}
			huge := `{"x":"` + strings.Repeat("x", 2<<20) + `"}`
			h.askAs(t, bearer, o, huge).problem(t, "a huge body", http.StatusRequestEntityTooLarge, "too_large")
			p := h.askAs(t, bearer, o, `{}`, "Content-Type", "text/plain").problem(t, "text", http.StatusBadRequest, "invalid_request")
			if p["field"] != "Content-Type" {
				t.Errorf("a wrong Content-Type is not named: %v", p)
			}
		})
	}
	if bodies < 14 {
		t.Errorf("only %d operations have a body", bodies)
	}
}

// minimal is a body with the required members, save those left out, and more text.
func minimal(o operation, more string, without ...string) string {
	var members []string
	properties := o.properties()
	for _, name := range o.required() {
		if !contains(without, name) {
			members = append(members, fmt.Sprintf("%q:%s", name, rightFor(properties[name])))
		}
	}
	return "{" + strings.TrimPrefix(strings.Join(members, ",")+more, ",") + "}"
}

func rightFor(schema map[string]any) string {
	if values, ok := schema["enum"].([]any); ok {
		return fmt.Sprintf("%q", values[0])
	}
	switch kind := fmt.Sprint(schema["type"]); {
	case strings.Contains(kind, "object"):
		return "{}"
	case strings.Contains(kind, "array"):
		return "[]"
	case strings.Contains(kind, "integer"):
		return "1"
	}
	return `"x"`
}

func contains(list []string, want string) bool {
	for _, s := range list {
		if s == want {
			return true
		}
	}
	return false
}

// mentions tells whether the problem names the field, alone or among several.
func mentions(p map[string]any, field string) bool {
	if f, _ := p["field"].(string); strings.HasPrefix(f, field) {
		return true
	}
	list, _ := p["errors"].([]any)
	for _, e := range list {
		if f, _ := e.(map[string]any)["field"].(string); strings.HasPrefix(f, field) {
			return true
		}
	}
	return false
}

// What is wrong with a query is a sentence, and so is what is wrong with a hash.
func TestDetailsAreSentences(t *testing.T) {
	h := openHouse(t)
	a := h.ask(t, "GET", "/v1/apps/bank/devices?nonsense=1", "", h.asBackend()...)
	if p := a.problem(t, "an unknown parameter", http.StatusBadRequest, "invalid_request"); p["detail"] != "nonsense is not a parameter of this request" {
		t.Errorf("an unknown parameter: %v", p["detail"])
	}
	for _, hash := range []string{"x", strings.Repeat("!", 43), strings.Repeat("A", 42) + "B", strings.Repeat("A", 42) + "=", strings.Repeat("A", 44)} {
		a := h.ask(t, "POST", "/v1/apps/bank/decisions", `{"payloadHash":"`+hash+`"}`)
		if p := a.problem(t, hash, http.StatusBadRequest, "invalid_request"); p["field"] != "payloadHash" {
			t.Errorf("the hash %s: %v", hash, p)
		}
	}
	if a := h.ask(t, "POST", "/v1/apps/bank/decisions", `{"payloadHash":"`+strings.Repeat("A", 43)+`"}`); a.status != http.StatusOK {
		t.Errorf("a hash in its one spelling: %d %s", a.status, a.body)
	}
}

func TestBadQueries(t *testing.T) {
	h := openHouse(t)
	for query, field := range map[string]string{
		"limit=0": "limit", "limit=201": "limit", "limit=x": "limit", "sort=size": "sort", "status=happy": "status",
		"trusted=maybe": "trusted", "type=toaster": "type", "nonsense=1": "nonsense", "limit=1&limit=2": "limit",
		"user=%zz": "", "cursor=made-up": "cursor", "platform=amiga": "platform", "keyStorage=paper": "keyStorage", "country=pt": "country",
		"riskFrom=x": "riskFrom", "riskFrom=-1": "riskFrom", "riskTo=101": "riskTo", "riskFrom=2&riskTo=1": "riskFrom",
		"seenFrom=today": "seenFrom", "seenFrom=2026-03-02T00:00:00Z&seenTo=2026-03-01T00:00:00Z": "seenFrom",
	} {
		p := h.ask(t, "GET", "/v1/apps/bank/devices?"+query, "", h.asBackend()...).problem(t, query, http.StatusBadRequest, "invalid_request")
		if got, _ := p["field"].(string); field != "" && got != field {
			t.Errorf("%s: the field named is %q, want %q (%v)", query, got, field, p["detail"])
		}
	}
}
