package proof_test

import (
	"testing"
	"time"

	"github.com/symbolon-id/symbolon/proof"
)

func BenchmarkParse(b *testing.B) {
	s := login()
	s.KeyID = devices()[proof.ES256].key.Thumbprint()
	s.Challenge = proof.NewChallenge(secret, "acme", proof.PurposeProve, noon)
	s.Action, s.PayloadHash = "transfer", proof.HashPayload([]byte("12.00 EUR to Bob"))
	register := proof.Statement{
		JWK: devices()[proof.ES256].key, Audience: "acme", Challenge: s.Challenge,
		Purpose: proof.PurposeRegister, Subject: "ada",
	}
	for _, bench := range []struct {
		name string
		said proof.Statement
	}{{"prove", s}, {"register", register}} {
		compact := mustSign(b, devices()[proof.ES256], bench.said)
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				mustParse(b, compact)
			}
		})
	}
}

func BenchmarkParseJWK(b *testing.B) {
	for _, alg := range proof.Algorithms() {
		raw := devices()[alg].key.JWK()
		b.Run(string(alg), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := proof.ParseJWK(raw, alg); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkVerify(b *testing.B) {
	for _, alg := range proof.Algorithms() {
		d := devices()[alg]
		p := mustParse(b, mustSign(b, d, login()))
		b.Run(string(alg), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := p.Verify(d.key); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkUnknownKey is to be held against BenchmarkKnownKey: the two must not differ.
func BenchmarkUnknownKey(b *testing.B) {
	for _, alg := range proof.Algorithms() {
		p := mustParse(b, mustSign(b, devices()[alg], login()))
		b.Run(string(alg), func(b *testing.B) {
			for b.Loop() {
				p.VerifyDummy()
			}
		})
	}
}

func BenchmarkKnownKey(b *testing.B) {
	for _, alg := range proof.Algorithms() {
		p := mustParse(b, mustSign(b, devices()[alg], login()))
		stored := newDevice(alg).key.JWK()
		b.Run(string(alg), func(b *testing.B) {
			for b.Loop() {
				key, err := proof.ParseJWK(stored, alg)
				if err != nil || p.Verify(key) == nil {
					b.Fatal("a stranger's proof must fail at the signature", err)
				}
			}
		})
	}
}

func BenchmarkOpenChallenge(b *testing.B) {
	challenge := proof.NewChallenge(secret, "acme", proof.PurposeProve, noon.Add(time.Minute))
	keys := [][]byte{secret}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := proof.OpenChallenge(keys, "acme", proof.PurposeProve, noon, challenge); err != nil {
			b.Fatal(err)
		}
	}
}
