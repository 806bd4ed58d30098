package proof_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/symbolon-id/symbolon/proof"
)

// session is what Chromium signs with ES256, but for what a rule changes.
func session(t testing.TB, header, claims string) string {
	t.Helper()
	jwk := string(devices()[proof.ES256].key.JWK())
	return forge(t, strings.ReplaceAll(header, "JWK", jwk), claims)
}

const (
	registering = `{"typ":"dbsc+jwt","alg":"ES256","jwk":JWK}`
	refreshing  = `{"typ":"dbsc+jwt","alg":"ES256"}`
)

func TestASessionIsRegisteredAndRefreshed(t *testing.T) {
	p, err := proof.ParseSession(session(t, registering, `{"jti":"c1","authorization":"a1"}`))
	if err != nil {
		t.Fatal(err)
	}
	key := p.JWK
	if p.Challenge != "c1" || p.Authorization != "a1" || p.Audience != "" || !key.Equal(devices()[proof.ES256].key) {
		t.Errorf("read: %+v", p)
	}
	if err := p.Verify(key); err != nil {
		t.Error(err)
	}
	if p, err = proof.ParseSession(session(t, refreshing, `{"aud":"https://a.example","jti":"c2"}`)); err != nil {
		t.Fatal(err)
	}
	if p.JWK != nil || p.Challenge != "c2" || p.Audience != "https://a.example" || p.Verify(key) != nil {
		t.Errorf("refreshed: %+v", p)
	}
	wantError(t, p.Verify(newDevice(proof.ES256).key), proof.ErrSignature)
	wantError(t, p.Verify(devices()[proof.RS256].key), proof.ErrSignature)
}

func TestTheFormOfASessionsProof(t *testing.T) {
	const claims = `{"jti":"c"}`
	long := strings.Repeat("a", 2048)
	for what, row := range map[string]struct {
		header, claims string
		want           error
	}{
		"without a key":                {refreshing, claims, nil},
		"with a key":                   {registering, claims, nil},
		"with what a draft may bring":  {`{"typ":"dbsc+jwt","alg":"ES256","kid":"k","x":{"y":[1]}}`, `{"jti":"c","iat":1,"sub":"s","key":{"kty":"EC"}}`, nil},
		"with a long authorization":    {refreshing, `{"jti":"c","authorization":"` + long + `"}`, nil},
		"with one that is too long":    {refreshing, `{"jti":"c","authorization":"` + long + `a"}`, proof.ErrInvalid},
		"no type":                      {`{"alg":"ES256"}`, claims, proof.ErrInvalid},
		"another type":                 {`{"typ":"jwt","alg":"ES256"}`, claims, proof.ErrInvalid},
		"a type in capitals":           {`{"typ":"DBSC+JWT","alg":"ES256"}`, claims, proof.ErrInvalid},
		"no algorithm":                 {`{"typ":"dbsc+jwt"}`, claims, proof.ErrAlgorithm},
		"none":                         {`{"typ":"dbsc+jwt","alg":"none"}`, claims, proof.ErrAlgorithm},
		"a shared secret":              {`{"typ":"dbsc+jwt","alg":"HS256"}`, claims, proof.ErrAlgorithm},
		"one that was not offered":     {`{"typ":"dbsc+jwt","alg":"EdDSA"}`, claims, proof.ErrAlgorithm},
		"a key for another algorithm":  {`{"typ":"dbsc+jwt","alg":"RS256","jwk":JWK}`, claims, proof.ErrKey},
		"a private key":                {`{"typ":"dbsc+jwt","alg":"ES256","jwk":{"kty":"EC","crv":"P-256","x":"AA","y":"AA","d":"AA"}}`, claims, proof.ErrKey},
		"two keys":                     {`{"typ":"dbsc+jwt","alg":"ES256","jwk":JWK,"jwk":JWK}`, claims, proof.ErrInvalid},
		"what must be understood":      {`{"typ":"dbsc+jwt","alg":"ES256","crit":["exp"]}`, claims, proof.ErrInvalid},
		"no challenge":                 {refreshing, `{}`, proof.ErrInvalid},
		"an empty challenge":           {refreshing, `{"jti":""}`, proof.ErrInvalid},
		"two challenges":               {refreshing, `{"jti":"a","jti":"b"}`, proof.ErrInvalid},
		"a challenge that is a number": {refreshing, `{"jti":1}`, proof.ErrInvalid},
		"claims that are a list":       {refreshing, `["jti"]`, proof.ErrNotJWS},
		"a header that is a text":      {`"typ"`, claims, proof.ErrNotJWS},
	} {
		if _, err := proof.ParseSession(session(t, row.header, row.claims)); !errors.Is(err, row.want) {
			t.Errorf("%s: %v; want %v", what, err, row.want)
		}
	}
	whole := session(t, refreshing, claims)
	for what, text := range map[string]string{
		"nothing": "", "two parts": "a.b", "four parts": whole + ".a", "padding": whole + "=", "too long": strings.Repeat("a", proof.MaxSize+1),
	} {
		if _, err := proof.ParseSession(text); !errors.Is(err, proof.ErrNotJWS) {
			t.Errorf("%s: %v", what, err)
		}
	}
	short := whole[:strings.LastIndex(whole, ".")+1] + encode(strings.Repeat("s", 63))
	if _, err := proof.ParseSession(short); !errors.Is(err, proof.ErrSignature) {
		t.Errorf("a short signature: %v", err)
	}
}

// Whatever parses can be verified without a panic, and keeps its rules.
func FuzzParseSession(f *testing.F) {
	f.Add(session(f, registering, `{"jti":"c","authorization":"a"}`))
	f.Add(session(f, refreshing, `{"jti":"c","x":[{"y":null}]}`))
	key := devices()[proof.ES256].key
	f.Fuzz(func(t *testing.T, text string) {
		p, err := proof.ParseSession(text)
		if err != nil {
			if !errors.Is(err, proof.ErrInvalid) && !errors.Is(err, proof.ErrNotJWS) {
				t.Errorf("an error of no kind: %v", err)
			}
			return
		}
		if p.Challenge == "" || p.Algorithm != proof.ES256 && p.Algorithm != proof.RS256 || p.JWK != nil && p.JWK.Algorithm() != p.Algorithm {
			t.Errorf("read: %s", fmt.Sprintf("%+v", p))
		}
		p.Verify(key) //nolint:errcheck // only that it comes to an end
		if p.JWK != nil {
			p.Verify(p.JWK) //nolint:errcheck // likewise
		}
	})
}
