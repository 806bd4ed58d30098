package proof

import (
	"fmt"
	"slices"
)

// Algorithm is a JWS signature algorithm (RFC 7518 §3.1) that a key is pinned to when it
// is registered.
type Algorithm string

// The algorithms that keys may have. There are no others.
const (
	ES256 Algorithm = "ES256" // ECDSA on P-256 with SHA-256, RFC 7518 §3.4
	EdDSA Algorithm = "EdDSA" // Ed25519 and no other curve, RFC 8037 §3.1
	PS256 Algorithm = "PS256" // RSASSA-PSS with SHA-256 and 32 bytes of salt, RFC 7518 §3.5
	RS256 Algorithm = "RS256" // RSASSA-PKCS1-v1_5 with SHA-256, RFC 7518 §3.3
)

var algorithms = []Algorithm{ES256, EdDSA, PS256, RS256}

// Algorithms lists every algorithm, in the order in which to prefer them.
func Algorithms() []Algorithm { return slices.Clone(algorithms) }

// check returns ErrAlgorithm for anything outside [Algorithms].
func (a Algorithm) check(where string) error {
	if slices.Contains(algorithms, a) {
		return nil
	}
	return fmt.Errorf("%w: %s is %s; allowed are ES256, EdDSA, PS256 and RS256",
		ErrAlgorithm, where, quote(string(a)))
}

// checkSignature refuses a signature that no key of this algorithm can have made.
func (a Algorithm) checkSignature(signature []byte) error {
	shortest, longest := 64, 64 // ES256: r and s of 32 bytes each, never DER; EdDSA: R and S
	if a == PS256 || a == RS256 {
		shortest, longest = minRSABits/8, maxRSABits/8
	}
	if n := len(signature); n < shortest || n > longest {
		return fmt.Errorf("%w: it has %d bytes; one by %s has %d to %d", ErrSignature, n, a, shortest, longest)
	}
	return nil
}

// Purpose is what a challenge was made for and what a proof over it may do.
type Purpose string

// The purposes.
const (
	PurposeRegister Purpose = "register" // show possession of a new key
	PurposeProve    Purpose = "prove"    // show which device this is
	PurposeRotate   Purpose = "rotate"   // replace a key by another
	PurposeApprove  Purpose = "approve"  // approve another device of the same user
)

var purposes = []Purpose{PurposeRegister, PurposeProve, PurposeRotate, PurposeApprove}

// Purposes lists every purpose.
func Purposes() []Purpose { return slices.Clone(purposes) }

func (p Purpose) check() error {
	if slices.Contains(purposes, p) {
		return nil
	}
	return fmt.Errorf("%w: claim \"purpose\" is %s; allowed are register, prove, rotate and approve",
		ErrInvalid, quote(string(p)))
}
