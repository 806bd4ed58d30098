package proof

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strings"
)

// base64url is RFC 7515 §2's: no padding and, being strict, no stray trailing bits, so
// that bytes have one spelling.
var base64url = base64.RawURLEncoding.Strict()

var errBase64 = errors.New("is not canonical base64url without padding")

// decode reads base64url in its one spelling. The standard library skips line ends, so
// they are refused here.
func decode(s string) ([]byte, error) {
	if strings.IndexByte(s, '\n') >= 0 || strings.IndexByte(s, '\r') >= 0 {
		return nil, errBase64
	}
	b, err := base64url.DecodeString(s)
	if err != nil {
		return nil, errBase64
	}
	return b, nil
}

// HashPayload returns what the claim payloadHash holds for these bytes: their SHA-256,
// as 43 characters of base64url.
func HashPayload(shown []byte) string {
	sum := sha256.Sum256(shown)
	return base64url.EncodeToString(sum[:])
}

// IsPayloadHash reports whether s is what [HashPayload] can return: a SHA-256 in its one
// spelling.
func IsPayloadHash(s string) bool {
	if len(s) != base64url.EncodedLen(sha256.Size) {
		return false
	}
	b, err := decode(s)
	return err == nil && len(b) == sha256.Size
}
