package middleware_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/client/middleware"
)

const (
	bank      = symbolon.AppID("bank")
	publicURL = "https://api.example.com"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// clock is the API's. A test turns it.
type clock struct{ at atomic.Pointer[time.Time] }

func clockAt(t time.Time) *clock { c := &clock{}; c.set(t); return c }

func (c *clock) set(t time.Time)        { c.at.Store(&t) }
func (c *clock) now() time.Time         { return *c.at.Load() }
func (c *clock) later(by time.Duration) { c.set(c.now().Add(by)) }

// api is a small API of the app: whoever X-User names is signed in.
type api struct {
	testing.TB
	url  string
	seen atomic.Pointer[middleware.Token] // what the last request that got through was told
}

// serve starts an API whose every path has the requirement.
func serve(t testing.TB, cfg middleware.Config, want middleware.Requirement) *api {
	t.Helper()
	if cfg.User == nil {
		cfg.User = func(r *http.Request) (symbolon.UserID, bool) {
			user := symbolon.UserID(r.Header.Get("X-User"))
			return user, user != ""
		}
	}
	m, err := middleware.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	a := &api{TB: t}
	server := httptest.NewServer(m.Require(want)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, ok := middleware.Device(r.Context())
		if !ok {
			t.Error("the handler is told of no device")
		}
		a.seen.Store(&token)
		if _, err := io.WriteString(w, "welcome"); err != nil {
			t.Error(err)
		}
	})))
	t.Cleanup(server.Close)
	a.url = server.URL
	return a
}

// answer is what came back, with its problem where it is one.
type answer struct {
	status    int
	challenge string // WWW-Authenticate
	header    http.Header
	Code      symbolon.Code
	Detail    string
	Status    int
	Type      string
}

// ask sends a request as alice, with more headers: names and values in turn.
func (a *api) ask(method, path string, headers ...string) answer {
	a.Helper()
	req, err := http.NewRequestWithContext(a.Context(), method, a.url+path, nil)
	if err != nil {
		a.Fatal(err)
	}
	req.Header.Set("X-User", "alice")
	for n := 0; n < len(headers); n += 2 {
		if headers[n] == "X-User" {
			req.Header.Del("X-User")
		}
		req.Header[headers[n]] = append(req.Header[headers[n]], headers[n+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		a.Fatal(err)
	}
	return read(a, resp)
}

func read(t testing.TB, resp *http.Response) answer {
	t.Helper()
	defer resp.Body.Close()
	got := answer{status: resp.StatusCode, challenge: resp.Header.Get("WWW-Authenticate"), header: resp.Header}
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if got.status == http.StatusOK {
		return got
	}
	if err := json.Unmarshal(text, &got); err != nil || resp.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("%d is answered by %q of type %s: %v", got.status, text, resp.Header.Get("Content-Type"), err)
	}
	if got.Status != got.status || got.Detail == "" || !strings.HasSuffix(got.Type, "/problems/"+string(got.Code)) {
		t.Errorf("the problem says %s", text)
	}
	return got
}

// with is ask with a token in the usual header.
func (a *api) with(token string) answer {
	a.Helper()
	return a.ask(http.MethodGet, "/", middleware.DefaultHeader, token)
}

// want holds an answer against a status and the error of its challenge; "" for none.
func (a *api) want(what string, got answer, status int, challenge string) {
	a.Helper()
	said := ""
	if _, rest, found := strings.Cut(got.challenge, `error="`); found {
		said, _, _ = strings.Cut(rest, `"`)
	}
	if got.status != status || said != challenge {
		a.Errorf("%s: %d %s (%s); want %d with the error %q", what, got.status, got.challenge, got.Detail, status, challenge)
	}
}

// issuer stands in for a service: it publishes keys, and signs whatever a test wants.
type issuer struct {
	*httptest.Server
	mu      sync.Mutex
	keys    []signingKey
	fails   bool
	fetches int
}

type signingKey struct {
	id      string
	private ed25519.PrivateKey
}

func newIssuer(t testing.TB) *issuer {
	i := &issuer{}
	i.rotate()
	i.Server = httptest.NewServer(i)
	t.Cleanup(i.Close)
	return i
}

func (i *issuer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.fetches++
	if i.fails || r.URL.Path != "/.well-known/jwks.json" {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	var set jose.JSONWebKeySet
	for _, k := range i.keys {
		set.Keys = append(set.Keys, jose.JSONWebKey{Key: k.private.Public(), KeyID: k.id, Use: "sig", Algorithm: "EdDSA"})
	}
	if err := json.NewEncoder(w).Encode(set); err != nil {
		panic(err)
	}
}

// rotate takes a new key, and forgets the one before.
func (i *issuer) rotate() {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		panic(err)
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.keys = []signingKey{{rand.Text(), private}}
}

func (i *issuer) fail(fails bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.fails = fails
}

func (i *issuer) count() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.fetches
}

func (i *issuer) key() signingKey {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.keys[0]
}

type claims = map[string]any

// claims are those of a good token at noon, but for what the test changes; nil takes a
// claim away.
func (i *issuer) claims(other claims) claims {
	all := claims{
		"iss": i.URL, "aud": "bank", "sub": "alice", "iat": noon.Unix(), "exp": noon.Add(5 * time.Minute).Unix(),
		"device_id": "phone", "cnf": claims{"jkt": "a thumbprint"}, "amr": []string{"pop", "swk"},
		"trusted": true, "risk": 7, "recommendation": "TRUST",
	}
	for name, value := range other {
		if all[name] = value; value == nil {
			delete(all, name)
		}
	}
	return all
}

// token signs claims as the service does.
func (i *issuer) token(t testing.TB, other claims) string {
	t.Helper()
	key := i.key()
	return sign(t, pen{jose.EdDSA, key.private, "device+jwt", key.id}, i.claims(other))
}

// pen is what a token is signed with, and what its header says of that.
type pen struct {
	alg jose.SignatureAlgorithm
	key any
	typ jose.ContentType
	kid string
}

// sign signs anything with anything.
func sign(t testing.TB, p pen, c claims) string {
	t.Helper()
	options := (&jose.SignerOptions{}).WithHeader("kid", p.kid)
	if p.typ != "" {
		options.WithType(p.typ)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: p.alg, Key: p.key}, options)
	if err != nil {
		t.Fatal(err)
	}
	text, err := jwt.Signed(signer).Claims(c).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return text
}
