package proof_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strings"
	"testing"

	"github.com/symbolon-id/symbolon/proof"
)

func TestVerifyAcceptsTheKeyThatSignedAndNoOther(t *testing.T) {
	for alg, signer := range devices() {
		p := mustParse(t, mustSign(t, signer, login()))
		for other, d := range devices() {
			err := p.Verify(d.key)
			if other == alg && err != nil {
				t.Errorf("%s: %v", alg, err)
			}
			if other != alg {
				wantError(t, err, proof.ErrSignature)
			}
		}
		wantError(t, p.Verify(newDevice(alg).key), proof.ErrSignature)
	}
}

func TestVerifyRefusesAnyChange(t *testing.T) {
	for alg, d := range devices() {
		compact := mustSign(t, d, login())
		part := strings.Split(compact, ".")
		for name, changed := range map[string]string{
			"the user":      part[0] + "." + encode(strings.Replace(raw(part[1]), "ada", "bob", 1)) + "." + part[2],
			"the key id":    encode(strings.Replace(raw(part[0]), "key-1", "key-2", 1)) + "." + part[1] + "." + part[2],
			"white space":   part[0] + "." + encode(raw(part[1])+" ") + "." + part[2],
			"the signature": part[0] + "." + part[1] + "." + encode(flip(raw(part[2]))),
			"all of it":     part[0] + "." + part[1] + "." + encode(strings.Repeat("\xff", len(raw(part[2])))),
			"none of it":    part[0] + "." + part[1] + "." + encode(strings.Repeat("\x00", len(raw(part[2])))),
		} {
			t.Run(string(alg)+"/"+name, func(t *testing.T) {
				p := mustParse(t, changed)
				wantError(t, p.Verify(d.key), proof.ErrSignature)
				p.VerifyDummy()
			})
		}
	}
}

func flip(signature string) string {
	b := []byte(signature)
	b[len(b)/2] ^= 1
	return string(b)
}

// TestTheHeaderNeverChoosesTheAlgorithm: one RSA key, registered for PS256, signs a sound
// RS256 proof; and the other way round.
func TestTheHeaderNeverChoosesTheAlgorithm(t *testing.T) {
	for alg, other := range map[proof.Algorithm]proof.Algorithm{proof.PS256: proof.RS256, proof.RS256: proof.PS256} {
		d := devices()[alg]
		said := login()
		said.Algorithm = other
		compact, err := proof.Sign(d.signer, said)
		if err != nil {
			t.Fatal(err)
		}
		wantError(t, mustParse(t, compact).Verify(d.key), proof.ErrSignature)
	}
}

// TestPublicKeyIsNoHMACSecret is the classic confusion: everyone knows the public key.
func TestPublicKeyIsNoHMACSecret(t *testing.T) {
	input := encode(`{"typ":"symbolon-proof+jwt","alg":"HS256","kid":"key-1"}`) + "." + encode(goodClaims)
	mac := hmac.New(sha256.New, devices()[proof.RS256].key.JWK())
	mac.Write([]byte(input))
	_, err := proof.Parse(input + "." + encode(string(mac.Sum(nil))))
	wantError(t, err, proof.ErrAlgorithm)
}

func TestSignaturesOfAnotherFormAreRefused(t *testing.T) {
	es, ps := devices()[proof.ES256], devices()[proof.PS256]

	compact := mustSign(t, es, login())
	input := compact[:strings.LastIndex(compact, ".")]
	der, err := ecdsa.SignASN1(rand.Reader, es.signer.(*ecdsa.PrivateKey), digest(input))
	if err != nil {
		t.Fatal(err)
	}
	_, err = proof.Parse(input + "." + encode(string(der)))
	wantError(t, err, proof.ErrSignature)

	compact = mustSign(t, ps, login())
	input = compact[:strings.LastIndex(compact, ".")]
	opts := &rsa.PSSOptions{SaltLength: 20}
	shortSalt, err := rsa.SignPSS(rand.Reader, ps.signer.(*rsa.PrivateKey), crypto.SHA256, digest(input), opts)
	if err != nil {
		t.Fatal(err)
	}
	wantError(t, mustParse(t, input+"."+encode(string(shortSalt))).Verify(ps.key), proof.ErrSignature)
}

// TestHighSIsAccepted: devices do not normalise s, and a proof is known by its challenge,
// never by its signature.
func TestHighSIsAccepted(t *testing.T) {
	d := devices()[proof.ES256]
	compact := mustSign(t, d, login())
	dot := strings.LastIndex(compact, ".")
	signature := []byte(raw(compact[dot+1:]))
	s := new(big.Int).SetBytes(signature[32:])
	s.Sub(elliptic.P256().Params().N, s).FillBytes(signature[32:])
	if err := mustParse(t, compact[:dot+1]+encode(string(signature))).Verify(d.key); err != nil {
		t.Error(err)
	}
}

// TestVerifyTakesRSAKeysOfEverySize also gives each a proof by a key of another size.
func TestVerifyTakesRSAKeysOfEverySize(t *testing.T) {
	large, err := rsa.GenerateKey(rand.Reader, 3072)
	if err != nil {
		t.Fatal(err)
	}
	key, err := proof.NewPublicKey(&large.PublicKey, proof.PS256)
	if err != nil {
		t.Fatal(err)
	}
	p := mustParse(t, mustSign(t, device{large, key}, login()))
	if err := p.Verify(key); err != nil {
		t.Error(err)
	}
	small := devices()[proof.PS256]
	wantError(t, p.Verify(small.key), proof.ErrSignature)
	wantError(t, mustParse(t, mustSign(t, small, login())).Verify(key), proof.ErrSignature)
}

func TestCheckRules(t *testing.T) {
	paid, other := proof.HashPayload([]byte("12.00 EUR to Bob")), proof.HashPayload([]byte("1200 EUR to Eve"))
	said := func(user, action, hash string) proof.Statement {
		s := login()
		s.Subject, s.Action, s.PayloadHash = user, action, hash
		return s
	}
	want := func(user, action, hash string) proof.Expected {
		return proof.Expected{App: "acme", Purpose: proof.PurposeProve, User: user, Action: action, PayloadHash: hash}
	}
	for _, rule := range []struct {
		name  string
		said  proof.Statement
		want  proof.Expected
		error string
	}{
		{"all as expected", said("ada", "", ""), want("ada", "", ""), ""},
		{"only the caller names the user", said("", "", ""), want("ada", "", ""), ""},
		{"only the proof names the user", said("ada", "", ""), want("", "", ""), ""},
		{"nobody names the user", said("", "", ""), want("", "", ""), ""},
		{"an action without a payload", said("ada", "login", ""), want("ada", "login", ""), ""},
		{"an action and its payload", said("ada", "transfer", paid), want("ada", "transfer", paid), ""},
		{"another app", said("ada", "", ""), proof.Expected{App: "evil", Purpose: proof.PurposeProve, User: "ada"}, `"aud"`},
		{"another purpose", said("ada", "", ""), proof.Expected{App: "acme", Purpose: proof.PurposeApprove, User: "ada"}, `"purpose"`},
		{"another user", said("eve", "", ""), want("ada", "", ""), `"sub"`},
		{"a user in other case", said("Ada", "", ""), want("ada", "", ""), `"sub"`},
		{"another action", said("ada", "login", ""), want("ada", "transfer", ""), `"action"`},
		{"an action that was not signed", said("ada", "", ""), want("ada", "transfer", ""), `"action"`},
		{"an action that the caller lacks", said("ada", "transfer", ""), want("ada", "", ""), `"action"`},
		{"another payload", said("ada", "transfer", paid), want("ada", "transfer", other), `"payloadHash"`},
		{"a payload that was not signed", said("ada", "transfer", ""), want("ada", "transfer", paid), `"payloadHash"`},
		{"a payload that the caller lacks", said("ada", "transfer", paid), want("ada", "transfer", ""), `"payloadHash"`},
	} {
		t.Run(rule.name, func(t *testing.T) {
			err := mustParse(t, mustSign(t, devices()[proof.EdDSA], rule.said)).Check(rule.want)
			if rule.error == "" && err != nil {
				t.Error(err)
			}
			if rule.error != "" {
				wantError(t, err, proof.ErrMismatch)
				wantError(t, err, proof.ErrInvalid)
				if err != nil && !strings.Contains(err.Error(), rule.error) {
					t.Errorf("%q does not say %s", err, rule.error)
				}
			}
		})
	}
}

func TestRotationRules(t *testing.T) {
	old, next := devices()[proof.RS256], devices()[proof.ES256]
	said := func(kid string, key *proof.PublicKey) proof.Statement {
		return proof.Statement{
			KeyID: kid, JWK: key, Audience: "acme", Challenge: "c",
			Purpose: proof.PurposeRotate, Subject: "ada",
		}
	}
	elsewhere, bobs, proves := said("", next.key), said("", next.key), login()
	elsewhere.Challenge, bobs.Subject = "d", "bob"
	third := newDevice(proof.ES256)
	good := mustSign(t, old, said("key-1", next.key))
	for _, rule := range []struct {
		name, old, next string
		says            string
	}{
		{"both halves", good, mustSign(t, next, said("", next.key)), ""},
		{"another new key", good, mustSign(t, third, said("", third.key)), "another new key"},
		{"two challenges", good, mustSign(t, next, elsewhere), "challenges"},
		{"two users", good, mustSign(t, next, bobs), `"sub"`},
		{"twice the old half", good, good, "no kid"},
		{"twice the new half", mustSign(t, next, said("", next.key)), mustSign(t, next, said("", next.key)), "kid"},
		{"a sign-in as the old half", mustSign(t, old, proves), mustSign(t, next, said("", next.key)), "purpose"},
	} {
		t.Run(rule.name, func(t *testing.T) {
			err := proof.CheckRotation(mustParse(t, rule.old), mustParse(t, rule.next))
			if rule.says == "" && err != nil {
				t.Error(err)
			}
			if rule.says != "" {
				wantError(t, err, proof.ErrMismatch)
				if err != nil && !strings.Contains(err.Error(), rule.says) {
					t.Errorf("%q does not say %s", err, rule.says)
				}
			}
		})
	}
}

func TestSignRefusesWhatParseWould(t *testing.T) {
	d, other := devices()[proof.ES256], newDevice(proof.ES256)
	for _, rule := range []struct {
		name   string
		change func(*proof.Statement)
		want   error
	}{
		{"an algorithm of another key", func(s *proof.Statement) { s.Algorithm = proof.EdDSA }, proof.ErrKey},
		{"an unknown algorithm", func(s *proof.Statement) { s.Algorithm = "none" }, proof.ErrAlgorithm},
		{"an unknown purpose", func(s *proof.Statement) { s.Purpose = "login" }, proof.ErrInvalid},
		{"no app", func(s *proof.Statement) { s.Audience = "" }, proof.ErrInvalid},
		{"no key", func(s *proof.Statement) { s.KeyID = "" }, proof.ErrInvalid},
		{"a control character", func(s *proof.Statement) { s.Subject = "a\x00" }, proof.ErrInvalid},
		{"text that is not UTF-8", func(s *proof.Statement) { s.Subject = "a\xff" }, proof.ErrInvalid},
		{"a jwk of somebody else", func(s *proof.Statement) {
			s.Purpose, s.KeyID, s.JWK = proof.PurposeRegister, "", other.key
		}, proof.ErrKey},
	} {
		t.Run(rule.name, func(t *testing.T) {
			s := login()
			rule.change(&s)
			_, err := proof.Sign(d.signer, s)
			wantError(t, err, rule.want)
		})
	}
}

// brokenSigner is a keystore that answers nonsense.
type brokenSigner struct {
	crypto.Signer
	answer []byte
	err    error
}

func (s brokenSigner) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return s.answer, s.err
}

func TestSignReportsABrokenSigner(t *testing.T) {
	locked := errors.New("the keystore is locked")
	huge, err := asn1.Marshal([]*big.Int{new(big.Int).Lsh(big.NewInt(1), 300), big.NewInt(1)})
	if err != nil {
		t.Fatal(err)
	}
	for name, broken := range map[string]brokenSigner{
		"it fails":         {err: locked},
		"it answers text":  {answer: []byte("signature")},
		"it answers P-384": {answer: huge},
	} {
		broken.Signer = devices()[proof.ES256].signer
		if compact, err := proof.Sign(broken, login()); err == nil || broken.err != nil && !errors.Is(err, locked) {
			t.Errorf("%s: signed %q, %v", name, compact, err)
		}
	}
}

// TestUnknownKeysCostWhatKnownOnesDo counts allocations, which both paths' work decides:
// reading the stored key and verifying by it. The least of some looks counts: what else
// goes on in the process, and what a pool happens to have forgotten, can only add to it.
func TestUnknownKeysCostWhatKnownOnesDo(t *testing.T) {
	for alg, d := range devices() {
		p := mustParse(t, mustSign(t, d, login()))
		stored := newDevice(alg).key.JWK()
		known := leastAllocations(func() {
			key, err := proof.ParseJWK(stored, alg)
			if err != nil || p.Verify(key) == nil {
				panic(fmt.Sprint("a stranger's proof must fail at the signature: ", err))
			}
		})
		unknown := leastAllocations(p.VerifyDummy)
		if known < unknown*0.7 || known > unknown*1.3+6 {
			t.Errorf("%s: a known key takes %v allocations, an unknown one %v", alg, known, unknown)
		}
	}
}

func leastAllocations(f func()) float64 {
	least := testing.AllocsPerRun(1, f)
	for range 50 {
		least = min(least, testing.AllocsPerRun(1, f))
	}
	return least
}

func TestHashPayload(t *testing.T) {
	sum := sha256.Sum256([]byte("abc"))
	if got := raw(proof.HashPayload([]byte("abc"))); !bytes.Equal([]byte(got), sum[:]) {
		t.Errorf("hash is %x; want %x", got, sum)
	}
}
