package proof

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
	"slices"
)

// PublicKey is a validated public key together with the one algorithm that it may be
// used with. It is immutable and safe for concurrent use.
type PublicKey struct {
	algorithm Algorithm
	material  material
}

// material is what differs between the kinds of keys; each kind has a file of its own.
type material interface {
	bits() int
	// members is the JSON object of the required members, in order of their names and
	// without white space: the input of a thumbprint.
	members() string
	// fits reports whether checking this signature takes this key's full work.
	fits(signature []byte) bool
	verify(signed, signature []byte) bool
}

// NewPublicKey returns the key as a device's own library holds it: an *ecdsa.PublicKey,
// ed25519.PublicKey or *rsa.PublicKey. An RSA key needs alg, for others it may be "".
// The errors are those of [ParseJWK].
func NewPublicKey(key crypto.PublicKey, alg Algorithm) (*PublicKey, error) {
	switch key := key.(type) {
	case *ecdsa.PublicKey:
		return describeP256(key).publicKey(alg)
	case ed25519.PublicKey:
		return describeEd25519(key).publicKey(alg)
	case *rsa.PublicKey:
		return describeRSA(key).publicKey(alg)
	}
	return nil, fmt.Errorf("%w: a %T; allowed are ECDSA, Ed25519 and RSA public keys", ErrKey, key)
}

// Algorithm returns the one algorithm that this key may be used with.
func (k *PublicKey) Algorithm() Algorithm { return k.algorithm }

// Bits returns the key's size: 256 for the curves, the modulus' length for RSA.
func (k *PublicKey) Bits() int { return k.material.bits() }

// Thumbprint returns the base64url SHA-256 of the key's required members (RFC 7638),
// 43 characters. It does not tell PS256 from RS256.
func (k *PublicKey) Thumbprint() string {
	sum := sha256.Sum256([]byte(k.material.members()))
	return base64url.EncodeToString(sum[:])
}

// JWK returns the key's one canonical form (RFC 7517): "alg" and the required members,
// in order of their names. [ParseJWK] reads it back.
func (k *PublicKey) JWK() []byte {
	return []byte(`{"alg":"` + string(k.algorithm) + `",` + k.material.members()[1:])
}

// Equal reports whether both are the same key with the same algorithm.
func (k *PublicKey) Equal(other *PublicKey) bool {
	if k == nil || other == nil {
		return k == other
	}
	return k.algorithm == other.algorithm && k.material.members() == other.material.members()
}

// pin settles the algorithm of a key: the caller's and the key's own must agree, and the
// kind of key must be made for it.
func pin(alg Algorithm, j *jwk, able ...Algorithm) (Algorithm, error) {
	if j.alg != "" && alg != "" && j.alg != alg {
		return "", fmt.Errorf("%w: jwk member \"alg\" is %s, but the key is used with %s",
			ErrKey, quote(string(j.alg)), alg)
	}
	if alg == "" {
		alg = j.alg
	}
	if alg == "" && len(able) == 1 {
		return able[0], nil
	}
	if alg == "" {
		return "", fmt.Errorf("%w: jwk needs the member \"alg\": %v", ErrKey, able)
	}
	if !slices.Contains(able, alg) {
		return "", fmt.Errorf("%w: a key of type %s can't be used with %s; allowed are %v", ErrKey, j.kty, alg, able)
	}
	return alg, nil
}
