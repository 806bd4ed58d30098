package symbolontest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/client"
)

// Provider is a fake OpenID provider, for apps whose users come with its tokens: discovery,
// a key, ID tokens, opaque tokens and introspection. Nobody has to sign in at it.
type Provider struct {
	URL string // also its identifier

	server *httptest.Server
	client string // whom its tokens are for
	secret string // of whoever may introspect
	key    *ecdsa.PrivateKey

	mu     sync.Mutex
	opaque map[string]map[string]any
	asked  int
}

const (
	providerKeyID   = "the-provider's-key"
	introspectingID = "symbolon"
)

// NewProvider starts a provider whose tokens are for the client id. It ends with the test.
func NewProvider(tb testing.TB, clientID string) *Provider {
	tb.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(tb, err)
	p := &Provider{client: clientID, secret: rand.Text() + " &%+", key: key, opaque: map[string]map[string]any{}}
	p.server = httptest.NewServer(p)
	p.URL = p.server.URL
	tb.Cleanup(p.Close)
	return p
}

// Close ends the provider, as an outage does.
func (p *Provider) Close() { p.server.Close() }

// Asked is how many requests the provider has had.
func (p *Provider) Asked() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked
}

// Issuer is how an app lists the provider: amr otp is a second factor, and opaque tokens are
// asked about.
func (p *Provider) Issuer() symbolon.Issuer {
	return symbolon.Issuer{
		Issuer: p.URL, Audiences: []string{p.client}, Factor: map[string][]string{"amr": {"otp"}},
		Introspection: &symbolon.Introspector{ClientID: introspectingID, ClientSecret: p.secret},
	}
}

// ListAt makes the provider the app's only one.
func (p *Provider) ListAt(tb testing.TB, app App) {
	tb.Helper()
	_, err := app.Admin.UpdateApp(tb.Context(), symbolon.AppPatch{Issuers: &[]symbolon.Issuer{p.Issuer()}}, client.AnyVersion)
	must(tb, err)
}

// Token is an ID token that counts for an hour and says that the user has just signed in
// with a second factor, but for claims that are changed.
func (p *Provider) Token(tb testing.TB, user symbolon.UserID, changes map[string]any) string {
	tb.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: p.key}, (&jose.SignerOptions{}).WithHeader("kid", providerKeyID))
	must(tb, err)
	text, err := jwt.Signed(signer).Claims(p.claims(user, changes)).Serialize()
	must(tb, err)
	return text
}

// OpaqueToken is a token that says nothing by itself, and the same as Token when the provider
// is asked.
func (p *Provider) OpaqueToken(user symbolon.UserID, changes map[string]any) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	token := rand.Text()
	p.opaque[token] = p.claims(user, changes)
	p.opaque[token]["active"] = true
	return token
}

func (p *Provider) claims(user symbolon.UserID, changes map[string]any) map[string]any {
	now := time.Now()
	claims := map[string]any{
		"iss": p.URL, "aud": p.client, "sub": user, "amr": []string{"pwd", "otp"},
		"auth_time": now.Unix(), "iat": now.Unix(), "exp": now.Add(time.Hour).Unix(),
	}
	maps.Copy(claims, changes)
	return claims
}

// ServeHTTP implements http.Handler.
func (p *Provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked++
	var said any
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		said = map[string]string{"issuer": p.URL, "jwks_uri": p.URL + "/keys", "introspection_endpoint": p.URL + "/introspect"}
	case "/keys":
		said = jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: p.key.Public(), KeyID: providerKeyID, Use: "sig"}}}
	case "/introspect":
		id, secret, _ := r.BasicAuth()
		if id != introspectingID || secret != url.QueryEscape(p.secret) {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		said = map[string]bool{"active": false}
		if claims, ok := p.opaque[r.PostFormValue("token")]; ok {
			said = claims
		}
	default:
		w.WriteHeader(http.StatusNotFound)
		return
	}
	json.NewEncoder(w).Encode(said) //nolint:errcheck // who left has no use for it
}
