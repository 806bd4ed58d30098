package proof_test

import (
	"crypto/ecdsa"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon/proof"
)

// A device asks its app's backend, whose address it writes in its own way.
func TestAProofForOneRequestGoesTheWholeWay(t *testing.T) {
	for _, alg := range proof.Algorithms() {
		d := devices()[alg]
		said := request(alg, "HTTPS://API.example.com:443/transfers/./new?draft=1")
		said.Nonce = "a nonce"
		text, err := proof.SignDPoP(d.signer, said, "a token")
		if err != nil {
			t.Fatal(err)
		}
		got := mustParseDPoP(t, text)
		if !got.JWK.Equal(d.key) || got.ID != "one" || got.Method != "GET" || got.Nonce != "a nonce" || !got.IssuedAt.Equal(noon) {
			t.Errorf("%s: read %+v", alg, got)
		}
		err = got.Check(proof.ExpectedDPoP{
			Method: "GET", URL: "https://api.example.com/transfers/new#top", Token: "a token", Thumbprint: d.key.Thumbprint(),
			Now: noon.Add(time.Minute), Window: time.Minute,
		})
		if err != nil {
			t.Errorf("%s: %v", alg, err)
		}
	}
}

func TestAProofWithoutATokenNeedsNone(t *testing.T) {
	d := devices()[proof.ES256]
	bare, err := proof.SignDPoP(d.signer, request(proof.ES256, "https://a.example/"), "")
	if err != nil {
		t.Fatal(err)
	}
	want := proof.ExpectedDPoP{Method: "GET", URL: "https://a.example/", Now: noon, Window: time.Minute}
	if err := mustParseDPoP(t, bare).Check(want); err != nil {
		t.Errorf("without a token: %v", err)
	}
	want.Thumbprint = devices()[proof.EdDSA].key.Thumbprint()
	wantError(t, mustParseDPoP(t, bare).Check(want), proof.ErrMismatch)
	want.Thumbprint, want.URL = "", "not a URL"
	wantError(t, mustParseDPoP(t, bare).Check(want), proof.ErrMismatch)
}

// Where other readers of JWTs may differ, the strict reading holds; where RFC 7519 allows
// something, it is allowed.
func TestHowAProofIsRead(t *testing.T) {
	header := `{"typ":"dpop+jwt","alg":"ES256","jwk":` + string(devices()[proof.ES256].key.JWK()) + `}`
	good := `{"jti":"one","htm":"GET","htu":"https://a.example/","iat":1772366400}`
	with := func(more string) string { return strings.TrimSuffix(good, "}") + "," + more + "}" }
	iat := func(n string) string { return strings.Replace(good, "1772366400", n, 1) }
	for _, rule := range []struct {
		what, header, claims string
		want                 error
	}{
		{"as it should be", header, good, nil},
		{"white space", " " + header + "\n", "\t" + good + " ", nil},
		{"members that no one knows", strings.TrimSuffix(header, "}") + `,"x5c":["MII",{"a":null}]}`, with(`"cnf":{"a":[1,{}]},"n":-1e9`), nil},
		{"a time with a fraction", header, iat("1772366400.75"), nil},
		{"a time as a power of ten", header, iat("1.7723664e9"), nil},
		{"a time before 1970", header, iat("-1"), proof.ErrInvalid},
		{"a time after 9999", header, iat("253402300800"), proof.ErrInvalid},
		{"a time that JSON can't have", header, iat("01772366400"), proof.ErrNotJWS},
		{"no time", header, iat("null"), proof.ErrInvalid},
		{"a known claim twice", header, with(`"jti":"two"`), proof.ErrInvalid},
		{"a known claim twice, once escaped", header, with(`"jt\u0069":"two"`), proof.ErrInvalid},
		{"an unknown claim without a value", header, with(`"a":`), proof.ErrNotJWS},
		{"a claim of the wrong kind", header, with(`"nonce":7`), proof.ErrInvalid},
		{"a member of the jwk that no one knows", strings.Replace(header, `"kty"`, `"x5u":"https://evil.example/","kty"`, 1), good, proof.ErrKey},
	} {
		_, err := proof.ParseDPoP(forge(t, rule.header, rule.claims))
		if !errors.Is(err, rule.want) || (err != nil) != (rule.want != nil) {
			t.Errorf("%s: error is %v; want %v", rule.what, err, rule.want)
		}
	}
	_, err := proof.ParseDPoP(forge(t, header, good) + "==")
	wantError(t, err, proof.ErrNotJWS)
}

func TestWhatIsNotSigned(t *testing.T) {
	for what, spoil := range map[string]func(*proof.DPoP){
		"no key":          func(d *proof.DPoP) { d.JWK = nil },
		"another's key":   func(d *proof.DPoP) { d.JWK = newDevice(proof.ES256).key },
		"another kind":    func(d *proof.DPoP) { d.JWK = devices()[proof.EdDSA].key },
		"no id":           func(d *proof.DPoP) { d.ID = "" },
		"no method":       func(d *proof.DPoP) { d.Method = "" },
		"no URL":          func(d *proof.DPoP) { d.URL = "/transfers" },
		"a nonce of dots": func(d *proof.DPoP) { d.Nonce = strings.Repeat(".", 256) },
		"no time":         func(d *proof.DPoP) { d.IssuedAt = time.Time{} },
	} {
		d := request(proof.ES256, "https://a.example/")
		spoil(&d)
		if text, err := proof.SignDPoP(devices()[proof.ES256].signer, d, "a token"); err == nil {
			t.Errorf("%s: signed %s", what, text)
		}
	}
}

// FuzzParseDPoP: an error is of exactly one family; what parses says what encoding/json
// reads in it, and, signed anew, is the same, with a URL that has found its one spelling.
func FuzzParseDPoP(f *testing.F) {
	d := deviceOf(f, readVectors[keysFile](f, "keys.json").Keys[0]) // the same in every process that fuzzes
	header := `{"typ":"dpop+jwt","alg":"ES256","jwk":` + string(d.key.JWK()) + `}`
	for _, claims := range []string{
		`{"jti":"one","htm":"GET","htu":"https://a.example/","iat":1772366400}`,
		`{"jti":"one","htm":"GET","htu":"HTTP://A.example:80/b/../%7ec?d#e","iat":1772366400.5,"ath":"a","nonce":"n","x":[{}]}`,
		`{"jti":"\ud83d\ude00","htm":"GET","htu":"https://[::1]:8443/%2f","iat":0}`,
	} {
		f.Add(header, claims)
	}
	f.Add(strings.TrimSuffix(header, "}")+`,"crit":["b64"]}`, `{}`)
	f.Add(`{"typ":"dpop+jwt","alg":"none"}`, `[]`)
	f.Fuzz(func(t *testing.T, header, claims string) {
		input := encode(header) + "." + encode(claims)
		read, err := proof.ParseDPoP(input + "." + signES256(t, d.signer.(*ecdsa.PrivateKey), input))
		if err != nil {
			if read != nil || errors.Is(err, proof.ErrNotJWS) == errors.Is(err, proof.ErrInvalid) {
				t.Fatalf("an error of no family, or of both: %v", err)
			}
			return
		}
		var said map[string]any
		if err := json.Unmarshal([]byte(claims), &said); err != nil {
			t.Fatal(err)
		}
		for name, value := range map[string]string{"jti": read.ID, "htm": read.Method, "ath": read.TokenHash, "nonce": read.Nonce} {
			if text, _ := said[name].(string); text != value {
				t.Errorf("claim %s is %q; encoding/json reads %q", name, value, text)
			}
		}
		text, err := proof.SignDPoP(d.signer, *read, "")
		if err != nil {
			t.Fatalf("%+v is not signed again: %v", read, err)
		}
		again := mustParseDPoP(t, text)
		again.JWK, read.JWK = nil, nil
		if *again != *read {
			t.Fatalf("read %+v; signed again it is %+v", read, again)
		}
	})
}
