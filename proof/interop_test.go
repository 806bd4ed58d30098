package proof_test

import (
	"crypto"
	"encoding/base64"
	"encoding/json"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/symbolon-id/symbolon/proof"
)

// What this package makes another JOSE library reads, and the other way round.

func TestAnotherLibraryVerifiesOurProofs(t *testing.T) {
	for alg, d := range devices() {
		compact := mustSign(t, d, login())
		jws, err := jose.ParseSignedCompact(compact, []jose.SignatureAlgorithm{jose.SignatureAlgorithm(alg)})
		if err != nil {
			t.Fatalf("%s: %v", alg, err)
		}
		claims, err := jws.Verify(d.signer.Public())
		if err != nil {
			t.Errorf("%s: %v", alg, err)
		}
		var said map[string]string
		if err := json.Unmarshal(claims, &said); err != nil {
			t.Fatal(err)
		}
		if len(said) != 4 || said["aud"] != "acme" || said["purpose"] != "prove" || said["sub"] != "ada" {
			t.Errorf("%s: claims are %v", alg, said)
		}
	}
}

func TestWeVerifyAnotherLibrarysProofs(t *testing.T) {
	for alg, d := range devices() {
		opts := new(jose.SignerOptions).WithType("symbolon-proof+jwt").WithHeader("kid", "key-1")
		signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.SignatureAlgorithm(alg), Key: d.signer}, opts)
		if err != nil {
			t.Fatal(err)
		}
		jws, err := signer.Sign([]byte(goodClaims))
		if err != nil {
			t.Fatal(err)
		}
		compact, err := jws.CompactSerialize()
		if err != nil {
			t.Fatal(err)
		}
		if err := mustParse(t, compact).Verify(d.key); err != nil {
			t.Errorf("%s: %v", alg, err)
		}
	}
}

func TestAnotherLibraryFindsTheSameThumbprints(t *testing.T) {
	for alg, d := range devices() {
		other := jose.JSONWebKey{Key: d.signer.Public(), Algorithm: string(alg)}
		thumbprint, err := other.Thumbprint(crypto.SHA256)
		if err != nil {
			t.Fatal(err)
		}
		if got := d.key.Thumbprint(); got != base64.RawURLEncoding.EncodeToString(thumbprint) {
			t.Errorf("%s: thumbprint is %s; the other library's is %x", alg, got, thumbprint)
		}
		written, err := other.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		key, err := proof.ParseJWK(written, "")
		if err != nil || !key.Equal(d.key) {
			t.Errorf("%s: %s reads as %v, %v", alg, written, key, err)
		}
	}
}
