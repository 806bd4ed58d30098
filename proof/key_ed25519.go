package proof

import (
	"crypto/ed25519"
	"fmt"
	"math/big"
	"slices"
)

// ed25519Key verifies EdDSA on Ed25519 (RFC 8032 §5.1).
type ed25519Key struct {
	ed25519.PublicKey
	x string
}

func (j *jwk) ed25519(alg Algorithm) (*PublicKey, error) {
	alg, err := pin(alg, j, EdDSA)
	if err != nil {
		return nil, err
	}
	if err := j.only("Ed25519", j.y, j.n, j.e); err != nil {
		return nil, err
	}
	point, err := decode(j.x)
	if err != nil || len(point) != ed25519.PublicKeySize {
		return nil, fmt.Errorf("%w: jwk member \"x\" must be 32 bytes of base64url", ErrKey)
	}
	if !isSoundPoint(point) {
		return nil, fmt.Errorf("%w: jwk member \"x\" is not a point on Ed25519, in its one spelling and of large order", ErrKey)
	}
	return &PublicKey{alg, &ed25519Key{point, j.x}}, nil
}

func describeEd25519(key ed25519.PublicKey) *jwk {
	return &jwk{kty: "OKP", crv: "Ed25519", x: base64url.EncodeToString(key)}
}

func (k *ed25519Key) bits() int { return 256 }

func (k *ed25519Key) members() string {
	return `{"crv":"Ed25519","kty":"OKP","x":"` + k.x + `"}`
}

func (k *ed25519Key) fits(signature []byte) bool { return len(signature) == ed25519.SignatureSize }

func (k *ed25519Key) verify(signed, signature []byte) bool {
	return ed25519.Verify(k.PublicKey, signed, signature)
}

// The curve is -x² + y² = 1 + d x² y² over the field of p elements (RFC 8032 §5.1).
var (
	one        = big.NewInt(1)
	fieldPrime = number("57896044618658097711785492504343953926634992332820282019728792003956564819949")
	curveD     = number("37095705934669439343138083508754565189542113879843219016388785533085940283555")
	// The eight points of small order have these y. With such a key one signature
	// would be good for many messages, and anyone could make it.
	smallOrderY = []*big.Int{
		new(big.Int),
		one,
		new(big.Int).Sub(fieldPrime, one),
		number("2707385501144840649318225287225658788936804267575313519463743609750303402022"),
		number("55188659117513257062467267217118295137698188065244968500265048394206261417927"),
	}
)

func number(decimal string) *big.Int {
	n, _ := new(big.Int).SetString(decimal, 10)
	return n
}

// isSoundPoint reports whether this is the one spelling of a point on the curve whose
// order is not small. The standard library looks at a key only when it verifies, and
// accepts the other spellings and the small orders.
func isSoundPoint(point []byte) bool {
	bigEndian := slices.Clone(point)
	slices.Reverse(bigEndian)
	bigEndian[0] &= 0x7f // the sign of x
	y := new(big.Int).SetBytes(bigEndian)
	if y.Cmp(fieldPrime) >= 0 {
		return false
	}
	for _, small := range smallOrderY {
		if y.Cmp(small) == 0 {
			return false
		}
	}
	// x² = u/v with u = y² - 1 and v = d y² + 1; it has a root where u v is a square.
	u := new(big.Int).Mul(y, y)
	v := new(big.Int).Mul(u, curveD)
	u.Sub(u, one)
	v.Add(v, one)
	u.Mul(u, v.Mod(v, fieldPrime)).Mod(u, fieldPrime)
	return big.Jacobi(u, fieldPrime) == 1
}
