package proof_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon/proof"
)

var (
	noon   = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	secret = []byte("0123456789abcdef0123456789abcdef")
)

// device is a key pair and what signs with it.
type device struct {
	signer crypto.Signer
	key    *proof.PublicKey
}

// devices has one device of each algorithm; RSA keys are slow to make, so they are made once.
var devices = sync.OnceValue(func() map[proof.Algorithm]device {
	made := map[proof.Algorithm]device{}
	for _, alg := range proof.Algorithms() {
		made[alg] = newDevice(alg)
	}
	return made
})

func newDevice(alg proof.Algorithm) device {
	var signer crypto.Signer
	var err error
	switch alg {
	case proof.ES256:
		signer, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case proof.EdDSA:
		_, signer, err = ed25519.GenerateKey(rand.Reader)
	default:
		signer, err = rsa.GenerateKey(rand.Reader, 2048)
	}
	if err != nil {
		panic(err)
	}
	key, err := proof.NewPublicKey(signer.Public(), alg)
	if err != nil {
		panic(err)
	}
	return device{signer, key}
}

// forge signs any header and claims, also ones that break every rule, with ES256.
func forge(t testing.TB, header, claims string) string {
	t.Helper()
	input := encode(header) + "." + encode(claims)
	return input + "." + signES256(t, devices()[proof.ES256].signer.(*ecdsa.PrivateKey), input)
}

func signES256(t testing.TB, key *ecdsa.PrivateKey, input string) string {
	t.Helper()
	r, s, err := ecdsa.Sign(rand.Reader, key, digest(input))
	if err != nil {
		t.Fatal(err)
	}
	signature := make([]byte, 64)
	r.FillBytes(signature[:32])
	s.FillBytes(signature[32:])
	return encode(string(signature))
}

func digest(input string) []byte {
	sum := sha256.Sum256([]byte(input))
	return sum[:]
}

func encode(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

func mustSign(t testing.TB, d device, s proof.Statement) string {
	t.Helper()
	s.Algorithm = d.key.Algorithm()
	compact, err := proof.Sign(d.signer, s)
	if err != nil {
		t.Fatalf("Sign: %v", err)
	}
	return compact
}

func mustParse(t testing.TB, compact string) *proof.Proof {
	t.Helper()
	p, err := proof.Parse(compact)
	if err != nil {
		t.Fatalf("Parse: %v", err)
	}
	return p
}

// login is what a device says at a sign-in.
func login() proof.Statement {
	return proof.Statement{
		KeyID:     "key-1",
		Audience:  "acme",
		Challenge: "any-challenge",
		Purpose:   proof.PurposeProve,
		Subject:   "ada",
	}
}

func wantError(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("error is %v; want %v", err, want)
	}
}

// word names an error as the vectors do, in any language.
func word(err error) string {
	for _, w := range []struct {
		err  error
		word string
	}{
		{proof.ErrNotJWS, "not_jws"},
		{proof.ErrAlgorithm, "algorithm"},
		{proof.ErrKey, "key"},
		{proof.ErrMismatch, "mismatch"},
		{proof.ErrSignature, "signature"},
		{proof.ErrTime, "time"},
		{proof.ErrChallengeInvalid, "challenge_invalid"},
		{proof.ErrChallengeExpired, "challenge_expired"},
		{proof.ErrInvalid, "invalid"},
	} {
		if errors.Is(err, w.err) {
			return w.word
		}
	}
	return ""
}
