package proof

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
)

type header struct {
	Type      string          `json:"typ"`
	Algorithm Algorithm       `json:"alg"`
	KeyID     string          `json:"kid,omitempty"`
	JWK       json.RawMessage `json:"jwk,omitempty"`
}

type claims struct {
	Audience    string  `json:"aud"`
	Challenge   string  `json:"challenge"`
	Purpose     Purpose `json:"purpose"`
	Subject     string  `json:"sub,omitempty"`
	Action      string  `json:"action,omitempty"`
	PayloadHash string  `json:"payloadHash,omitempty"`
}

// Sign returns the compact proof of this statement, as a device makes it. The signer's
// public key must be ECDSA on P-256, Ed25519 or RSA; Algorithm may be "" except for RSA.
// It refuses what [Parse] would refuse, with the same errors, and a JWK that is not the
// signer's where there is no KeyID.
func Sign(signer crypto.Signer, s Statement) (string, error) {
	key, err := NewPublicKey(signer.Public(), s.Algorithm)
	if err != nil {
		return "", err
	}
	s.Algorithm = key.algorithm
	if s.KeyID == "" && s.JWK != nil && !s.JWK.Equal(key) {
		return "", fmt.Errorf("%w: the jwk of a proof without kid must be the signer's", ErrKey)
	}
	input, err := s.signingInput()
	if err != nil {
		return "", err
	}
	signature, err := signWith(signer, s.Algorithm, []byte(input))
	if err != nil {
		return "", fmt.Errorf("proof: sign with %s: %w", s.Algorithm, err)
	}
	compact := input + "." + base64url.EncodeToString(signature)
	p, err := Parse(compact)
	if err != nil {
		return "", err
	}
	if !p.Statement.equal(s) { // JSON replaces what is not UTF-8
		return "", fmt.Errorf("%w: the statement has text that is not UTF-8", ErrInvalid)
	}
	return compact, nil
}

func (s Statement) signingInput() (string, error) {
	h := header{Type: proofType, Algorithm: s.Algorithm, KeyID: s.KeyID}
	if s.JWK != nil {
		h.JWK = s.JWK.JWK()
	}
	headerText, err := json.Marshal(h)
	if err != nil {
		return "", err
	}
	claimsText, err := json.Marshal(claims{s.Audience, s.Challenge, s.Purpose, s.Subject, s.Action, s.PayloadHash})
	if err != nil {
		return "", err
	}
	return base64url.EncodeToString(headerText) + "." + base64url.EncodeToString(claimsText), nil
}

func (s Statement) equal(other Statement) bool {
	same := s.JWK.Equal(other.JWK)
	s.JWK, other.JWK = nil, nil
	return same && s == other
}

// signWith makes the signature in JWS' form (RFC 7518 §3.3 to §3.5, RFC 8037 §3.1).
func signWith(signer crypto.Signer, alg Algorithm, input []byte) ([]byte, error) {
	digest := sha256.Sum256(input)
	switch alg {
	case EdDSA:
		return signer.Sign(rand.Reader, input, crypto.Hash(0))
	case PS256:
		opts := &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: crypto.SHA256}
		return signer.Sign(rand.Reader, digest[:], opts)
	case RS256:
		return signer.Sign(rand.Reader, digest[:], crypto.SHA256)
	}
	der, err := signer.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		return nil, err
	}
	return rawSignature(der)
}

// rawSignature turns the DER that a crypto.Signer makes into JWS' r and s of 32 bytes.
func rawSignature(der []byte) ([]byte, error) {
	var pair struct{ R, S *big.Int }
	if rest, err := asn1.Unmarshal(der, &pair); err != nil || len(rest) > 0 {
		return nil, errors.New("the signer's answer is not an ECDSA signature in DER")
	}
	if pair.R.Sign() < 0 || pair.S.Sign() < 0 || pair.R.BitLen() > 256 || pair.S.BitLen() > 256 {
		return nil, errors.New("the signer's answer is not an ECDSA signature on P-256")
	}
	raw := make([]byte, 64)
	pair.R.FillBytes(raw[:32])
	pair.S.FillBytes(raw[32:])
	return raw, nil
}
