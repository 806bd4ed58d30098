package proof

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// jws is a compact JWS (RFC 7515 §3.1), taken apart. Nobody is shown to have signed it.
type jws struct {
	header, claims string // as JSON text, if it is any
	signed         []byte // the signing input, RFC 7515 §5.1
	signature      []byte
}

// splitJWS reads the three parts; the errors are ErrNotJWS.
func splitJWS(compact string) (jws, error) {
	if len(compact) > MaxSize {
		return jws{}, fmt.Errorf("%w: %d characters; at most %d are read", ErrNotJWS, len(compact), MaxSize)
	}
	header, rest, _ := strings.Cut(compact, ".")
	claims, signature, ok := strings.Cut(rest, ".")
	if !ok || strings.Contains(signature, ".") {
		return jws{}, fmt.Errorf("%w: %d parts; it has three", ErrNotJWS, strings.Count(compact, ".")+1)
	}
	j := jws{signed: []byte(compact[:len(header)+1+len(claims)])}
	var err error
	if j.header, err = decodeText("header", header); err != nil {
		return jws{}, err
	}
	if j.claims, err = decodeText("claims", claims); err != nil {
		return jws{}, err
	}
	if j.signature, err = decode(signature); err != nil {
		return jws{}, fmt.Errorf("%w: signature %w", ErrNotJWS, err)
	}
	return j, nil
}

func decodeText(part, s string) (string, error) {
	b, err := decode(s)
	if err != nil {
		return "", fmt.Errorf("%w: %s %w", ErrNotJWS, part, err)
	}
	if !utf8.Valid(b) {
		return "", fmt.Errorf("%w: %s is not UTF-8", ErrNotJWS, part)
	}
	return string(b), nil
}

// refuse tells a text that holds no JSON objects, and so is no JWS of claims at all, from
// one whose objects break a rule.
func (j jws) refuse(err error) error {
	if !isObject(j.header) || !isObject(j.claims) {
		return fmt.Errorf("%w: header and claims must be JSON objects", ErrNotJWS)
	}
	return err
}
