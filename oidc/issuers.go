// Package oidc reads tokens of OpenID providers: ID tokens (OpenID Connect Core §2), JWT
// access tokens (RFC 9068), and opaque ones by introspection (RFC 7662). It finds a
// provider's keys by discovery, keeps them, follows their rotation, and outlives outages.
//
// A token that is no good is refused with the reason. A provider that can't be asked is a
// fault: nobody is admitted by it, and nobody is refused. What a token means for a device is
// for others to say, as is what may be done by who signs in at a provider.
package oidc

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"sync"

	"golang.org/x/sync/singleflight"

	"github.com/symbolon-id/symbolon"
)

// Config is what [New] takes. The zero value will do.
type Config struct {
	Client *http.Client // asks providers; redirects to elsewhere are never followed
	Log    *slog.Logger // hears of providers that can't be asked; nil for nobody
}

// Issuers reads tokens. It may be used from any number of goroutines.
type Issuers struct {
	client *http.Client
	log    *slog.Logger

	mu        sync.Mutex
	providers map[string]*provider // by issuer

	fetches singleflight.Group // by issuer
	asks    singleflight.Group // by what is asked
	turns   turns              // of those about opaque tokens
	answers answers
}

const (
	maxToken     = 16 << 10 // bytes
	maxProviders = 1000     // that are remembered
)

// New makes a reader that knows no provider yet.
func New(c Config) *Issuers {
	o := &Issuers{client: guarded(c.Client), log: c.Log, providers: map[string]*provider{}}
	if o.log == nil {
		o.log = slog.New(slog.DiscardHandler)
	}
	return o
}

// b64token is the form of a bearer (RFC 6750 §2.1). Nothing else is sent to a provider.
var b64token = regexp.MustCompile(`^[A-Za-z0-9._~+/-]+=*$`)

// Open tells who the user is by a token of one of the app's issuers. A token that is no good
// is ErrUnauthenticated, and the message says why; ErrUnavailable says that the issuer can't
// be asked now.
//
// A JWT is for the issuer that it names, and for no other: what that one says of it is final.
// Any other token is shown to the issuers that take such questions, in their order.
func (o *Issuers) Open(ctx context.Context, q symbolon.IssuerQuestion) (symbolon.Assertion, error) {
	switch {
	case len(q.Token) > maxToken:
		return symbolon.Assertion{}, refuse("is longer than %d bytes", maxToken)
	case !b64token.MatchString(q.Token):
		return symbolon.Assertion{}, refuse("is no bearer token by RFC 6750: it holds other characters than A-Z a-z 0-9 - . _ ~ + / =")
	}
	if t, ok := parse(q.Token); ok {
		return o.openJWT(ctx, q, t)
	}
	return o.openOpaque(ctx, q)
}

func (o *Issuers) provider(issuer string) *provider {
	o.mu.Lock()
	defer o.mu.Unlock()
	p := o.providers[issuer]
	if p == nil {
		if len(o.providers) >= maxProviders {
			clear(o.providers)
		}
		p = &provider{issuer: issuer}
		o.providers[issuer] = p
	}
	return p
}

// refuse is for tokens that are no good. The words are for the engineer who has to find out
// why.
func refuse(format string, args ...any) error {
	return symbolon.Errorf(symbolon.ErrUnauthenticated, "the token "+format, args...)
}

// unavailable is for what can't be told now: the caller reads the words, the log the cause.
func unavailable(cause error, format string, args ...any) error {
	return because(symbolon.Errorf(symbolon.ErrUnavailable, format, args...), cause)
}

func because(said *symbolon.Error, cause error) error {
	if cause == nil {
		return said
	}
	return fmt.Errorf("%w: %w", said, cause)
}

// shown is a text of a stranger's, cut for a message.
func shown(s string) string {
	const most = 200
	if len(s) > most {
		s = s[:most] + "…"
	}
	return fmt.Sprintf("%q", s)
}
