package oidc

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/symbolon-id/symbolon"
)

// token is a JWT that nobody has verified yet.
type token struct {
	text   string
	header claims // JOSE (RFC 7515 §4.1); keys in it are not looked at
	claims claims
}

// parse takes a signed JWT apart, also one without a signature. It is false for anything
// else: such a bearer is opaque.
func parse(text string) (t token, ok bool) {
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return token{}, false
	}
	t.text = text
	return t, decode(parts[0], &t.header) && decode(parts[1], &t.claims) && t.header != nil && t.claims != nil
}

func (t token) algorithm() string { s, _ := t.header.text("alg"); return s }

func (t token) keyID() string { s, _ := t.header.text("kid"); return s }

// kind is the type that the header names, or "".
func (t token) kind() string { s, _ := t.header.text("typ"); return strings.ToLower(s) }

func decode(part string, into any) bool {
	text, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return false
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	return d.Decode(into) == nil && !d.More()
}

// types of headers with which ID tokens and access tokens come (RFC 9068 §2.1). Others are
// of tokens that say something else: a logout, a proof, a device.
var types = []string{"jwt", "at+jwt", "application/at+jwt"}

func (o *Issuers) openJWT(ctx context.Context, q symbolon.IssuerQuestion, t token) (symbolon.Assertion, error) {
	i, err := t.issuer(q.Issuers)
	if err != nil {
		return symbolon.Assertion{}, err
	}
	r := reading{q, i, t.claims, t.isAccessToken()}
	if err := t.validate(i); err != nil {
		return symbolon.Assertion{}, err
	}
	if err := r.validate(); err != nil { // before the signature: for such a token no key is asked for
		return symbolon.Assertion{}, err
	}
	if err := o.verify(ctx, q, i, t); err != nil {
		return symbolon.Assertion{}, err
	}
	return r.assertion()
}

// issuer is the one that the token names; nobody vouches for that yet. Keys of another one
// are never tried.
func (t token) issuer(listed []symbolon.Issuer) (symbolon.Issuer, error) {
	name, ok := t.claims.text("iss")
	if !ok {
		return symbolon.Issuer{}, refuse("is a JWT that names no issuer (iss)")
	}
	for _, i := range listed {
		if i.Issuer == name {
			return i, nil
		}
	}
	return symbolon.Issuer{}, refuse("is by the issuer %s, which the app does not list; the text must be equal, with each slash", shown(name))
}

// validate looks at what the header says (RFC 8725 §3.1, §3.11).
func (t token) validate(i symbolon.Issuer) error {
	switch {
	case t.header.has("crit"):
		return refuse("has a critical header (crit), and none is understood here")
	case t.header.has("typ") && !slices.Contains(types, t.kind()):
		return refuse("is of the type %s; ID tokens and access tokens have the type JWT or at+jwt, or none", shown(t.kind()))
	case !slices.Contains(i.Signatures(), t.algorithm()):
		return refuse("is signed by the algorithm %s; the app takes %s from this issuer", shown(t.algorithm()), strings.Join(i.Signatures(), ", "))
	}
	return nil
}

// verify holds the signature against the issuer's keys (RFC 7515 §5.2). Where no key of the
// set can be the one, the issuer may have a newer, unless the token is older than the set.
func (o *Issuers) verify(ctx context.Context, q symbolon.IssuerQuestion, i symbolon.Issuer, t token) error {
	signed, err := jose.ParseSignedCompact(t.text, []jose.SignatureAlgorithm{jose.SignatureAlgorithm(t.algorithm())})
	if err != nil {
		return refuse("is no JWS by RFC 7515")
	}
	p := o.provider(i.Issuer)
	said, fresh, err := o.published(ctx, p, q.Now)
	if err != nil {
		return err
	}
	good, known := t.signedBy(signed, said.keys)
	if !good && !known && !fresh && !t.issuedBefore(said.readAt.Add(-i.ClockLeeway())) {
		if said, err = o.renewed(ctx, p, q.Now); err != nil {
			return err
		}
		good, known = t.signedBy(signed, said.keys)
	}
	switch {
	case good:
		return nil
	case known, t.keyID() == "":
		return refuse("has a signature by %s that none of its issuer's keys made", t.algorithm())
	}
	return refuse("is signed by a key %s that its issuer does not publish, or not as one for signatures", shown(t.keyID()))
}

// signedBy tells whether one of the keys signed the token; known, that the set holds the
// key that it names.
func (t token) signedBy(signed *jose.JSONWebSignature, keys []jose.JSONWebKey) (good, known bool) {
	fitting, known := t.candidates(keys)
	for _, k := range fitting {
		if _, err := signed.Verify(k.Key); err == nil {
			return true, true
		}
	}
	return false, known
}

// issuedBefore tells whether the token says that it was issued before then.
func (t token) issuedBefore(then time.Time) bool {
	at, there, err := t.claims.moment("iat")
	return err == nil && there && at.Before(then)
}

// isAccessToken tells a token that says that it is an access token: by RFC 9068 §2.1, as
// Amazon Cognito does, or as Keycloak does. A scope says nothing: some ID tokens have one.
func (t token) isAccessToken() bool {
	use, _ := t.claims.text(tokenUse)
	kind, _ := t.claims.text("typ")
	return strings.HasSuffix(t.kind(), "at+jwt") || use == access || use == accessOnly || strings.EqualFold(kind, bearerOnly)
}
