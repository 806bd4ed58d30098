package proof

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
	"math/big"
)

// RSA keys have a modulus of 2048 to 4096 bits and the exponent 65537, as every
// platform's keystore makes them: a smaller exponent invites old mistakes of padding, a
// larger one lets a stranger choose how much work a verification is.
const (
	minRSABits  = 2048
	maxRSABits  = 4096
	rsaExponent = 65537
)

// rsaKey verifies PS256 or RS256, never both.
type rsaKey struct {
	rsa.PublicKey
	pss bool
	n   string
}

func (j *jwk) rsa(alg Algorithm) (*PublicKey, error) {
	alg, err := pin(alg, j, PS256, RS256)
	if err != nil {
		return nil, err
	}
	if err := j.only("", j.x, j.y); err != nil {
		return nil, err
	}
	if j.e != "AQAB" {
		return nil, fmt.Errorf("%w: jwk member \"e\" must be \"AQAB\", the exponent 65537", ErrKey)
	}
	b, err := decode(j.n)
	if err != nil || len(b) == 0 || b[0] == 0 {
		return nil, fmt.Errorf("%w: jwk member \"n\" must be base64url of a number without leading zeros", ErrKey)
	}
	n := new(big.Int).SetBytes(b)
	if bits := n.BitLen(); bits < minRSABits || bits > maxRSABits {
		return nil, fmt.Errorf("%w: jwk member \"n\" has %d bits; allowed are %d to %d", ErrKey, bits, minRSABits, maxRSABits)
	}
	if n.Bit(0) == 0 {
		return nil, fmt.Errorf("%w: jwk member \"n\" is even", ErrKey)
	}
	return &PublicKey{alg, &rsaKey{rsa.PublicKey{N: n, E: rsaExponent}, alg == PS256, j.n}}, nil
}

func describeRSA(key *rsa.PublicKey) *jwk {
	return &jwk{
		kty: "RSA",
		n:   base64url.EncodeToString(key.N.Bytes()),
		e:   base64url.EncodeToString(big.NewInt(int64(key.E)).Bytes()),
	}
}

func (k *rsaKey) bits() int { return k.N.BitLen() }

func (k *rsaKey) members() string { return `{"e":"AQAB","kty":"RSA","n":"` + k.n + `"}` }

// fits also asks for a signature below the modulus: the standard library turns others
// away before it does any work, and that difference would tell that the key is known.
func (k *rsaKey) fits(signature []byte) bool {
	return len(signature) == k.Size() && new(big.Int).SetBytes(signature).Cmp(k.N) < 0
}

func (k *rsaKey) verify(signed, signature []byte) bool {
	digest := sha256.Sum256(signed)
	if k.pss {
		opts := &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}
		return rsa.VerifyPSS(&k.PublicKey, crypto.SHA256, digest[:], signature, opts) == nil
	}
	return rsa.VerifyPKCS1v15(&k.PublicKey, crypto.SHA256, digest[:], signature) == nil
}
