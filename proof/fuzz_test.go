package proof_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/symbolon-id/symbolon/proof"
)

// FuzzParse: an error is of exactly one family; what parses says what encoding/json reads
// in it, and says it again when it is signed anew.
func FuzzParse(f *testing.F) {
	key := devices()[proof.ES256].key
	f.Add(forge(f, goodHeader, goodClaims))
	f.Add(forge(f, `{"typ":"symbolon-proof+jwt","alg":"ES256","a\u006cg":"none","kid":"k"}`, goodClaims))
	f.Add(forge(f, `{"typ":"symbolon-proof+jwt","alg":"none","kid":"k"}`, `{"aud":["acme"],"aud":{}}`))
	f.Add(forge(f, goodHeader, `{"aud":"\ud83d\ude00","challenge":"\u00e9\\\"","purpose":"prove"} `))
	f.Add(mustSign(f, devices()[proof.ES256], proof.Statement{
		JWK: key, Audience: "acme", Challenge: "c",
		Purpose: proof.PurposeRegister, Subject: "ada",
	}))
	f.Add(mustSign(f, devices()[proof.PS256], proof.Statement{
		KeyID: "k", JWK: key, Audience: "acme", Challenge: "c",
		Purpose: proof.PurposeRotate, Subject: "ada",
	}))
	f.Add(mustSign(f, devices()[proof.RS256], login()))
	f.Add(mustSign(f, devices()[proof.EdDSA], login()))
	f.Add("..")
	f.Fuzz(func(t *testing.T, compact string) {
		p, err := proof.Parse(compact)
		if err != nil {
			if p != nil || errors.Is(err, proof.ErrNotJWS) == errors.Is(err, proof.ErrInvalid) {
				t.Fatalf("an error of no family, or of both: %v", err)
			}
			return
		}
		saysWhatJSONSays(t, p, compact)
		signsAgain(t, p.Statement)
		p.VerifyDummy()
	})
}

func saysWhatJSONSays(t *testing.T, p *proof.Proof, compact string) {
	t.Helper()
	var header map[string]any
	var claims map[string]string
	part := strings.Split(compact, ".")
	if err := json.Unmarshal([]byte(raw(part[0])), &header); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(raw(part[1])), &claims); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"aud": p.Audience, "challenge": p.Challenge, "purpose": string(p.Purpose),
		"sub": p.Subject, "action": p.Action, "payloadHash": p.PayloadHash,
	}
	for name, value := range want {
		if claims[name] != value {
			t.Errorf("claim %s is %q; encoding/json reads %q", name, value, claims[name])
		}
	}
	kid, _ := header["kid"].(string)
	if header["alg"] != string(p.Algorithm) || kid != p.KeyID || header["typ"] != "symbolon-proof+jwt" {
		t.Errorf("header is %v; parsed %+v", header, p.Statement)
	}
	if !utf8.ValidString(p.Subject + p.KeyID + p.Audience) {
		t.Errorf("text that is not UTF-8: %+v", p.Statement)
	}
}

func signsAgain(t *testing.T, said proof.Statement) {
	t.Helper()
	d := devices()[said.Algorithm]
	if said.KeyID == "" { // only its own key may sign for a jwk, and we lack it
		said.JWK = d.key
	}
	again := mustParse(t, mustSign(t, d, said))
	if err := again.Verify(d.key); err != nil {
		t.Errorf("%+v does not verify: %v", said, err)
	}
	if !again.JWK.Equal(said.JWK) {
		t.Errorf("jwk is %v; want %v", again.JWK, said.JWK)
	}
	again.JWK, said.JWK = nil, nil
	if again.Statement != said {
		t.Errorf("signed %+v; parsed %+v", said, again.Statement)
	}
}

// FuzzParseJWK: what is accepted has one form, which reads back as the same key, and
// encoding/json reads the same members in it.
func FuzzParseJWK(f *testing.F) {
	f.Add([]byte(rfc7638JWK), "")
	f.Add([]byte(rfc9449JWK), "ES256")
	f.Add([]byte(`{"kty":"OKP","crv":"Ed25519","x":"`+edX+`","ext":true,"key_ops":["verify"]}`), "EdDSA")
	f.Add([]byte(`{"kty":"RSA","e":"AQAB","n":"`+modulus(2048, 1)+`"}`), "PS256")
	f.Add([]byte(`{"kty":"EC","crv":"P-256","x":"`+ecX+`","y":"`+ecY+`","d":"AAAA"}`), "")
	f.Fuzz(func(t *testing.T, text []byte, alg string) {
		key, err := proof.ParseJWK(text, proof.Algorithm(alg))
		if err != nil {
			if !errors.Is(err, proof.ErrKey) && !errors.Is(err, proof.ErrAlgorithm) {
				t.Fatalf("an error of no family: %v", err)
			}
			return
		}
		again, err := proof.ParseJWK(key.JWK(), "")
		if err != nil || !again.Equal(key) || again.Thumbprint() != key.Thumbprint() || !bytes.Equal(again.JWK(), key.JWK()) {
			t.Fatalf("%s reads back as %v, %v", key.JWK(), again, err)
		}
		var given, canonical map[string]any
		if json.Unmarshal(text, &given) != nil || json.Unmarshal(key.JWK(), &canonical) != nil {
			t.Fatalf("%s is accepted, but no JSON", text)
		}
		delete(canonical, "alg")
		for name, value := range canonical {
			if !reflect.DeepEqual(given[name], value) {
				t.Errorf("member %s is %v; given was %v", name, value, given[name])
			}
		}
	})
}

// FuzzOpenChallenge: what opens is what spec/protocol.md lays out, byte for byte, and
// nothing else opens.
func FuzzOpenChallenge(f *testing.F) {
	for _, purpose := range proof.Purposes() {
		f.Add(proof.NewChallenge(secret, "acme", purpose, noon.Add(time.Minute)), "acme", string(purpose))
		f.Add(proof.NewChallenge(secret, "", purpose, noon), "", string(purpose))
	}
	f.Add(strings.Repeat("A", 76), "acme", "prove")
	f.Fuzz(func(t *testing.T, challenge, app, purpose string) {
		c, err := proof.OpenChallenge([][]byte{secret}, app, proof.Purpose(purpose), noon, challenge)
		want, ours := readBySpec(challenge, app, purpose)
		switch {
		case ours != (err == nil || errors.Is(err, proof.ErrChallengeExpired)):
			t.Fatalf("%q is ours: %v; opened with %v", challenge, ours, err)
		case ours && want.After(noon) != (err == nil):
			t.Fatalf("good until %v, at noon: %v", want, err)
		case err == nil && !c.ExpiresAt.Equal(want):
			t.Fatalf("expires at %v; want %v", c.ExpiresAt, want)
		case err != nil && !ours && !errors.Is(err, proof.ErrChallengeInvalid):
			t.Fatalf("an error of no family: %v", err)
		}
	})
}

// readBySpec reads a challenge as spec/protocol.md says, by other means than the package.
func readBySpec(challenge, app, purpose string) (expiry time.Time, ours bool) {
	b, err := base64.RawURLEncoding.DecodeString(challenge)
	if err != nil || len(b) != 57 || b[0] != 1 || encode(string(b)) != challenge {
		return time.Time{}, false
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(string(b[:25]) + purpose + "\x00" + app))
	expiry = time.UnixMicro(int64(binary.BigEndian.Uint64(b[1:9])))
	return expiry, bytes.Equal(mac.Sum(nil), b[25:])
}
