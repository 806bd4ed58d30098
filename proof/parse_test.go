package proof_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/symbolon-id/symbolon/proof"
)

const (
	goodHeader = `{"typ":"symbolon-proof+jwt","alg":"ES256","kid":"key-1"}`
	goodClaims = `{"aud":"acme","challenge":"c","purpose":"prove","sub":"ada"}`
)

func TestParseReadsWhatWasSigned(t *testing.T) {
	key := devices()[proof.ES256].key
	next := newDevice(proof.EdDSA).key
	for name, said := range map[string]proof.Statement{
		"register": {JWK: key, Audience: "acme", Challenge: "c", Purpose: proof.PurposeRegister, Subject: "ada"},
		"prove":    {KeyID: "key-1", Audience: "acme", Challenge: "c", Purpose: proof.PurposeProve},
		"approve":  {KeyID: "key-1", Audience: "acme", Challenge: "c", Purpose: proof.PurposeApprove, Subject: "ada"},
		"rotate, by the old key": {
			KeyID: "key-1", JWK: next, Audience: "acme", Challenge: "c",
			Purpose: proof.PurposeRotate, Subject: "ada",
		},
		"rotate, by the new key": {
			JWK: key, Audience: "acme", Challenge: "c",
			Purpose: proof.PurposeRotate, Subject: "ada",
		},
		"a transfer": {
			KeyID: "key-1", Audience: "acme", Challenge: "c", Purpose: proof.PurposeProve,
			Subject: "ada", Action: "transfer", PayloadHash: proof.HashPayload([]byte("12.00 EUR to Bob")),
		},
		"ids are opaque": {
			KeyID: "../../etc/passwd", Audience: "a/b", Challenge: "c",
			Purpose: proof.PurposeProve, Subject: `auth0|1 "<&>" …` + "\u2028😀",
		},
		"ids of the greatest size": {
			KeyID: strings.Repeat("k", 255), Audience: strings.Repeat("a", 255), Challenge: "c",
			Purpose: proof.PurposeProve, Subject: strings.Repeat("😀", 255),
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := mustParse(t, mustSign(t, devices()[proof.ES256], said))
			said.Algorithm = proof.ES256
			if !got.JWK.Equal(said.JWK) {
				t.Errorf("JWK is %v; want %v", got.JWK, said.JWK)
			}
			got.JWK, said.JWK = nil, nil
			if got.Statement != said {
				t.Errorf("parsed %+v; want %+v", got.Statement, said)
			}
		})
	}
}

func TestParseReadsEscapesAndWhiteSpaceOfJSON(t *testing.T) {
	p := mustParse(t, forge(t,
		" { \"typ\" :\t\"symbolon-proof+jwt\",\r\n \"al\\u0067\":\"ES256\" , \"kid\":\"\\\"\\\\\\/\" } ",
		`{"aud":"a\u00e9\ud83d\uDE00","challenge":"c","purpose":"prove"}`))
	if p.KeyID != `"\/` || p.Audience != "aé😀" || p.Algorithm != proof.ES256 {
		t.Errorf("parsed %+v", p.Statement)
	}
}

func TestParseHeaderRules(t *testing.T) {
	jwk := string(devices()[proof.ES256].key.JWK())
	for _, rule := range []struct {
		name, header string
		want         error
		says         string
	}{
		{"none is no algorithm", `{"typ":"symbolon-proof+jwt","alg":"none","kid":"k"}`, proof.ErrAlgorithm, "none"},
		{"nor in capitals", `{"typ":"symbolon-proof+jwt","alg":"None","kid":"k"}`, proof.ErrAlgorithm, "None"},
		{"HMAC is not allowed", `{"typ":"symbolon-proof+jwt","alg":"HS256","kid":"k"}`, proof.ErrAlgorithm, "HS256"},
		{"nor longer HMAC", `{"typ":"symbolon-proof+jwt","alg":"HS512","kid":"k"}`, proof.ErrAlgorithm, "HS512"},
		{"nor P-384", `{"typ":"symbolon-proof+jwt","alg":"ES384","kid":"k"}`, proof.ErrAlgorithm, "ES384"},
		{"nor secp256k1", `{"typ":"symbolon-proof+jwt","alg":"ES256K","kid":"k"}`, proof.ErrAlgorithm, "ES256K"},
		{"nor longer RSA hashes", `{"typ":"symbolon-proof+jwt","alg":"RS512","kid":"k"}`, proof.ErrAlgorithm, "RS512"},
		{"alg is exact", `{"typ":"symbolon-proof+jwt","alg":"es256","kid":"k"}`, proof.ErrAlgorithm, "es256"},
		{"alg is needed", `{"typ":"symbolon-proof+jwt","kid":"k"}`, proof.ErrAlgorithm, `"alg"`},
		{"alg is a text", `{"typ":"symbolon-proof+jwt","alg":256,"kid":"k"}`, proof.ErrInvalid, "header"},
		{"alg is not null", `{"typ":"symbolon-proof+jwt","alg":null,"kid":"k"}`, proof.ErrInvalid, "header"},
		{"typ is needed", `{"alg":"ES256","kid":"k"}`, proof.ErrInvalid, `"typ"`},
		{"typ is exact", `{"typ":"Symbolon-Proof+JWT","alg":"ES256","kid":"k"}`, proof.ErrInvalid, `"typ"`},
		{"typ has no media type prefix", `{"typ":"application/symbolon-proof+jwt","alg":"ES256","kid":"k"}`, proof.ErrInvalid, `"typ"`},
		{"a ticket is no proof", `{"typ":"symbolon-ticket+jwt","alg":"ES256","kid":"k"}`, proof.ErrInvalid, `"typ"`},
		{"names are matched by case", `{"typ":"symbolon-proof+jwt","ALG":"ES256","kid":"k"}`, proof.ErrInvalid, `"ALG"`},
		{"nor by case folding", `{"typ":"symbolon-proof+jwt","alg":"ES256","` + "\u212a" + `id":"k"}`, proof.ErrInvalid, "member"},
		{"members are there once", `{"typ":"symbolon-proof+jwt","alg":"ES256","alg":"ES256","kid":"k"}`, proof.ErrInvalid, `"alg" twice`},
		{"however they are spelt", `{"typ":"symbolon-proof+jwt","alg":"ES256","a\u006cg":"none","kid":"k"}`, proof.ErrInvalid, `"alg" twice`},
		{"crit is refused", `{"typ":"symbolon-proof+jwt","alg":"ES256","kid":"k","crit":["exp"],"exp":1}`, proof.ErrInvalid, `"crit"`},
		{"also empty", `{"typ":"symbolon-proof+jwt","alg":"ES256","kid":"k","crit":[]}`, proof.ErrInvalid, `"crit"`},
		{"b64 is refused", `{"typ":"symbolon-proof+jwt","alg":"ES256","kid":"k","b64":false}`, proof.ErrInvalid, `"b64"`},
		{"jku is refused", `{"typ":"symbolon-proof+jwt","alg":"ES256","kid":"k","jku":"https://evil.example/"}`, proof.ErrInvalid, `"jku"`},
		{"x5u is refused", `{"typ":"symbolon-proof+jwt","alg":"ES256","kid":"k","x5u":"https://evil.example/"}`, proof.ErrInvalid, `"x5u"`},
		{"x5c is refused", `{"typ":"symbolon-proof+jwt","alg":"ES256","kid":"k","x5c":["MII"]}`, proof.ErrInvalid, `"x5c"`},
		{"x5t is refused", `{"typ":"symbolon-proof+jwt","alg":"ES256","kid":"k","x5t":"MII"}`, proof.ErrInvalid, `"x5t"`},
		{"cty is refused", `{"typ":"symbolon-proof+jwt","alg":"ES256","kid":"k","cty":"JWT"}`, proof.ErrInvalid, `"cty"`},
		{"zip is refused", `{"typ":"symbolon-proof+jwt","alg":"ES256","kid":"k","zip":"DEF"}`, proof.ErrInvalid, `"zip"`},
		{"an unknown name is cut short", `{"typ":"symbolon-proof+jwt","alg":"ES256","` + strings.Repeat("z", 500) + `":1}`, proof.ErrInvalid, "zz…"},
		{"an escaped control character is one", `{"typ":"symbolon-proof+jwt","alg":"ES256","kid":"\b\f\n\r\t"}`, proof.ErrInvalid, "control"},
		{"nesting is refused", `{"typ":"symbolon-proof+jwt","alg":"ES256","kid":{"kid":{"kid":{}}}}`, proof.ErrInvalid, "header"},
		{"kid is not empty", `{"typ":"symbolon-proof+jwt","alg":"ES256","kid":""}`, proof.ErrInvalid, `"kid"`},
		{"kid has at most 255 characters", `{"typ":"symbolon-proof+jwt","alg":"ES256","kid":"` + strings.Repeat("é", 256) + `"}`, proof.ErrInvalid, `"kid"`},
		{"kid has no control characters", `{"typ":"symbolon-proof+jwt","alg":"ES256","kid":"k\u0000"}`, proof.ErrInvalid, "control"},
		{"nor those beyond ASCII", `{"typ":"symbolon-proof+jwt","alg":"ES256","kid":"k\u0085"}`, proof.ErrInvalid, "control"},
		{"kid has no half characters", `{"typ":"symbolon-proof+jwt","alg":"ES256","kid":"\ud83d"}`, proof.ErrInvalid, "surrogate"},
		{"nor in the wrong order", `{"typ":"symbolon-proof+jwt","alg":"ES256","kid":"\ude00\ud83d"}`, proof.ErrInvalid, "surrogate"},
		{"prove needs a key", `{"typ":"symbolon-proof+jwt","alg":"ES256"}`, proof.ErrInvalid, "kid"},
		{"prove has no jwk", `{"typ":"symbolon-proof+jwt","alg":"ES256","jwk":` + jwk + `}`, proof.ErrInvalid, "kid"},
		{"prove has not both", `{"typ":"symbolon-proof+jwt","alg":"ES256","kid":"k","jwk":` + jwk + `}`, proof.ErrInvalid, "kid"},
	} {
		t.Run(rule.name, func(t *testing.T) {
			_, err := proof.Parse(forge(t, rule.header, goodClaims))
			wantError(t, err, rule.want)
			wantError(t, err, proof.ErrInvalid)
			if err != nil && !strings.Contains(err.Error(), rule.says) {
				t.Errorf("%q does not say %s", err, rule.says)
			}
		})
	}
}

func TestParseJWKInTheHeader(t *testing.T) {
	ed, rsa := newDevice(proof.EdDSA).key, devices()[proof.RS256].key
	for _, rule := range []struct {
		name, alg, jwk, says string
	}{
		{"an RSA key does not sign ES256", "ES256", string(rsa.JWK()), "RS256"},
		{"an Ed25519 key does not sign ES256", "ES256", string(ed.JWK()), "EdDSA"},
		{"a P-256 key does not sign EdDSA", "EdDSA", rfc9449JWK, "EdDSA"},
		{"an RSA key has one algorithm", "PS256", string(rsa.JWK()), "RS256"},
		{"a point is on the curve", "ES256", `{"kty":"EC","crv":"P-256","x":"` + ecX + `","y":"` + ecX + `"}`, "not a point"},
		{"no private key", "ES256", strings.Replace(rfc9449JWK, "{", `{"d":"AAAA",`, 1), `"d"`},
		{"a key is an object", "ES256", `"` + ecX + `"`, "jwk"},
		{"nothing is nested in it", "ES256", `{"kty":{"kty":"EC"}}`, "jwk"},
	} {
		t.Run(rule.name, func(t *testing.T) {
			header := `{"typ":"symbolon-proof+jwt","alg":"` + rule.alg + `","jwk":` + rule.jwk + `}`
			_, err := proof.Parse(forge(t, header, `{"aud":"acme","challenge":"c","purpose":"register","sub":"ada"}`))
			wantError(t, err, proof.ErrKey)
			if err != nil && !strings.Contains(err.Error(), rule.says) {
				t.Errorf("%q does not say %s", err, rule.says)
			}
		})
	}
}

func TestParseClaimsRules(t *testing.T) {
	for _, rule := range []struct{ name, claims, says string }{
		{"aud is needed", `{"challenge":"c","purpose":"prove"}`, `"aud"`},
		{"aud is one app", `{"aud":["acme"],"challenge":"c","purpose":"prove"}`, "claims"},
		{"aud is not empty", `{"aud":"","challenge":"c","purpose":"prove"}`, `"aud"`},
		{"challenge is needed", `{"aud":"acme","purpose":"prove"}`, `"challenge"`},
		{"purpose is needed", `{"aud":"acme","challenge":"c"}`, `"purpose"`},
		{"purpose is a known one", `{"aud":"acme","challenge":"c","purpose":"login"}`, `"login"`},
		{"purpose is exact", `{"aud":"acme","challenge":"c","purpose":"Prove"}`, `"Prove"`},
		{"approve needs sub", `{"aud":"acme","challenge":"c","purpose":"approve"}`, `"sub"`},
		{"sub is not empty", `{"aud":"acme","challenge":"c","purpose":"prove","sub":""}`, `"sub"`},
		{"sub is a text", `{"aud":"acme","challenge":"c","purpose":"prove","sub":1}`, "claims"},
		{"sub has at most 255 characters", `{"aud":"acme","challenge":"c","purpose":"prove","sub":"` + strings.Repeat("u", 256) + `"}`, `"sub"`},
		{"sub has no control characters", `{"aud":"acme","challenge":"c","purpose":"prove","sub":"a\nb"}`, "control"},
		{"action is not empty", `{"aud":"acme","challenge":"c","purpose":"prove","action":""}`, `"action"`},
		{"payloadHash is a SHA-256", `{"aud":"acme","challenge":"c","purpose":"prove","payloadHash":"abc"}`, `"payloadHash"`},
		{"in base64url", `{"aud":"acme","challenge":"c","purpose":"prove","payloadHash":"` + strings.Repeat("+", 43) + `"}`, `"payloadHash"`},
		{"in its one spelling", `{"aud":"acme","challenge":"c","purpose":"prove","payloadHash":"` + strings.Repeat("A", 42) + `B"}`, `"payloadHash"`},
		{"unknown claims are refused", `{"aud":"acme","challenge":"c","purpose":"prove","exp":1}`, `"exp"`},
		{"also deep ones", `{"aud":"acme","challenge":"c","purpose":"prove","x":` + strings.Repeat("[", 2000) + strings.Repeat("]", 2000) + `}`, `"x"`},
		{"names are matched by case", `{"aud":"acme","challenge":"c","purpose":"prove","Sub":"ada"}`, `"Sub"`},
		{"claims are there once", `{"aud":"acme","challenge":"c","purpose":"prove","sub":"ada","sub":"bob"}`, `"sub" twice`},
		{"however they are spelt", `{"aud":"acme","challenge":"c","purpose":"prove","sub":"ada","s\u0075b":"bob"}`, `"sub" twice`},
	} {
		t.Run(rule.name, func(t *testing.T) {
			_, err := proof.Parse(forge(t, goodHeader, rule.claims))
			wantError(t, err, proof.ErrInvalid)
			if err != nil && !strings.Contains(err.Error(), rule.says) {
				t.Errorf("%q does not say %s", err, rule.says)
			}
		})
	}
}

func TestParseTellsWhatIsNoJWS(t *testing.T) {
	good := forge(t, goodHeader, goodClaims)
	part := strings.Split(good, ".")
	jwe := strings.Join([]string{part[0], part[1], part[2], part[1], part[2]}, ".")
	for name, compact := range map[string]string{
		"nothing":                            "",
		"a word":                             "hello",
		"two parts":                          part[0] + "." + part[1],
		"four parts":                         good + "." + part[2],
		"the five parts of a JWE":            jwe,
		"JWS JSON serialisation":             `{"payload":"` + part[1] + `","protected":"` + part[0] + `","signature":"` + part[2] + `"}`,
		"too long":                           good + strings.Repeat("A", proof.MaxSize),
		"a padded part":                      part[0] + "." + part[1] + "." + part[2] + "==",
		"base64 that is not base64url":       part[0] + "." + part[1] + "." + strings.Repeat("+", 86),
		"a line end at the end":              good + "\n",
		"a line end within":                  part[0] + "." + part[1][:4] + "\r\n" + part[1][4:] + "." + part[2],
		"a carriage return":                  part[0] + "." + part[1] + "\r." + part[2],
		"a space":                            " " + good,
		"bits beyond the last byte":          part[0] + "." + part[1] + "." + withSpareBit(part[2]),
		"header that is no JSON":             forge(t, `typ=jwt`, goodClaims),
		"header that is an array":            forge(t, `[]`, goodClaims),
		"header with data after it":          forge(t, goodHeader+`{}`, goodClaims),
		"header with a comma too many":       forge(t, `{"alg":"ES256",}`, goodClaims),
		"claims that are no JSON":            forge(t, goodHeader, `aud=acme`),
		"claims that are a text":             forge(t, goodHeader, `"acme"`),
		"claims cut short":                   forge(t, goodHeader, goodClaims[:len(goodClaims)-1]),
		"claims that are not UTF-8":          forge(t, goodHeader, "{\"aud\":\"\xff\"}"),
		"claims with a bare line end":        forge(t, goodHeader, "{\"aud\":\"a\nb\"}"),
		"and after an escape":                forge(t, goodHeader, "{\"aud\":\"\\ta\nb\"}"),
		"claims with an escape that is none": forge(t, goodHeader, `{"aud":"\q"}`),
		"claims with an escape cut short":    forge(t, goodHeader, `{"aud":"\u12`),
		"claims that end within an escape":   forge(t, goodHeader, `{"aud":"\`),
		"claims that end within a text":      forge(t, goodHeader, `{"aud":"acme`),
		"and after one":                      forge(t, goodHeader, `{"aud":"\tacme`),
		"claims with a byte order mark": forge(t, goodHeader,
			"\ufeff"+goodClaims),
		"bad claims under an unknown header": forge(t, `{"crit":[]}`, `aud`),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := proof.Parse(compact)
			wantError(t, err, proof.ErrNotJWS)
			if errors.Is(err, proof.ErrInvalid) {
				t.Error("an error is either of the two, never both")
			}
		})
	}
}

// withSpareBit changes the last character so that a lax decoder reads the same bytes.
func withSpareBit(part string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := strings.IndexByte(alphabet, part[len(part)-1])
	return part[:len(part)-1] + string(alphabet[last^1])
}

func TestParseSignatureHasTheLengthOfItsAlgorithm(t *testing.T) {
	header := func(alg string) string { return `{"typ":"symbolon-proof+jwt","alg":"` + alg + `","kid":"k"}` }
	for _, rule := range []struct {
		alg  string
		size int
		fits bool
	}{
		{"ES256", 64, true},
		{"ES256", 0, false},
		{"ES256", 63, false},
		{"ES256", 70, false},
		{"EdDSA", 64, true},
		{"EdDSA", 0, false},
		{"EdDSA", 65, false},
		{"RS256", 256, true},
		{"RS256", 512, true},
		{"RS256", 255, false},
		{"RS256", 513, false},
		{"PS256", 256, true},
		{"PS256", 384, true},
		{"PS256", 64, false},
	} {
		_, err := proof.Parse(encode(header(rule.alg)) + "." + encode(goodClaims) + "." + encode(strings.Repeat("s", rule.size)))
		if rule.fits && err != nil || !rule.fits && !errors.Is(err, proof.ErrSignature) {
			t.Errorf("%s with %d bytes: %v", rule.alg, rule.size, err)
		}
	}
}

func TestErrorsDoNotRepeatWhoseProofItWas(t *testing.T) {
	_, err := proof.Parse(forge(t, goodHeader,
		`{"aud":"secret-app","challenge":"secret-challenge","purpose":"prove","sub":"secret-user","payloadHash":"secret-hash"}`))
	wantError(t, err, proof.ErrInvalid)
	if strings.Contains(err.Error(), "secret") {
		t.Errorf("%q is not fit for a log", err)
	}
}
