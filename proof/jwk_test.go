package proof_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/symbolon-id/symbolon/proof"
)

// The keys of RFC 7638 §3.1 and RFC 9449 §4.1.
const (
	rfc7638JWK = `{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}`
	rfc9449JWK = `{"kty":"EC","x":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs","y":"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA","crv":"P-256"}`

	ecX = "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs"
	ecY = "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA"
	// The public key of RFC 8037 §A.2.
	edX = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
)

func TestThumbprintsOfTheStandards(t *testing.T) {
	for _, known := range []struct{ jwk, thumbprint string }{
		{rfc7638JWK, "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"},
		{rfc9449JWK, "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"},
		{`{"kty":"OKP","crv":"Ed25519","x":"` + edX + `"}`, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"}, // RFC 8037 §A.3
	} {
		key, err := proof.ParseJWK([]byte(known.jwk), "")
		if err != nil {
			t.Fatal(err)
		}
		if got := key.Thumbprint(); got != known.thumbprint {
			t.Errorf("thumbprint is %s; want %s", got, known.thumbprint)
		}
	}
}

func TestJWKHasOneForm(t *testing.T) {
	for _, alg := range proof.Algorithms() {
		key := devices()[alg].key
		again, err := proof.ParseJWK(key.JWK(), "")
		if err != nil {
			t.Fatal(err)
		}
		if !again.Equal(key) || string(again.JWK()) != string(key.JWK()) || again.Algorithm() != alg || again.Bits() != key.Bits() {
			t.Errorf("%s reads back as %s", key.JWK(), again.JWK())
		}
	}
	spaced, err := proof.ParseJWK([]byte(` {"y":"`+ecY+`", "x":"`+ecX+`","use":"sig","kid":"k","crv":"P-256","kty":"EC" } `), "")
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"alg":"ES256","crv":"P-256","kty":"EC","x":"` + ecX + `","y":"` + ecY + `"}`; string(spaced.JWK()) != want {
		t.Errorf("canonical form is %s; want %s", spaced.JWK(), want)
	}
}

// Browsers' exportKey writes ext and key_ops, and names Ed25519 after RFC 9864.
func TestJWKAsWebCryptoExportsIt(t *testing.T) {
	for _, raw := range []string{
		`{"crv":"P-256","ext":true,"key_ops":["verify"],"kty":"EC","x":"` + ecX + `","y":"` + ecY + `"}`,
		`{"key_ops":["verify"],"ext":true,"crv":"Ed25519","x":"` + edX + `","kty":"OKP","alg":"Ed25519"}`,
	} {
		if _, err := proof.ParseJWK([]byte(raw), ""); err != nil {
			t.Errorf("%s: %v", raw, err)
		}
	}
}

func TestJWKPinsOneAlgorithm(t *testing.T) {
	unnamed := `{"kty":"RSA","e":"AQAB","n":"` + modulus(2048, 1) + `"}`
	named := `{"kty":"RSA","alg":"PS256","e":"AQAB","n":"` + modulus(2048, 1) + `"}`
	for _, rule := range []struct {
		name, jwk string
		alg       proof.Algorithm
		pinned    proof.Algorithm
		want      error
	}{
		{"a curve says it all", rfc9449JWK, "", proof.ES256, nil},
		{"and may be told", rfc9449JWK, "ES256", proof.ES256, nil},
		{"RSA must be told", unnamed, "", "", proof.ErrKey},
		{"by the caller", unnamed, "RS256", "RS256", nil},
		{"or the key", named, "", "PS256", nil},
		{"or both alike", named, "PS256", "PS256", nil},
		{"never differing", named, "RS256", "", proof.ErrKey},
		{"EC is not for EdDSA", rfc9449JWK, "EdDSA", "", proof.ErrKey},
		{"EC is not for RS256", rfc9449JWK, "RS256", "", proof.ErrKey},
		{"RSA is not for ES256", unnamed, "ES256", "", proof.ErrKey},
		{"nothing is for HS256", unnamed, "HS256", "", proof.ErrAlgorithm},
		{"nothing is for none", rfc9449JWK, "none", "", proof.ErrAlgorithm},
		{"nor if the key says so", strings.Replace(named, "PS256", "HS256", 1), "", "", proof.ErrAlgorithm},
	} {
		t.Run(rule.name, func(t *testing.T) {
			key, err := proof.ParseJWK([]byte(rule.jwk), rule.alg)
			if rule.want != nil {
				wantError(t, err, rule.want)
			} else if err != nil || key.Algorithm() != rule.pinned {
				t.Errorf("got %v, %v; want %s", key, err, rule.pinned)
			}
		})
	}
}

func TestJWKRules(t *testing.T) {
	ec := func(x, y string) string { return `{"kty":"EC","crv":"P-256","x":"` + x + `","y":"` + y + `"}` }
	ed := func(x string) string { return `{"kty":"OKP","crv":"Ed25519","x":"` + x + `"}` }
	rsa := func(n, e string) string { return `{"kty":"RSA","alg":"PS256","n":"` + n + `","e":"` + e + `"}` }
	with := func(jwk, member string) string { return strings.TrimSuffix(jwk, "}") + "," + member + "}" }
	zero := encode(strings.Repeat("\x00", 32))
	for _, rule := range []struct{ name, jwk, says string }{
		{"not empty", ``, "jwk"},
		{"not an array", `[]`, "jwk"},
		{"kty is needed", `{}`, `"kty"`},
		{"kty is a known one", `{"kty":"oct"}`, `"kty"`},
		{"kty is exact", strings.Replace(ec(ecX, ecY), `"EC"`, `"ec"`, 1), `"kty"`},
		{"no symmetric key", `{"kty":"oct","k":"AAAA"}`, `"k"`},
		{"no private EC key", with(ec(ecX, ecY), `"d":"AAAA"`), `"d"`},
		{"no private OKP key", with(ed(edX), `"d":"AAAA"`), `"d"`},
		{"no prime p", with(rsa(modulus(2048, 1), "AQAB"), `"p":"AQAB"`), `"p"`},
		{"no prime q", with(rsa(modulus(2048, 1), "AQAB"), `"q":"AQAB"`), `"q"`},
		{"no dp", with(rsa(modulus(2048, 1), "AQAB"), `"dp":"AQAB"`), `"dp"`},
		{"no dq", with(rsa(modulus(2048, 1), "AQAB"), `"dq":"AQAB"`), `"dq"`},
		{"no qi", with(rsa(modulus(2048, 1), "AQAB"), `"qi":"AQAB"`), `"qi"`},
		{"no oth", with(rsa(modulus(2048, 1), "AQAB"), `"oth":[]`), `"oth"`},
		{"no certificate", with(ec(ecX, ecY), `"x5c":["MII"]`), `"x5c"`},
		{"no link", with(ec(ecX, ecY), `"x5u":"https://evil.example/"`), `"x5u"`},
		{"nothing unknown", with(ec(ecX, ecY), `"iat":1`), `"iat"`},
		{"nothing twice", with(ec(ecX, ecY), `"x":"`+ecX+`"`), `"x" twice`},
		{"however it is spelt", with(ec(ecX, ecY), `"\u0078":"`+ecX+`"`), `"x" twice`},
		{"nothing in other case", with(ec(ecX, ecY), `"X":"`+ecX+`"`), `"X"`},
		{"nothing after it", ec(ecX, ecY) + `{}`, "after its end"},
		{"not for encryption", with(ec(ecX, ecY), `"use":"enc"`), `"use"`},
		{"not for signing", with(ec(ecX, ecY), `"key_ops":["sign"]`), `"key_ops"`},
		{"not for more than verifying", with(ec(ecX, ecY), `"key_ops":["verify","sign"]`), `"key_ops"`},
		{"ext is a truth", with(ec(ecX, ecY), `"ext":1`), `"ext"`},
		{"not of members of another type", with(ec(ecX, ecY), `"n":"AQAB"`), "do not belong"},
		{"nor those of a curve", with(rsa(modulus(2048, 1), "AQAB"), `"x":"AQAB"`), "do not belong"},
		{"nor a second coordinate", with(ed(edX), `"y":"`+ecY+`"`), "do not belong"},
		{"not P-384", strings.Replace(ec(ecX, ecY), "P-256", "P-384", 1), `"P-384"`},
		{"not P-521", strings.Replace(ec(ecX, ecY), "P-256", "P-521", 1), `"P-521"`},
		{"not secp256k1", strings.Replace(ec(ecX, ecY), "P-256", "secp256k1", 1), `"secp256k1"`},
		{"not Ed448", strings.Replace(ed(edX), "Ed25519", "Ed448", 1), `"Ed448"`},
		{"not X25519", strings.Replace(ed(edX), "Ed25519", "X25519", 1), `"X25519"`},
		{"not without a curve", `{"kty":"EC","x":"` + ecX + `","y":"` + ecY + `"}`, `"crv"`},
		{"a point on the curve", ec(ecX, ecX), "not a point"},
		{"not the origin", ec(zero, zero), "not a point"},
		{"both coordinates", `{"kty":"EC","crv":"P-256","x":"` + ecX + `"}`, "32 bytes"},
		{"no coordinate of 31 bytes", ec(encode(strings.Repeat("x", 31)), ecY), "32 bytes"},
		{"no coordinate of 33 bytes", ec(encode("\x00"+strings.Repeat("x", 32)), ecY), "32 bytes"},
		{"no coordinate beyond the field", ec(encode(strings.Repeat("\xff", 32)), ecY), "not a point"},
		{"no padded coordinate", ec(ecX+"=", ecY), "32 bytes"},
		{"no stray bits", ec(withSpareBit(ecX), ecY), "32 bytes"},
		{"no line end", ec(ecX[:20]+`\n`+ecX[20:], ecY), "control"},
		{"OKP of 32 bytes", ed(encode("short")), "32 bytes"},
		{"a point on Ed25519", ed(encode("\x02" + strings.Repeat("\x00", 31))), "not a point"},
		{"of one spelling", ed(encode("\xf0" + strings.Repeat("\xff", 30) + "\x7f")), "not a point"},
		{"RSA of 2048 bits", rsa(modulus(2047, 1), "AQAB"), "2047 bits"},
		{"RSA of at most 4096 bits", rsa(modulus(4097, 1), "AQAB"), `"n"`},
		{"odd", rsa(modulus(2048, 0), "AQAB"), "even"},
		{"not padded with zeros", rsa(encode("\x00"+raw(modulus(2048, 1))), "AQAB"), "leading zeros"},
		{"with a modulus", `{"kty":"RSA","alg":"PS256","e":"AQAB"}`, `"n"`},
		{"with an exponent", `{"kty":"RSA","alg":"PS256","n":"` + modulus(2048, 1) + `"}`, `"e"`},
		{"not 3", rsa(modulus(2048, 1), "Aw"), `"e"`},
		{"not 1", rsa(modulus(2048, 1), "AQ"), `"e"`},
		{"not larger", rsa(modulus(2048, 1), "AQAAAAE"), `"e"`},
		{"not 65537 in another spelling", rsa(modulus(2048, 1), "AAEAAQ"), `"e"`},
		{"not oversized", with(ec(ecX, ecY), `"kid":"`+strings.Repeat("k", proof.MaxJWKSize)+`"`), "4096"},
		{"UTF-8", with(ec(ecX, ecY), "\"kid\":\"\xff\""), "UTF-8"},
	} {
		t.Run(rule.name, func(t *testing.T) {
			_, err := proof.ParseJWK([]byte(rule.jwk), "")
			wantError(t, err, proof.ErrKey)
			if err != nil && !strings.Contains(err.Error(), rule.says) {
				t.Errorf("%q does not say %s", err, rule.says)
			}
		})
	}
}

func TestRSASizes(t *testing.T) {
	for _, bits := range []int{2048, 2049, 3072, 4095, 4096} {
		key, err := proof.ParseJWK(fmt.Appendf(nil, `{"kty":"RSA","e":"AQAB","n":"%s"}`, modulus(bits, 1)), proof.PS256)
		if err != nil || key.Bits() != bits {
			t.Errorf("%d bits: %v, %v", bits, key, err)
		}
	}
}

// TestSmallOrderKeysAreRefused first shows the harm: with each of these keys a signature
// that needs no private key verifies in the standard library.
func TestSmallOrderKeysAreRefused(t *testing.T) {
	for _, point := range []string{
		"0100000000000000000000000000000000000000000000000000000000000000",
		"0100000000000000000000000000000000000000000000000000000000000080",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
		"0000000000000000000000000000000000000000000000000000000000000000",
		"0000000000000000000000000000000000000000000000000000000000000080",
		"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
		"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
		"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
		"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
		"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	} {
		key, err := hex.DecodeString(point)
		if err != nil {
			t.Fatal(err)
		}
		if !forgeable(key) {
			t.Errorf("%s: no forgery found; is it of small order?", point)
		}
		_, err = proof.NewPublicKey(ed25519.PublicKey(key), "")
		wantError(t, err, proof.ErrKey)
	}
}

// forgeable looks for a message that the signature "identity, zero" is good for.
func forgeable(key ed25519.PublicKey) bool {
	signature := make([]byte, ed25519.SignatureSize)
	signature[0] = 1
	for i := range uint64(1000) {
		if ed25519.Verify(key, binary.BigEndian.AppendUint64(nil, i), signature) {
			return true
		}
	}
	return false
}

func TestEd25519KeysThatWereMadeAreAccepted(t *testing.T) {
	for range 200 {
		key, _, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := proof.NewPublicKey(key, ""); err != nil {
			t.Errorf("%x: %v", key, err)
		}
	}
}

func TestNewPublicKeyRefusesOtherKinds(t *testing.T) {
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, key := range map[string]any{
		"P-384": &p384.PublicKey, "bytes": []byte("key"), "nothing": nil,
		"a private key": p384, "a short Ed25519 key": ed25519.PublicKey("short"),
	} {
		_, err := proof.NewPublicKey(key, "")
		if err == nil {
			t.Errorf("%s was accepted", name)
		}
		wantError(t, err, proof.ErrKey)
	}
}

func TestEqualKeys(t *testing.T) {
	n := modulus(2048, 1)
	key := func(alg proof.Algorithm) *proof.PublicKey {
		k, err := proof.ParseJWK([]byte(`{"kty":"RSA","e":"AQAB","n":"`+n+`"}`), alg)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	if !key(proof.PS256).Equal(key(proof.PS256)) {
		t.Error("a key is equal to itself")
	}
	if key(proof.PS256).Equal(key(proof.RS256)) {
		t.Error("a key with another algorithm is another key")
	}
	if key(proof.PS256).Equal(nil) {
		t.Error("a key is not equal to none")
	}
}

// modulus returns a number of exactly so many bits with the given last bit. It is no
// product of two primes, which nobody can see.
func modulus(bits, last int) string {
	n := new(big.Int).Lsh(big.NewInt(1), uint(bits-1))
	n.SetBit(n, 77, 1)
	return base64.RawURLEncoding.EncodeToString(n.SetBit(n, 0, uint(last)).Bytes())
}

func raw(part string) string {
	b, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		panic(err)
	}
	return string(b)
}
