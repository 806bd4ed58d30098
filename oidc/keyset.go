package oidc

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/json"

	"github.com/go-jose/go-jose/v4"
)

const (
	maxKeys   = 100  // of a set; what comes after them is left out
	maxTries  = 10   // keys that are tried where a token names none
	minRSABit = 2048 // RFC 7518 §3.3
)

// usable are the keys of a set that may verify tokens (RFC 7517 §4). What is for other uses
// or of other kinds is no fault of the set.
func (o *Issuers) usable(issuer string, set []json.RawMessage) (keys []jose.JSONWebKey) {
	for _, text := range set[:min(len(set), maxKeys)] {
		var k jose.JSONWebKey
		if json.Unmarshal(text, &k) != nil || !k.Valid() || !k.IsPublic() || k.Use != "" && k.Use != "sig" {
			continue
		}
		if r, ok := k.Key.(*rsa.PublicKey); ok && r.N.BitLen() < minRSABit {
			o.log.Warn("an issuer publishes an RSA key that is too short to be used", "issuer", issuer, "kid", k.KeyID, "bits", r.N.BitLen())
			continue
		}
		keys = append(keys, k)
	}
	return keys
}

// fits tells whether the key is one for the algorithm (RFC 7518 §3.1, RFC 8037 §3.1).
func fits(k jose.JSONWebKey, alg string) bool {
	if k.Algorithm != "" && k.Algorithm != alg {
		return false
	}
	switch public := k.Key.(type) {
	case *rsa.PublicKey:
		return alg[:2] == "RS" || alg[:2] == "PS"
	case *ecdsa.PublicKey:
		return curves[alg] == public.Curve.Params().BitSize
	case ed25519.PublicKey:
		return alg == string(jose.EdDSA)
	}
	return false
}

var curves = map[string]int{"ES256": 256, "ES384": 384, "ES512": 521}

// candidates are the keys that may have signed the token. named tells that the set holds
// the key that the token names; then no newer one did.
func (t token) candidates(keys []jose.JSONWebKey) (fitting []jose.JSONWebKey, named bool) {
	kid := t.keyID()
	for _, k := range keys {
		if kid != "" && k.KeyID != "" && k.KeyID != kid {
			continue
		}
		named = named || kid != "" && k.KeyID == kid
		if fits(k, t.algorithm()) && len(fitting) < maxTries {
			fitting = append(fitting, k)
		}
	}
	return fitting, named
}
