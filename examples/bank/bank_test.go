package bank_test

import (
	"bytes"
	"encoding/base32"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/client"
	"github.com/symbolon-id/symbolon/examples/bank"
	"github.com/symbolon-id/symbolon/proof"
	"github.com/symbolon-id/symbolon/symbolontest"
)

// house is a bank in front of a real Symbolon, with a clock of its own.
type house struct {
	url  string
	app  symbolontest.App
	now  time.Time
	used map[symbolon.UserID]int64 // the counter of the last code that a customer's phone gave
}

func openHouse(t *testing.T) *house {
	t.Helper()
	app := symbolontest.Start(t).NewApp(t)
	app.SetPolicy(t, string(bank.Policy))
	return openBank(t, app, app.Backend)
}

// openBank opens a bank whose backend reaches Symbolon by the client. Its page may pretend to
// be at the places, of which the first is home.
func openBank(t *testing.T, app symbolontest.App, backend *client.Client, places ...bank.Place) *house {
	t.Helper()
	s := httptest.NewUnstartedServer(nil)
	h := &house{app: app, now: time.Now(), used: map[symbolon.UserID]int64{}, url: "http://" + s.Listener.Addr().String()}
	b, err := bank.New(bank.Config{
		Symbolon: backend, App: app.ID, ServiceURL: "http://127.0.0.1:8080",
		Origin: h.url, OtherOrigin: "http://localhost:8082", Places: places,
		Pages: fstest.MapFS{"index.html": {Data: []byte("the bank")}, "staff.html": {Data: []byte("the desk")}},
		Now:   func() time.Time { return h.now },
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Config.Handler = b
	s.Start()
	t.Cleanup(s.Close)
	return h
}

// code is what the customer's phone shows; the clock moves on, so that each is new.
func (h *house) code(t *testing.T, user symbolon.UserID) string {
	t.Helper()
	for _, l := range bank.Logins() {
		if l.User != user {
			continue
		}
		secret, err := base32.StdEncoding.DecodeString(l.Secret)
		if err != nil {
			t.Fatal(err)
		}
		if h.used[user] == h.now.Unix()/30 {
			h.now = h.now.Add(30 * time.Second)
		}
		h.used[user] = h.now.Unix() / 30
		return bank.TOTP(secret, h.used[user])
	}
	t.Fatalf("nobody is called %s", user)
	return ""
}

// browser is one profile of a browser, with a key where it has one.
type browser struct {
	h    *house
	http *http.Client
	key  *symbolontest.Device
	user symbolon.UserID
}

func (h *house) browser(t *testing.T, user symbolon.UserID) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{h: h, http: &http.Client{Jar: jar}, user: user, key: symbolontest.NewDevice(t, h.app, proof.ES256)}
}

// body is a request's JSON.
type body map[string]any

// heard is what the bank answered.
type heard struct {
	Status  int
	Header  http.Header
	Problem struct{ Code, Message string }
	Answer  struct {
		Stage, Next, Ticket string
		TrustedUntil        *time.Time
		Accounts            []struct{ Balance int64 }
		Items               []symbolon.Device
	}
	Activity []struct {
		Kind, Action string
		OK           bool
		Decision     struct {
			Recommendation, ProofResult string
			TrustEnded                  bool
			Risk                        symbolon.Risk
			Place                       symbolon.Place
		}
	}
	Raw string
}

func (b *browser) ask(t *testing.T, method, path string, content any, headers ...string) heard {
	t.Helper()
	text, isText := content.(string)
	if !isText {
		encoded, err := json.Marshal(content)
		if err != nil {
			t.Fatal(err)
		}
		text = string(encoded)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, b.h.url+path, strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("User-Agent", onLinux)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	if host := r.Header.Get("Host"); host != "" {
		r.Host = host
	}
	res, err := b.http.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	a := heard{Status: res.StatusCode, Header: res.Header, Raw: string(raw)}
	if strings.HasPrefix(res.Header.Get("Content-Type"), "application/json") {
		if err := json.NewDecoder(bytes.NewReader(raw)).Decode(&a); err != nil {
			t.Fatalf("%s %s answers no JSON: %s", method, path, raw)
		}
	}
	return a
}

func (b *browser) post(t *testing.T, path string, content any) heard {
	t.Helper()
	return b.ask(t, http.MethodPost, "/api/"+path, content)
}

// proof signs a fresh challenge for the action.
func (b *browser) proof(t *testing.T, action, payload string) string {
	t.Helper()
	s := symbolontest.Statement{User: b.user, Action: action}
	if payload != "" {
		s.PayloadHash = proof.HashPayload([]byte(payload))
	}
	p, err := b.key.Prove(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (b *browser) password(t *testing.T) heard {
	t.Helper()
	for _, l := range bank.Logins() {
		if l.User == b.user {
			return b.post(t, "sign-in/password", body{"user": b.user, "password": l.Password})
		}
	}
	t.Fatalf("nobody is called %s", b.user)
	return heard{}
}

// signIn gives password, proof and code, and registers the browser where it gets a ticket.
func (b *browser) signIn(t *testing.T, trust string) {
	t.Helper()
	b.password(t).says(t, "")
	content := body{"code": b.h.code(t, b.user), "proof": b.proof(t, "login", "")}
	if trust != "" {
		content["trust"] = trust
	}
	a := b.post(t, "sign-in/code", content)
	a.says(t, "")
	if a.Answer.Ticket == "" {
		return
	}
	if _, err := b.key.Register(t.Context(), a.Answer.Ticket); err != nil {
		t.Fatal(err)
	}
}

func (b *browser) view(t *testing.T) heard {
	t.Helper()
	return b.post(t, "accounts", body{"proof": b.proof(t, "view", "")})
}

// says fails the test where the answer's problem is another than the code, "" for none.
func (a heard) says(t *testing.T, code string) heard {
	t.Helper()
	if a.Problem.Code != code || (code == "") != (a.Status == http.StatusOK) {
		t.Fatalf("want the problem %q, got %d %s", code, a.Status, a.Raw)
	}
	return a
}

// tells is the activity's kinds, in order.
func (a heard) tells() []string {
	var kinds []string
	for _, n := range a.Activity {
		kinds = append(kinds, n.Kind)
	}
	return kinds
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Fatalf("%s: got %v, want %v", what, got, want)
	}
}

func same(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Fatalf("%s: got %v, want %v", what, got, want)
	}
}
