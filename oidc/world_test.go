package oidc_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/oidc"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// key is a provider's private key, as it signs with it.
type key struct {
	private crypto.Signer
	alg     jose.SignatureAlgorithm
	kid     string
}

func newKey(t *testing.T, alg jose.SignatureAlgorithm, kid string) key {
	t.Helper()
	var private crypto.Signer
	var err error
	switch alg {
	case jose.EdDSA:
		_, private, err = ed25519.GenerateKey(rand.Reader)
	case jose.ES384:
		private, err = ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	case jose.RS256, jose.PS256:
		private, err = rsa.GenerateKey(rand.Reader, 2048)
	default:
		private, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	}
	must(t, err)
	return key{private, alg, kid}
}

func (k key) public() jose.JSONWebKey {
	return jose.JSONWebKey{Key: k.private.Public(), KeyID: k.kid, Use: "sig"}
}

// provider is an OpenID provider that does as the test says.
type provider struct {
	*httptest.Server
	t *testing.T

	mu       sync.Mutex
	keys     []jose.JSONWebKey
	headers  http.Header      // of the key set
	document map[string]any   // what the discovery document has instead
	before   http.HandlerFunc // answers instead, if it answers
	active   map[string]any   // by token: what introspection says
	asked    map[string]int   // by path
	question url.Values       // the last, with who asked
}

func newProvider(t *testing.T, keys ...key) *provider {
	t.Helper()
	p := &provider{t: t, document: map[string]any{}, headers: http.Header{}, active: map[string]any{}, asked: map[string]int{}}
	p.publish(keys...)
	p.Server = httptest.NewServer(p)
	t.Cleanup(p.Close)
	return p
}

// publish sets the keys that the provider has from now on.
func (p *provider) publish(keys ...key) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keys = []jose.JSONWebKey{}
	for _, k := range keys {
		p.keys = append(p.keys, k.public())
	}
}

// instead lets something else answer; nil lets the provider answer again.
func (p *provider) instead(h http.HandlerFunc) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.before = h
}

func (p *provider) isDown() {
	p.instead(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
}

// count is how often the path was asked for.
func (p *provider) count(path string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked[path]
}

const (
	discovery  = "/.well-known/openid-configuration"
	keySet     = "/keys"
	introspect = "/introspect"
)

func (p *provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.asked[r.URL.Path]++
	before := p.before
	p.mu.Unlock()
	if before != nil {
		before(w, r)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	switch r.URL.Path {
	case discovery:
		doc := map[string]any{"issuer": p.URL, "jwks_uri": p.URL + keySet, "introspection_endpoint": p.URL + introspect}
		maps.Copy(doc, p.document)
		answer(w, doc)
	case keySet:
		maps.Copy(w.Header(), p.headers)
		answer(w, jose.JSONWebKeySet{Keys: p.keys})
	case introspect:
		p.tell(w, r)
	default:
		http.NotFound(w, r)
	}
}

func answer(w http.ResponseWriter, said any) {
	json.NewEncoder(w).Encode(said) //nolint:errcheck // who left has no use for it
}

func (p *provider) tell(w http.ResponseWriter, r *http.Request) {
	id, secret, _ := r.BasicAuth()
	if r.ParseForm() != nil || r.Method != http.MethodPost || id != "symbolon%3A1" || secret != "s%2Fe+c" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	p.question = r.PostForm
	said := p.active[r.PostForm.Get("token")]
	if said == nil {
		said = map[string]any{"active": false, "sub": "ada"}
	}
	answer(w, said)
}

// listed is how the app lists the provider.
func (p *provider) listed(edits ...func(*symbolon.Issuer)) symbolon.Issuer {
	i := symbolon.Issuer{Issuer: p.URL, Audiences: []string{"app", "api"}}
	for _, edit := range edits {
		edit(&i)
	}
	return i
}

// claims are those of a good token, with changes; nil takes one away.
func (p *provider) claims(changes map[string]any) map[string]any {
	c := map[string]any{
		"iss": p.URL, "aud": "app", "sub": "ada", "iat": noon.Add(-time.Minute).Unix(), "exp": noon.Add(time.Hour).Unix(),
	}
	for name, value := range changes {
		if c[name] = value; value == nil {
			delete(c, name)
		}
	}
	return c
}

// sign makes a token; header pairs are added, of which an empty typ leaves it out.
func sign(t *testing.T, k key, claims map[string]any, header ...string) string {
	t.Helper()
	opts := (&jose.SignerOptions{}).WithType("JWT")
	if k.kid != "" {
		opts = opts.WithHeader("kid", k.kid)
	}
	for i := 0; i < len(header); i += 2 {
		opts = opts.WithHeader(jose.HeaderKey(header[i]), header[i+1])
		if header[i+1] == "" {
			delete(opts.ExtraHeaders, jose.HeaderKey(header[i]))
		}
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: k.alg, Key: k.private}, opts)
	must(t, err)
	text, err := jwt.Signed(signer).Claims(claims).Serialize()
	must(t, err)
	return text
}

// reader is the service's side: an app with issuers, at a moment that the test moves.
type reader struct {
	t       *testing.T
	issuers *oidc.Issuers
	listed  []symbolon.Issuer
	now     time.Time
}

func newReader(t *testing.T, listed ...symbolon.Issuer) *reader {
	must(t, symbolon.CheckIssuers(listed))
	return &reader{t, oidc.New(oidc.Config{}), listed, noon}
}

func (r *reader) pass(d time.Duration) { r.now = r.now.Add(d) }

func (r *reader) open(token string) (symbolon.Assertion, error) {
	return r.issuers.Open(r.t.Context(), symbolon.IssuerQuestion{App: "bank", Issuers: r.listed, Token: token, Now: r.now})
}

// admits wants the token to be good.
func (r *reader) admits(what, token string) symbolon.Assertion {
	r.t.Helper()
	a, err := r.open(token)
	if err != nil {
		r.t.Errorf("%s: %v", what, err)
	}
	return a
}

// refuses wants the token refused with a message that holds the words.
func (r *reader) refuses(what, token, words string) {
	r.t.Helper()
	_, err := r.open(token)
	r.is(what, err, symbolon.ErrUnauthenticated, words)
}

// cantTell wants a fault that is neither yes nor no.
func (r *reader) cantTell(what, token, words string) {
	r.t.Helper()
	_, err := r.open(token)
	r.is(what, err, symbolon.ErrUnavailable, words)
}

func (r *reader) is(what string, err error, code symbolon.Code, words string) {
	r.t.Helper()
	var own *symbolon.Error
	if !errors.As(err, &own) || own.Code != code || !strings.Contains(own.Message, words) {
		r.t.Errorf("%s: %v; want %s with %q", what, err, code, words)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
