package proof_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/symbolon-id/symbolon/proof"
)

// A device registers: its key comes in the header of the proof, and signs it.
func Example_register() {
	now := time.Now()
	keys := [][]byte{[]byte("32 bytes derived from the secret")}

	// The service makes a challenge for the purpose, and stores nothing.
	challenge := proof.NewChallenge(keys[0], "acme", proof.PurposeRegister, now.Add(5*time.Minute))

	// The device makes a key that never leaves it, and signs.
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	public, err := proof.NewPublicKey(private.Public(), proof.ES256)
	if err != nil {
		panic(err)
	}
	compact, err := proof.Sign(private, proof.Statement{
		JWK:       public,
		Audience:  "acme",
		Challenge: challenge,
		Purpose:   proof.PurposeRegister,
		Subject:   "ada",
	})
	if err != nil {
		panic(err)
	}

	// The service parses, opens the challenge, checks and verifies, then spends it.
	p, err := proof.Parse(compact)
	if err != nil {
		panic(err)
	}
	_, err = proof.OpenChallenge(keys, "acme", proof.PurposeRegister, now, p.Challenge)
	if err != nil {
		panic(err)
	}
	err = p.Check(proof.Expected{App: "acme", Purpose: proof.PurposeRegister, User: "ada"})
	if err != nil {
		panic(err)
	}
	fmt.Println(p.Subject, "shows a key for", p.JWK.Algorithm(), "that verifies:", p.Verify(p.JWK) == nil)
	// Output: ada shows a key for ES256 that verifies: true
}

// A registered device signs what the user saw; the app's backend says what it showed.
func Example_prove() {
	now := time.Now()
	keys := [][]byte{[]byte("32 bytes derived from the secret")}
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	stored, err := proof.NewPublicKey(private.Public(), proof.ES256)
	if err != nil {
		panic(err)
	}

	compact, err := proof.Sign(private, proof.Statement{
		KeyID:       stored.Thumbprint(),
		Audience:    "acme",
		Challenge:   proof.NewChallenge(keys[0], "acme", proof.PurposeProve, now.Add(5*time.Minute)),
		Purpose:     proof.PurposeProve,
		Subject:     "ada",
		Action:      "transfer",
		PayloadHash: proof.HashPayload([]byte("12.00 EUR to Bob")),
	})
	if err != nil {
		panic(err)
	}

	p, err := proof.Parse(compact)
	if err != nil {
		panic(err)
	}
	challenge, err := proof.OpenChallenge(keys, "acme", proof.PurposeProve, now, p.Challenge)
	if err != nil {
		panic(err)
	}
	expected := proof.Expected{
		App: "acme", Purpose: proof.PurposeProve, User: "ada",
		Action: "transfer", PayloadHash: proof.HashPayload([]byte("1200.00 EUR to Eve")),
	}
	fmt.Println("another transfer is refused:", errors.Is(p.Check(expected), proof.ErrMismatch))
	expected.PayloadHash = proof.HashPayload([]byte("12.00 EUR to Bob"))
	fmt.Println("this one passes:", p.Check(expected) == nil && p.Verify(stored) == nil)
	fmt.Println("spent as", len(challenge.SpendKey()), "bytes")
	// Output:
	// another transfer is refused: true
	// this one passes: true
	// spent as 24 bytes
}
