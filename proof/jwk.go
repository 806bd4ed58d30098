package proof

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// MaxJWKSize is the most bytes of JSON that [ParseJWK] reads. The largest key, RSA with
// 4096 bits, needs about 750.
const MaxJWKSize = 4096

var jwkShape = &shape{
	name:    "jwk",
	failure: ErrKey,
	members: []string{"alg", "crv", "e", "ext", "key_ops", "kid", "kty", "n", "use", "x", "y"},
	secret:  []string{"d", "p", "q", "dp", "dq", "qi", "oth", "k"},
}

// jwk is what a JWK says, member by member; nothing is verified yet.
type jwk struct {
	kty, crv, x, y, n, e, use string
	alg                       Algorithm
}

// ParseJWK reads a public key (RFC 7517) and validates it: the curve, the point or the
// modulus, and that every member is known, fits the key's type and is there once.
//
// alg is the algorithm that the key is pinned to; where the jwk has "alg" too, both must
// be equal. With alg "" it is the jwk's "alg"; only RSA keys must have one, as they alone
// could be used with two. Errors are ErrKey or ErrAlgorithm.
func ParseJWK(raw []byte, alg Algorithm) (*PublicKey, error) {
	if len(raw) > MaxJWKSize {
		return nil, fmt.Errorf("%w: jwk has %d bytes; at most %d are allowed", ErrKey, len(raw), MaxJWKSize)
	}
	if !utf8.Valid(raw) {
		return nil, fmt.Errorf("%w: jwk is not UTF-8", ErrKey)
	}
	r := reader{text: string(raw), shape: jwkShape}
	j := r.jwk()
	if err := r.end(); err != nil {
		return nil, err
	}
	return j.publicKey(alg)
}

// jwk reads an object of the members that a public key may have. What WebCrypto's
// exportKey adds (ext, key_ops) is checked and dropped.
func (r *reader) jwk() *jwk {
	j := new(jwk)
	r.object(jwkShape, func(member string) {
		switch member {
		case "ext":
			r.boolean()
		case "key_ops":
			r.keyOps()
		default:
			*j.member(member) = r.printable(member, limitOf(member))
		}
	})
	return j
}

func (j *jwk) member(name string) *string {
	switch name {
	case "alg":
		return (*string)(&j.alg)
	case "crv":
		return &j.crv
	case "e":
		return &j.e
	case "kty":
		return &j.kty
	case "n":
		return &j.n
	case "use":
		return &j.use
	case "x":
		return &j.x
	case "y":
		return &j.y
	}
	return new(string) // kid: a hint for its sender only
}

// limitOf is the most characters of a member: a modulus is the one long text.
func limitOf(member string) int {
	if member == "n" {
		return base64url.EncodedLen(maxRSABits / 8)
	}
	return maxText
}

// boolean reads true or false.
func (r *reader) boolean() {
	r.space()
	for _, word := range []string{"true", "false"} {
		if strings.HasPrefix(r.text[r.at:], word) {
			r.at += len(word)
			return
		}
	}
	r.fail("member \"ext\" must be true or false")
}

// keyOps reads an array that holds "verify" once and nothing else (RFC 7517 §4.3).
func (r *reader) keyOps() {
	if !r.found('[') || r.string() != "verify" || !r.found(']') {
		r.err = nil
		r.fail("member \"key_ops\" must be [\"verify\"]")
	}
}

// publicKey validates the key and pins it to its algorithm.
func (j *jwk) publicKey(alg Algorithm) (*PublicKey, error) {
	if j.kty == "OKP" && j.alg == "Ed25519" {
		j.alg = EdDSA // RFC 9864's name for the same thing, which WebCrypto writes
	}
	for _, a := range []Algorithm{alg, j.alg} {
		if a != "" {
			if err := a.check("a key's \"alg\""); err != nil {
				return nil, err
			}
		}
	}
	if j.use != "" && j.use != "sig" {
		return nil, fmt.Errorf("%w: jwk member \"use\" is %s; allowed is \"sig\"", ErrKey, quote(j.use))
	}
	switch j.kty {
	case "EC":
		return j.p256(alg)
	case "OKP":
		return j.ed25519(alg)
	case "RSA":
		return j.rsa(alg)
	}
	return nil, fmt.Errorf("%w: jwk member \"kty\" is %s; allowed are EC, OKP and RSA", ErrKey, quote(j.kty))
}

// only refuses members that another kind of key has, and a curve that is not curve.
func (j *jwk) only(curve string, others ...string) error {
	if j.crv != curve {
		return fmt.Errorf("%w: jwk member \"crv\" is %s; allowed for %s is %q", ErrKey, quote(j.crv), j.kty, curve)
	}
	for _, value := range others {
		if value != "" {
			return fmt.Errorf("%w: jwk has members that do not belong to a key of type %s", ErrKey, j.kty)
		}
	}
	return nil
}
