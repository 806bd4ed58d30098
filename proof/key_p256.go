package proof

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"fmt"
	"math/big"
)

// p256Key verifies ES256. JWS writes a signature as r and s of 32 bytes each. High s are
// valid: no device's library normalises them, and nothing here is told apart by its
// signature.
type p256Key struct {
	*ecdsa.PublicKey
	x, y string
}

func (j *jwk) p256(alg Algorithm) (*PublicKey, error) {
	alg, err := pin(alg, j, ES256)
	if err != nil {
		return nil, err
	}
	if err := j.only("P-256", j.n, j.e); err != nil {
		return nil, err
	}
	point := make([]byte, 1, 65)
	point[0] = 4 // uncompressed, SEC 1 §2.3.3
	for _, coordinate := range []string{j.x, j.y} {
		b, err := decode(coordinate)
		if err != nil || len(b) != 32 {
			return nil, fmt.Errorf("%w: jwk members \"x\" and \"y\" must be 32 bytes of base64url each", ErrKey)
		}
		point = append(point, b...)
	}
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil {
		return nil, fmt.Errorf("%w: jwk members \"x\" and \"y\" are not a point on P-256", ErrKey)
	}
	return &PublicKey{alg, &p256Key{key, j.x, j.y}}, nil
}

func describeP256(key *ecdsa.PublicKey) *jwk {
	j := &jwk{kty: "EC", crv: key.Params().Name}
	if point, err := key.Bytes(); err == nil && len(point) == 65 {
		j.x = base64url.EncodeToString(point[1:33])
		j.y = base64url.EncodeToString(point[33:])
	}
	return j
}

func (k *p256Key) bits() int { return 256 }

func (k *p256Key) members() string {
	return `{"crv":"P-256","kty":"EC","x":"` + k.x + `","y":"` + k.y + `"}`
}

func (k *p256Key) fits(signature []byte) bool { return len(signature) == 64 }

func (k *p256Key) verify(signed, signature []byte) bool {
	digest := sha256.Sum256(signed)
	r := new(big.Int).SetBytes(signature[:32])
	s := new(big.Int).SetBytes(signature[32:])
	return ecdsa.Verify(k.PublicKey, digest[:], r, s)
}
