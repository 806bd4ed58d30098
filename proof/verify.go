package proof

import (
	"fmt"
	"strings"
)

// Expected is what the caller knows a proof must be for. User may be "" where the caller
// names none; Action and PayloadHash are "" where the caller has none.
type Expected struct {
	App         string
	Purpose     Purpose
	User        string
	Action      string
	PayloadHash string
}

// Check compares what the proof says with what the caller expects, steps 11 to 14 of the
// protocol. The error is ErrMismatch.
func (p *Proof) Check(want Expected) error {
	switch {
	// Step 11: the app.
	case p.Audience != want.App:
		return fmt.Errorf("%w: claim \"aud\" is not this app", ErrMismatch)
	// Step 12: the purpose.
	case p.Purpose != want.Purpose:
		return fmt.Errorf("%w: claim \"purpose\" is %q; here it must be %q", ErrMismatch, p.Purpose, want.Purpose)
	// Step 13: the user, where both name one.
	case p.Subject != "" && want.User != "" && p.Subject != want.User:
		return fmt.Errorf("%w: claim \"sub\" is not the user that the caller named", ErrMismatch)
	// Step 14: what the user agreed to.
	case p.Action != want.Action:
		return fmt.Errorf("%w: claim \"action\" is %s; the caller's is %s", ErrMismatch, quote(p.Action), quote(want.Action))
	case p.PayloadHash != want.PayloadHash:
		return fmt.Errorf("%w: claim \"payloadHash\" is not the caller's", ErrMismatch)
	}
	return nil
}

// Verify checks that exactly this key signed the proof, with the algorithm that the key
// is pinned to: steps 15 and 16 of the protocol. For purpose register, and for the new
// key's half of a rotation, the key is the proof's own JWK; else it is the one stored
// under KeyID. Together with [ParseJWK] of a stored key it costs what [Proof.VerifyDummy]
// costs, whatever the outcome. The error is ErrSignature.
func (p *Proof) Verify(key *PublicKey) error {
	// Step 15: the stored key decides the algorithm, the header only has to agree.
	if p.Algorithm != key.algorithm {
		p.VerifyDummy()
		return fmt.Errorf("%w: the header says %s, but this key is for %s", ErrSignature, p.Algorithm, key.algorithm)
	}
	// Step 16: the signature.
	if !key.material.fits(p.signature) {
		p.VerifyDummy()
		return fmt.Errorf("%w: it can't be by this key of %d bits", ErrSignature, key.Bits())
	}
	if !key.material.verify(p.signed, p.signature) {
		return fmt.Errorf("%w: it is not by this key, or the proof was changed", ErrSignature)
	}
	return nil
}

// VerifyDummy does the work of reading a stored key and verifying by it, with a key of the
// header's algorithm that nobody has registered. Callers do it where the key is unknown,
// so that time does not tell which keys are known. An RSA key is as long as the signature.
func (p *Proof) VerifyDummy() {
	key, err := ParseJWK([]byte(dummyJWK(p.Algorithm, len(p.signature))), p.Algorithm)
	if err == nil && key.material.fits(p.signature) {
		key.material.verify(p.signed, p.signature)
	}
}

// dummyJWK returns a key to waste work with. That its private half may be known (P-256's
// is 1) is no matter, as nobody looks at what the dummy says. The RSA modulus is all ones,
// so that nearly every signature is below it and takes the full work.
func dummyJWK(alg Algorithm, signatureSize int) string {
	switch alg {
	case ES256:
		return `{"crv":"P-256","kty":"EC","x":"axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY","y":"T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU"}`
	case EdDSA:
		return `{"crv":"Ed25519","kty":"OKP","x":"tGepAZitMatCrfsutQ2lxlhLkcKdk1Q5GL9eIvw7RpM"}`
	}
	ones := strings.Repeat("\xff", signatureSize)
	return `{"e":"AQAB","kty":"RSA","n":"` + base64url.EncodeToString([]byte(ones)) + `"}`
}

// CheckRotation checks that two proofs are the halves of one rotation: the old key's,
// which names the new key beside its own kid, and the new key's own, over the same
// challenge for the same user. Each must also pass [Proof.Check], the old one Verify with
// the stored key and the next one Verify with its own JWK. The error is ErrMismatch.
func CheckRotation(old, next *Proof) error {
	switch {
	case old.Purpose != PurposeRotate || next.Purpose != PurposeRotate:
		return fmt.Errorf("%w: both proofs must have the purpose rotate", ErrMismatch)
	case old.KeyID == "":
		return fmt.Errorf("%w: the old key's proof must have its kid beside the new jwk", ErrMismatch)
	case next.KeyID != "":
		return fmt.Errorf("%w: the new key's proof must have a jwk and no kid", ErrMismatch)
	case old.Challenge != next.Challenge:
		return fmt.Errorf("%w: the two proofs are over two challenges", ErrMismatch)
	case old.Audience != next.Audience || old.Subject != next.Subject:
		return fmt.Errorf("%w: the two proofs differ in \"aud\" or \"sub\"", ErrMismatch)
	case !old.JWK.Equal(next.JWK):
		return fmt.Errorf("%w: the old key's proof names another new key", ErrMismatch)
	}
	return nil
}
