package registry

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"strconv"

	"github.com/symbolon-id/symbolon"
)

// Issuers reads tokens of the OIDC issuers that apps list.
type Issuers interface {
	// Open gives what the token says. A token that is no good is ErrUnauthenticated, and says
	// why; where its issuer can't be asked, that is ErrUnavailable, never a refusal.
	Open(ctx context.Context, q symbolon.IssuerQuestion) (symbolon.Assertion, error)
}

// noIssuers is for programs that ask none.
type noIssuers struct{}

func (noIssuers) Open(context.Context, symbolon.IssuerQuestion) (symbolon.Assertion, error) {
	return symbolon.Assertion{}, symbolon.Errorf(symbolon.ErrUnauthenticated, "this service reads no tokens of OIDC issuers")
}

// issuersToStore are the issuers of a request, with their secrets sealed. A secret that is
// absent is the one that is stored, as long as it would go to where it went before: whoever
// may change an app must not learn it.
func (r *Registry) issuersToStore(app symbolon.AppID, wanted, stored []symbolon.Issuer) ([]symbolon.Issuer, error) {
	if err := symbolon.CheckIssuers(wanted); err != nil {
		return nil, err
	}
	out := make([]symbolon.Issuer, len(wanted))
	for n, i := range wanted {
		if i.Introspection != nil {
			in := *i.Introspection
			secret := in.ClientSecret
			if secret == "" {
				secret = r.secretOf(app, i, stored)
			}
			if secret == "" {
				return nil, symbolon.InvalidField("issuers["+strconv.Itoa(n)+"].introspection.clientSecret",
					"must be given: none is stored for this issuer, endpoint and clientId, or it can't be read with the service's present secrets")
			}
			in.Sealed, in.ClientSecret = r.secrets.current().seal(secret, sealedFor(app, i)), ""
			i.Introspection = &in
		}
		out[n] = i
	}
	return out, nil
}

// secretOf is the secret that is stored for the same issuer, endpoint and client, or "".
func (r *Registry) secretOf(app symbolon.AppID, wanted symbolon.Issuer, stored []symbolon.Issuer) string {
	for _, i := range stored {
		if i.Issuer != wanted.Issuer || i.Introspection == nil ||
			i.Introspection.Endpoint != wanted.Introspection.Endpoint || i.Introspection.ClientID != wanted.Introspection.ClientID {
			continue
		}
		if secret, err := r.secrets.unseal(i.Introspection.Sealed, sealedFor(app, i)); err == nil {
			return secret
		}
	}
	return ""
}

// openIssuers are the app's issuers with their secrets in the clear. One that can't be read
// stays empty: then that issuer can't be asked about opaque tokens, and all else goes on.
func (r *Registry) openIssuers(a symbolon.App) []symbolon.Issuer {
	out := make([]symbolon.Issuer, len(a.Issuers))
	for n, i := range a.Issuers {
		if i.Introspection != nil {
			in := *i.Introspection
			secret, err := r.secrets.unseal(in.Sealed, sealedFor(a.ID, i))
			if err != nil {
				r.log.Error("the secret for introspection can't be read with the service's present secrets; set it again", "app", a.ID, "issuer", i.Issuer)
			}
			in.ClientSecret = secret
			i.Introspection = &in
		}
		out[n] = i
	}
	return out
}

// loggedIssuer is what the log tells of an issuer: all but the secret, and whether that is
// another than before.
type loggedIssuer struct {
	symbolon.Issuer
	SecretChanged bool `json:"secretChanged,omitempty"`
}

func (r *Registry) issuersToLog(app symbolon.AppID, now, before []symbolon.Issuer) []loggedIssuer {
	out := make([]loggedIssuer, len(now))
	for n, i := range now {
		out[n].Issuer = i
		if i.Introspection == nil {
			continue
		}
		in := *i.Introspection
		in.ClientSecret, in.Sealed = "", nil
		out[n].Introspection = &in
		out[n].SecretChanged = r.secretOf(app, i, now) != r.secretOf(app, i, before)
	}
	return out
}

// sealedFor is what a sealed secret is bound to: put elsewhere, it does not open.
func sealedFor(app symbolon.AppID, i symbolon.Issuer) []byte {
	return framed(string(app), i.Issuer, i.Introspection.ClientID)
}

var errSealed = errors.New("registry: what is sealed can't be opened with the present secrets")

// seal encrypts a text by AES-256-GCM under a random nonce, which comes first.
func (s secret) seal(text string, boundTo []byte) []byte {
	nonce := make([]byte, s.sealer.NonceSize())
	rand.Read(nonce)
	return s.sealer.Seal(nonce, nonce, []byte(text), boundTo)
}

// unseal opens what the current secret or an earlier one sealed.
func (s secrets) unseal(sealed, boundTo []byte) (string, error) {
	for _, one := range s {
		if size := one.sealer.NonceSize(); len(sealed) > size {
			if text, err := one.sealer.Open(nil, sealed[:size], sealed[size:], boundTo); err == nil {
				return string(text), nil
			}
		}
	}
	return "", errSealed
}

func newSealer(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // only for keys of another length
	}
	sealer, err := cipher.NewGCM(block)
	if err != nil {
		panic(err) // only for other block sizes
	}
	return sealer
}
