package proof_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/cryptotest"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/symbolon-id/symbolon/proof"
)

// writeVectors writes spec/vectors anew, with the keys that are there: randomness is
// seeded, so that only what changed shows in a diff.
func writeVectors(t *testing.T) {
	w := vectorWriter{T: t, devices: map[string]device{}}
	keys := w.keys()
	cryptotest.SetGlobalRandom(t, 1)
	w.write("keys.json", keys)
	w.write("challenges.json", w.challenges())
	w.write("proofs.json", w.proofs())
}

type vectorWriter struct {
	*testing.T
	devices map[string]device
}

func (w *vectorWriter) write(name string, file any) {
	w.Helper()
	var text bytes.Buffer
	out := json.NewEncoder(&text)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	if err := out.Encode(file); err != nil {
		w.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(vectorsDir, name), text.Bytes(), 0o644); err != nil {
		w.Fatal(err)
	}
}

func (w *vectorWriter) keys() keysFile {
	file := keysFile{About: "TEST ONLY. These private keys are public: never register one of them anywhere. " +
		"error is the word for what a service finds first."}
	present := map[string]keyVector{}
	if _, err := os.Stat(filepath.Join(vectorsDir, "keys.json")); !errors.Is(err, fs.ErrNotExist) {
		for _, v := range readVectors[keysFile](w.T, "keys.json").Keys {
			present[v.Name] = v
		}
	}
	for _, k := range []struct {
		name string
		alg  proof.Algorithm
		bits int
	}{
		{"es256", proof.ES256, 0},
		{"eddsa", proof.EdDSA, 0},
		{"ps256", proof.PS256, 2048},
		{"rs256", proof.RS256, 2048},
		{"rs256-3072", proof.RS256, 3072},
		{"es256-next", proof.ES256, 0},
		{"es256-stranger", proof.ES256, 0},
	} {
		v, ok := present[k.name]
		if !ok {
			v = keyVector{Name: k.name, Private: w.newPrivate(k.alg, k.bits)}
		}
		d := deviceOf(w.T, v)
		v.Public, v.Thumbprint = d.key.JWK(), d.key.Thumbprint()
		w.devices[k.name] = d
		file.Keys = append(file.Keys, v)
	}
	file.Thumbprints = []thumbprintVector{
		{"RFC 7638, section 3.1", rfc7638JWK, "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"},
		{"RFC 9449, section 4.1", rfc9449JWK, "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"},
		{"RFC 8037, appendix A.3", `{"kty":"OKP","crv":"Ed25519","x":"` + edX + `"}`, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"},
	}
	file.Refused = badKeys()
	return file
}

func (w *vectorWriter) newPrivate(alg proof.Algorithm, bits int) json.RawMessage {
	var signer crypto.Signer
	var err error
	switch alg {
	case proof.ES256:
		signer, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case proof.EdDSA:
		_, signer, err = ed25519.GenerateKey(rand.Reader)
	default:
		signer, err = rsa.GenerateKey(rand.Reader, bits)
	}
	if err != nil {
		w.Fatal(err)
	}
	text, err := (&jose.JSONWebKey{Key: signer, Algorithm: string(alg)}).MarshalJSON()
	if err != nil {
		w.Fatal(err)
	}
	return text
}

func badKeys() []badKeyVector {
	ec := `{"kty":"EC","crv":"P-256","x":"` + ecX + `","y":"` + ecY + `"`
	ed := func(x string) string { return `{"kty":"OKP","crv":"Ed25519","x":"` + x + `"}` }
	rsa := func(n, e string) string { return `{"kty":"RSA","n":"` + n + `","e":"` + e + `"}` }
	return []badKeyVector{
		{"a symmetric key", `{"kty":"oct","k":"AAAA"}`, "", "key"},
		{"a private key", ec + `,"d":"AAAA"}`, "", "key"},
		{"an unknown member", ec + `,"x5u":"https://evil.example/"}`, "", "key"},
		{"a member twice", ec + `,"x":"` + ecX + `"}`, "", "key"},
		{"a member twice, once escaped", ec + `,"\u0078":"` + ecX + `"}`, "", "key"},
		{"data after the end", ec + `}{}`, "", "key"},
		{"for encryption", ec + `,"use":"enc"}`, "", "key"},
		{"another curve, P-384", strings.Replace(ec, "P-256", "P-384", 1) + `}`, "", "key"},
		{"another curve, secp256k1", strings.Replace(ec, "P-256", "secp256k1", 1) + `}`, "", "key"},
		{"a point off the curve", `{"kty":"EC","crv":"P-256","x":"` + ecX + `","y":"` + ecX + `"}`, "", "key"},
		{"a coordinate of 31 bytes", `{"kty":"EC","crv":"P-256","x":"` + ecX[:41] + `","y":"` + ecY + `"}`, "", "key"},
		{"padded base64url", `{"kty":"EC","crv":"P-256","x":"` + ecX + `=","y":"` + ecY + `"}`, "", "key"},
		{"base64url with stray bits", `{"kty":"EC","crv":"P-256","x":"` + withSpareBit(ecX) + `","y":"` + ecY + `"}`, "", "key"},
		{"Ed448", strings.Replace(ed(edX), "Ed25519", "Ed448", 1), "", "key"},
		{"X25519", strings.Replace(ed(edX), "Ed25519", "X25519", 1), "", "key"},
		{"the identity of Ed25519", ed(encode("\x01" + strings.Repeat("\x00", 31))), "", "key"},
		{"no point of Ed25519", ed(encode("\x02" + strings.Repeat("\x00", 31))), "", "key"},
		{"a point of Ed25519 in a second spelling", ed(encode("\xf0" + strings.Repeat("\xff", 30) + "\x7f")), "", "key"},
		{"RSA with 2047 bits", rsa(modulus(2047, 1), "AQAB"), proof.PS256, "key"},
		{"RSA with 4097 bits", rsa(modulus(4097, 1), "AQAB"), proof.PS256, "key"},
		{"RSA with an even modulus", rsa(modulus(2048, 0), "AQAB"), proof.PS256, "key"},
		{"RSA with the exponent 3", rsa(modulus(2048, 1), "Aw"), proof.PS256, "key"},
		{"RSA without a named algorithm", rsa(modulus(2048, 1), "AQAB"), "", "key"},
		{"RSA pinned to ES256", rsa(modulus(2048, 1), "AQAB"), proof.ES256, "key"},
		{"EC pinned to RS256", ec + `}`, proof.RS256, "key"},
		{"EC that says another algorithm than it is pinned to", ec + `,"alg":"EdDSA"}`, proof.ES256, "key"},
		{"HMAC", rsa(modulus(2048, 1), "AQAB"), "HS256", "algorithm"},
		{"none", ec + `}`, "none", "algorithm"},
	}
}

func (w *vectorWriter) challenges() challengesFile {
	earlier, foreign := []byte("the secret before, of 32 bytes"), []byte("somebody else's secret, 32 bytes")
	expiry := noon.Add(5*time.Minute + 123456*time.Microsecond)
	file := challengesFile{
		About: "keys: the MAC keys of the service, base64url, the current one first. spendKey is in hexadecimal.",
		Keys:  []string{encode(string(secret)), encode(string(earlier))},
	}
	valid := func(why string, key []byte, app string, purpose proof.Purpose) string {
		v := challengeVector{Why: why, App: app, Purpose: purpose, Now: noon, ExpiresAt: &expiry}
		v.Challenge = proof.NewChallenge(key, app, purpose, expiry)
		c, err := proof.OpenChallenge([][]byte{key}, app, purpose, noon, v.Challenge)
		if err != nil {
			w.Fatal(err)
		}
		v.Nonce, v.SpendKey = encode(string(c.Nonce[:])), hex.EncodeToString(c.SpendKey())
		file.Valid = append(file.Valid, v)
		return v.Challenge
	}
	bad := func(why, app string, purpose proof.Purpose, now time.Time, challenge, word string) {
		file.Bad = append(file.Bad, challengeVector{Why: why, App: app, Purpose: purpose, Now: now, Challenge: challenge, Error: word})
	}
	good := valid("to prove", secret, "acme", proof.PurposeProve)
	valid("to register", secret, "acme", proof.PurposeRegister)
	valid("to rotate", secret, "acme", proof.PurposeRotate)
	valid("to approve", secret, "acme", proof.PurposeApprove)
	valid("made before the secret was rotated", earlier, "acme", proof.PurposeProve)
	bad("at its expiry", "acme", proof.PurposeProve, expiry, good, "challenge_expired")
	bad("for another app", "evil", proof.PurposeProve, noon, good, "challenge_invalid")
	bad("for another purpose", "acme", proof.PurposeRegister, noon, good, "challenge_invalid")
	bad("made with another secret", "acme", proof.PurposeProve, noon,
		proof.NewChallenge(foreign, "acme", proof.PurposeProve, expiry), "challenge_invalid")
	bad("with a later expiry", "acme", proof.PurposeProve, noon, encode(flipAt(raw(good), 4)), "challenge_invalid")
	bad("with another nonce", "acme", proof.PurposeProve, noon, encode(flipAt(raw(good), 9)), "challenge_invalid")
	bad("with another MAC", "acme", proof.PurposeProve, noon, encode(flipAt(raw(good), 56)), "challenge_invalid")
	bad("of another version", "acme", proof.PurposeProve, noon, encode(flipAt(raw(good), 0)), "challenge_invalid")
	bad("cut short", "acme", proof.PurposeProve, noon, good[:72], "challenge_invalid")
	bad("with a line end", "acme", proof.PurposeProve, noon, good+"\n", "challenge_invalid")
	return file
}

func flipAt(s string, at int) string {
	b := []byte(s)
	b[at] ^= 1
	return string(b)
}

func (w *vectorWriter) proofs() proofsFile {
	file := proofsFile{About: "key names a key of keys.json as the one stored under the kid; \"\" is the jwk in the header. " +
		"error is the word for what a service finds first; the challenge is judged apart."}
	challenge := func(purpose proof.Purpose) string {
		return proof.NewChallenge(secret, "acme", purpose, noon.Add(5*time.Minute))
	}
	paid := proof.HashPayload([]byte("12.00 EUR to Bob"))
	valid := func(why, name string, s proof.Statement) {
		v := proofVector{Why: why, Proof: mustSign(w, w.devices[name], s), Expected: expectedVector{
			App: s.Audience, Purpose: s.Purpose, User: s.Subject, Action: s.Action, PayloadHash: s.PayloadHash,
		}}
		if s.KeyID != "" {
			v.Key = name
		}
		part := strings.Split(v.Proof, ".")
		v.Header, v.Claims = raw(part[0]), raw(part[1])
		file.Valid = append(file.Valid, v)
	}
	for _, name := range []string{"es256", "eddsa", "ps256", "rs256", "rs256-3072"} {
		key := w.devices[name].key
		valid("register with "+name, name, proof.Statement{
			JWK: key, Audience: "acme",
			Challenge: challenge(proof.PurposeRegister), Purpose: proof.PurposeRegister, Subject: "ada",
		})
		valid("prove with "+name, name, proof.Statement{
			KeyID: key.Thumbprint(), Audience: "acme",
			Challenge: challenge(proof.PurposeProve), Purpose: proof.PurposeProve, Subject: "ada",
			Action: "transfer", PayloadHash: paid,
		})
	}
	valid("prove without naming a user or an action", "es256", proof.Statement{
		KeyID: "k", Audience: "acme",
		Challenge: challenge(proof.PurposeProve), Purpose: proof.PurposeProve,
	})
	valid("approve, for a user with an opaque id", "eddsa", proof.Statement{
		KeyID: "../k", Audience: "acme",
		Challenge: challenge(proof.PurposeApprove), Purpose: proof.PurposeApprove, Subject: `auth0|a/b"é😀`,
	})
	file.Rotations = w.rotations(challenge(proof.PurposeRotate))
	file.Bad = w.badProofs(challenge(proof.PurposeProve), file.Valid[1])
	return file
}

func (w *vectorWriter) rotations(challenge string) []rotationVector {
	said := func(kid, next string) proof.Statement {
		return proof.Statement{
			KeyID: kid, JWK: w.devices[next].key, Audience: "acme", Challenge: challenge,
			Purpose: proof.PurposeRotate, Subject: "ada",
		}
	}
	old := mustSign(w, w.devices["rs256"], said("key-1", "es256-next"))
	next := mustSign(w, w.devices["es256-next"], said("", "es256-next"))
	stranger := mustSign(w, w.devices["es256-stranger"], said("", "es256-stranger"))
	return []rotationVector{
		{"both halves", "rs256", old, next, ""},
		{"the new half is by another key", "rs256", old, stranger, "mismatch"},
		{"the old half stands for both", "rs256", old, old, "mismatch"},
		{"the new half stands for both", "rs256", next, next, "mismatch"},
		{"the old half is not by the stored key", "rs256", mustSign(w, w.devices["es256-stranger"], said("key-1", "es256-next")), next, "signature"},
	}
}

func (w *vectorWriter) badProofs(challenge string, good proofVector) []proofVector {
	part := strings.Split(good.Proof, ".")
	head := func(members string) string { return `{"typ":"symbolon-proof+jwt",` + members + `}` }
	claims := func(members string) string {
		return `{"aud":"acme","challenge":"` + challenge + `","purpose":"prove"` + members + `}`
	}
	kid, plain := head(`"alg":"ES256","kid":"key-1"`), claims(`,"sub":"ada"`)
	var all []proofVector
	add := func(why, compact, word string) {
		all = append(all, proofVector{
			Why: why, Key: "es256", Proof: compact, Error: word,
			Expected: expectedVector{App: "acme", Purpose: proof.PurposeProve, User: "ada"},
		})
	}
	es := w.devices["es256"].signer.(*ecdsa.PrivateKey)
	for _, v := range [][4]string{
		{"alg none", head(`"alg":"none","kid":"key-1"`), plain, "algorithm"},
		{"alg ES384", head(`"alg":"ES384","kid":"key-1"`), plain, "algorithm"},
		{"alg in another case", head(`"alg":"es256","kid":"key-1"`), plain, "algorithm"},
		{"alg twice", head(`"alg":"ES256","alg":"ES256","kid":"key-1"`), plain, "invalid"},
		{"alg twice, once escaped", head(`"alg":"ES256","\u0061lg":"ES256","kid":"key-1"`), plain, "invalid"},
		{"a member's name in another case", head(`"alg":"ES256","Kid":"key-1"`), plain, "invalid"},
		{"typ of a ticket", strings.Replace(kid, "proof", "ticket", 1), plain, "invalid"},
		{"no typ", `{"alg":"ES256","kid":"key-1"}`, plain, "invalid"},
		{"crit", head(`"alg":"ES256","kid":"key-1","crit":["b64"],"b64":false`), plain, "invalid"},
		{"jku", head(`"alg":"ES256","kid":"key-1","jku":"https://evil.example/"`), plain, "invalid"},
		{"x5c", head(`"alg":"ES256","kid":"key-1","x5c":["MII"]`), plain, "invalid"},
		{"neither kid nor jwk", head(`"alg":"ES256"`), plain, "invalid"},
		{"kid and jwk, to prove", head(`"alg":"ES256","kid":"key-1","jwk":` + string(w.devices["es256"].key.JWK())), plain, "invalid"},
		{"a jwk with its private half", head(`"alg":"ES256","jwk":{"kty":"EC","crv":"P-256","d":"AAAA"}`), plain, "key"},
		{"kid with a control character", head(`"alg":"ES256","kid":"key\u0000"`), plain, "invalid"},
		{"kid of 256 characters", head(`"alg":"ES256","kid":"` + strings.Repeat("k", 256) + `"`), plain, "invalid"},
		{"aud as a list", kid, strings.Replace(plain, `"acme"`, `["acme"]`, 1), "invalid"},
		{"an unknown claim", kid, claims(`,"exp":1772366700`), "invalid"},
		{"an unknown purpose", kid, strings.Replace(plain, "prove", "login", 1), "invalid"},
		{"approve without sub", kid, strings.Replace(claims(""), "prove", "approve", 1), "invalid"},
		{"payloadHash in hexadecimal", kid, claims(`,"payloadHash":"` + strings.Repeat("0a", 32) + `"`), "invalid"},
		{"half of a surrogate pair", kid, claims(`,"sub":"\ud83d"`), "invalid"},
		{"data after the claims", kid, plain + `{}`, "not_jws"},
		{"claims that are no object", kid, `[]`, "not_jws"},
		{"claims that are not UTF-8", kid, claims(`,"sub":"` + "\xff" + `"`), "not_jws"},
		{"for another app", kid, strings.Replace(plain, "acme", "evil", 1), "mismatch"},
		{"for another purpose", kid, strings.Replace(plain, "prove", "approve", 1), "mismatch"},
		{"for another user", kid, claims(`,"sub":"eve"`), "mismatch"},
		{"for an action that the caller lacks", kid, claims(`,"sub":"ada","action":"transfer"`), "mismatch"},
		{"for a payload that the caller lacks", kid, claims(`,"sub":"ada","payloadHash":"` + proof.HashPayload(nil) + `"`), "mismatch"},
		{"signed by the key with RS256 in its header", head(`"alg":"RS256","kid":"key-1"`), plain, "signature"},
		{"EdDSA in the header of an ES256 key", head(`"alg":"EdDSA","kid":"key-1"`), plain, "signature"},
	} {
		input := encode(v[1]) + "." + encode(v[2])
		add(v[0], input+"."+signES256(w, es, input), v[3])
	}
	input := encode(kid) + "." + encode(plain)
	der, err := es.Sign(rand.Reader, digest(input), crypto.SHA256)
	if err != nil {
		w.Fatal(err)
	}
	add("signature in DER", input+"."+encode(string(der)), "signature")
	add("by another key", input+"."+signES256(w, w.devices["es256-stranger"].signer.(*ecdsa.PrivateKey), input), "signature")
	add("changed after it was signed", encode(kid)+"."+encode(plain+" ")+"."+signES256(w, es, input), "signature")
	add("signature of zeros", input+"."+encode(strings.Repeat("\x00", 64)), "signature")
	hs := encode(head(`"alg":"HS256","kid":"key-1"`)) + "." + encode(plain)
	mac := hmac.New(sha256.New, w.devices["es256"].key.JWK())
	mac.Write([]byte(hs))
	add("HMAC with the public key as its secret", hs+"."+encode(string(mac.Sum(nil))), "algorithm")
	add("unsecured", encode(head(`"alg":"none"`))+"."+encode(plain)+".", "algorithm")
	add("padded", good.Proof+"==", "not_jws")
	add("stray bits in the signature", part[0]+"."+part[1]+"."+withSpareBit(part[2]), "not_jws")
	add("a line end", good.Proof+"\n", "not_jws")
	add("five parts, as of a JWE", good.Proof+"."+part[0]+"."+part[2], "not_jws")
	add("two parts", part[0]+"."+part[1], "not_jws")
	add("JWS JSON serialisation", `{"payload":"`+part[1]+`","protected":"`+part[0]+`","signature":"`+part[2]+`"}`, "not_jws")
	add("longer than 8192 characters", input+"."+strings.Repeat("A", proof.MaxSize), "not_jws")
	return all
}
