package middleware

import (
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/client"
)

// DefaultHeader is where device tokens come, if [Config] says nothing else.
const DefaultHeader = "Symbolon-Device-Token"

// DPoPMode says what becomes of proofs for single requests (RFC 9449).
type DPoPMode string

// The modes. With DPoPOff nobody looks at proofs, nor at Authorization: DPoP, which may
// then be the app's own. With DPoPOptional a request that carries a proof is held to it.
const (
	DPoPOff      DPoPMode = "off"
	DPoPOptional DPoPMode = "optional"
	DPoPRequired DPoPMode = "required"
)

// Config is what a Middleware is made of. Issuer, App and User must be set.
type Config struct {
	Issuer string         // the service's public URL, exactly as its tokens have it in iss
	App    symbolon.AppID // tokens for other apps don't count
	// User is who is signed in, by the app's own means; false where nobody is. It is asked
	// once for each request.
	User func(*http.Request) (symbolon.UserID, bool)

	Header    string   // where tokens come without Authorization: DPoP; "" for DefaultHeader. One of its own: neither Authorization nor DPoP
	KeysURL   string   // where the service's keys are; "" for Issuer's /.well-known/jwks.json
	DPoP      DPoPMode // "" for DPoPOff
	PublicURL string   // what clients write before the path that this server sees; needed for DPoP
	NonceKey  []byte   // at least 32 bytes that replicas share; nil for random ones
	Replays   Replays  // remembers the proofs that were used; nil for the memory of this process

	Live       *client.Client // asks, for each request, how the device stands now; its key needs the scope decisions. nil to rely on tokens
	HTTPClient *http.Client   // fetches the keys; nil for one with a timeout of 5 seconds
	Log        *slog.Logger   // hears why something could not be decided; nil discards
	Now        func() time.Time
}

// Middleware guards handlers. It may be used from any number of goroutines.
type Middleware struct {
	cfg    Config
	keys   *keys
	nonces nonces
}

// New checks the configuration; the keys are fetched when the first token comes. The error
// names the setting at fault.
func New(cfg Config) (*Middleware, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	cfg.fill()
	return &Middleware{cfg: cfg, keys: newKeys(cfg), nonces: nonces{cfg.NonceKey}}, nil
}

func (c *Config) check() error {
	if !isBaseURL(c.Issuer) {
		return errors.New("middleware: Issuer must be the service's public URL, such as https://symbolon.example")
	}
	if _, err := symbolon.ParseAppID(string(c.App)); err != nil {
		return fmt.Errorf("middleware: App: %w", err)
	}
	if c.User == nil {
		return errors.New("middleware: User must tell who is signed in: a token is no login")
	}
	if c.KeysURL != "" && !isBaseURL(c.KeysURL) {
		return errors.New("middleware: KeysURL must be an http or https URL without query")
	}
	// Authorization is read for its scheme, and DPoP holds the proof: a token there would be
	// taken for two, or for what it is not.
	if name := textproto.CanonicalMIMEHeaderKey(c.Header); name == "Authorization" || name == "Dpop" {
		return fmt.Errorf("middleware: Header must be one of its own, such as %s; %s has another use", DefaultHeader, name)
	}
	if c.Live != nil && c.Live.App() != c.App {
		return fmt.Errorf("middleware: Live must be a client of the app %s; it is one of %q", c.App, c.Live.App())
	}
	return c.checkDPoP()
}

func (c *Config) checkDPoP() error {
	switch c.DPoP {
	case "", DPoPOff, DPoPOptional, DPoPRequired:
	default:
		return fmt.Errorf("middleware: DPoP must be off, optional or required; got %q", string(c.DPoP))
	}
	// The request's Host is its sender's word, so that a proof for another server could be
	// passed off as one for this.
	if needed := c.DPoP == DPoPOptional || c.DPoP == DPoPRequired; (needed || c.PublicURL != "") && !isBaseURL(c.PublicURL) {
		return errors.New("middleware: PublicURL must be the URL under which clients reach this API, such as https://api.example.com")
	}
	if c.NonceKey != nil && len(c.NonceKey) < 32 {
		return fmt.Errorf("middleware: NonceKey must have at least 32 bytes; it has %d", len(c.NonceKey))
	}
	return nil
}

func (c *Config) fill() {
	if c.Header == "" {
		c.Header = DefaultHeader
	}
	c.Header = textproto.CanonicalMIMEHeaderKey(c.Header)
	if c.KeysURL == "" {
		c.KeysURL = strings.TrimSuffix(c.Issuer, "/") + "/.well-known/jwks.json"
	}
	if c.DPoP == "" {
		c.DPoP = DPoPOff
	}
	if c.NonceKey == nil {
		c.NonceKey = make([]byte, 32)
		rand.Read(c.NonceKey) // never fails since Go 1.24
	}
	if c.Replays == nil {
		c.Replays = NewReplayMemory(0)
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
}

func isBaseURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil &&
		u.RawQuery == "" && !u.ForceQuery && u.Fragment == ""
}
