package oidc_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/symbolon-id/symbolon"
)

type (
	change = map[string]any
	lists  = map[string][]string
)

// What a good token says is what the assertion says.
func TestATokenSaysWhoTheUserIs(t *testing.T) {
	k := newKey(t, jose.ES256, "1")
	p := newProvider(t, k)
	r := newReader(t, p.listed(func(i *symbolon.Issuer) { i.Factor = lists{"amr": {"otp", "hwk"}} }))
	a := r.admits("an ID token", sign(t, k, p.claims(change{
		"auth_time": noon.Add(-time.Hour).Unix(), "amr": []string{"pwd", "hwk"}, "exp": float64(noon.Unix()) + 60.25,
	})))
	if a.AppID != "bank" || a.Issuer != p.URL || a.UserID != "ada" || !a.AuthTime.Equal(noon.Add(-time.Hour)) || a.AsOfIssue ||
		a.Factor != "hwk" || strings.Join(a.Methods, " ") != "pwd hwk" || !a.Expires.Equal(noon.Add(60250*time.Millisecond)) || a.ID != "" {
		t.Errorf("it says %+v", a)
	}
	a = r.admits("an access token", sign(t, k, p.claims(change{"aud": []string{"other", "api"}, "amr": "pwd", "iat": noon.Add(10 * time.Second).Unix()}), "typ", "at+jwt"))
	if !a.AsOfIssue || !a.AuthTime.Equal(noon) || a.Factor != "" || a.FreshFactor(noon) {
		t.Errorf("without auth_time it says %+v", a)
	}
}

func TestEveryAlgorithmOfTheListIsTaken(t *testing.T) {
	for _, alg := range []jose.SignatureAlgorithm{jose.RS256, jose.PS256, jose.ES256, jose.ES384, jose.EdDSA} {
		k := newKey(t, alg, string(alg))
		p := newProvider(t, k)
		r := newReader(t, p.listed(func(i *symbolon.Issuer) { i.Algorithms = []string{string(alg)} }))
		r.admits(string(alg), sign(t, k, p.claims(nil)))
		r.listed = []symbolon.Issuer{p.listed(func(i *symbolon.Issuer) { i.Algorithms = []string{"RS512"} })}
		r.refuses(string(alg)+" where it is not listed", sign(t, k, p.claims(nil)), `algorithm "`+string(alg))
	}
}

// Each row is a token that differs from a good one in one thing.
func TestTokensThatAreNoGood(t *testing.T) {
	k := newKey(t, jose.ES256, "1")
	p := newProvider(t, k)
	r := newReader(t, p.listed())
	soon, past := noon.Add(31*time.Second).Unix(), noon.Add(-30*time.Second).Unix()
	for _, row := range []struct {
		what   string
		claims change
		words  string
	}{
		{"another issuer", change{"iss": "https://evil.example"}, "does not list"},
		{"the issuer with a slash more", change{"iss": p.URL + "/"}, "each slash"},
		{"no issuer", change{"iss": nil}, "names no issuer"},
		{"an issuer that is a number", change{"iss": 7}, "names no issuer"},
		{"another audience", change{"aud": "shop"}, `audience "shop"; the app takes "app, api"`},
		{"other audiences", change{"aud": []string{"shop", "App"}}, "audience"},
		{"no audience", change{"aud": nil}, "audience nobody"},
		{"an audience in an object", change{"aud": change{"app": true}}, "audience"},
		{"issued to another client", change{"aud": []string{"app", "shop"}, "azp": "shop"}, "azp"},
		{"issued to no client that has a name", change{"aud": []string{"app", "shop"}, "azp": 7}, "azp"},
		{"issued to another client, with a scope", change{"aud": []string{"app", "shop"}, "azp": "shop", "scope": "openid"}, "azp"},
		{"issued to another client, with scopes", change{"aud": []string{"app", "shop"}, "azp": "shop", "scp": []string{"openid"}}, "azp"},
		{"an ID token that says so, issued to another client", change{"aud": []string{"app", "shop"}, "azp": "shop", "token_use": "id", "typ": "ID"}, "azp"},
		{"expired", change{"exp": past}, "expired at 2026-03-01T11:59:30Z"},
		{"without an end", change{"exp": nil}, "(exp)"},
		{"an end in words", change{"exp": "tomorrow"}, "claim exp"},
		{"an end beyond time", change{"exp": 1e300}, "claim exp"},
		{"an end before 1970", change{"exp": -1}, "claim exp"},
		{"not valid yet", change{"nbf": soon}, "not valid before"},
		{"a beginning in words", change{"nbf": "now"}, "claim nbf"},
		{"from the future", change{"iat": soon}, "its iat"},
		{"authenticated in the future", change{"auth_time": soon}, "its auth_time"},
		{"without a time of issue", change{"iat": nil}, "(iat)"},
		{"no user", change{"sub": nil}, "claim sub"},
		{"an empty user", change{"sub": ""}, "claim sub"},
		{"a user in a list", change{"sub": []string{"ada"}}, "claim sub"},
		{"a user with a fraction", change{"sub": 1.5}, "claim sub"},
		{"a user with a control character", change{"sub": "a\x00da"}, "claim sub"},
		{"a user who is too long", change{"sub": strings.Repeat("a", 256)}, "claim sub"},
		{"bound to a key", change{"cnf": change{"jkt": "x"}}, "cnf"},
		{"a refresh token", change{"token_use": "refresh_token"}, `"refresh_token" (token_use)`},
		{"a use that is none", change{"token_use": 7}, "token_use"},
		{"a refresh token of Keycloak's", change{"typ": "Refresh"}, `type "Refresh"`},
		{"an offline token of Keycloak's", change{"typ": "Offline"}, `type "Offline"`},
		{"a logout", change{"events": change{"http://schemas.openid.net/event/backchannel-logout": change{}}}, "event"},
	} {
		r.refuses(row.what, sign(t, k, p.claims(row.claims)), row.words)
	}
}

func TestTokensAtTheEdgeThatAreGood(t *testing.T) {
	k := newKey(t, jose.ES256, "1")
	p := newProvider(t, k)
	r := newReader(t, p.listed())
	for what, c := range map[string]change{
		"expired within the leeway":             {"exp": noon.Add(-29 * time.Second).Unix()},
		"not valid yet, within the leeway":      {"nbf": noon.Add(30 * time.Second).Unix()},
		"from the future, within the leeway":    {"iat": noon.Add(30 * time.Second).Unix()},
		"for several, and issued to the app":    {"aud": []string{"shop", "app"}, "azp": "api"},
		"Keycloak's access token, to another":   {"aud": []string{"shop", "api"}, "azp": "shop", "typ": "Bearer"},
		"Ory's access token, to another":        {"aud": []string{"shop", "api"}, "azp": "shop", "token_use": "access_token"},
		"Cognito's access token, to another":    {"aud": []string{"shop", "api"}, "azp": "shop", "token_use": "access"},
		"Cognito's ID token":                    {"token_use": "id"},
		"Keycloak's ID token":                   {"typ": "ID"},
		"a user with a number":                  {"sub": 42},
		"a user whom nobody else would name":    {"sub": "auth0|../me"},
		"a claim that is null, as if not there": {"cnf": nil, "nbf": json.RawMessage("null")},
	} {
		r.admits(what, sign(t, k, p.claims(c)))
	}
	if a := r.admits("a number", sign(t, k, p.claims(change{"sub": json.RawMessage("9007199254740993")}))); a.UserID != "9007199254740993" {
		t.Errorf("the number became %q", a.UserID)
	}
}

func TestClaimsThatTheAppAsksFor(t *testing.T) {
	k := newKey(t, jose.ES256, "1")
	p := newProvider(t, k)
	r := newReader(t, p.listed(func(i *symbolon.Issuer) {
		i.UserClaim = "email"
		i.Require = lists{"amr": {"otp", "hwk"}, "tenant": nil, "staff": {"true"}}
	}))
	good := change{"email": "ada@example.org", "amr": []string{"pwd", "otp"}, "tenant": "x", "staff": true}
	with := func(name string, value any) string {
		c := change{}
		for n, v := range good {
			c[n] = v
		}
		c[name] = value
		return sign(t, k, p.claims(c))
	}
	if a := r.admits("all of them", with("email_verified", true)); a.UserID != "ada@example.org" {
		t.Errorf("the user is %q", a.UserID)
	}
	r.refuses("no second factor", with("amr", []string{"pwd"}), "claim amr")
	r.refuses("no methods", with("amr", nil), "claim amr, which the app requires")
	r.refuses("no tenant", with("tenant", nil), "claim tenant")
	r.refuses("no staff", with("staff", false), "claim staff")
	r.refuses("no address", with("email", nil), "claim email")
	r.refuses("an address that nobody verified", with("email_verified", false), "email_verified")
}

func TestHeadersThatAreNoGood(t *testing.T) {
	k := newKey(t, jose.ES256, "1")
	p := newProvider(t, k)
	r := newReader(t, p.listed())
	for typ, good := range map[string]bool{
		"": true, "JWT": true, "jwt": true, "at+jwt": true, "AT+JWT": true, "application/at+jwt": true,
		"logout+jwt": false, "device+jwt": false, "dpop+jwt": false, "symbolon-proof+jwt": false, "secevent+jwt": false, "JOSE": false,
	} {
		token := sign(t, k, p.claims(nil), "typ", typ)
		if good {
			r.admits("the type "+typ, token)
		} else {
			r.refuses("the type "+typ, token, "is of the type")
		}
	}
	good := sign(t, k, p.claims(nil))
	parts := strings.Split(good, ".")
	for what, row := range map[string][2]string{
		"a type that is a number": {`{"alg":"ES256","kid":"1","typ":7}`, "type"},
		"a critical header":       {`{"alg":"ES256","kid":"1","crit":["b64"],"b64":false}`, "crit"},
		"no algorithm":            {`{"kid":"1"}`, "algorithm"},
		"two algorithms":          {`{"alg":"none","alg":"ES256","kid":"1"}`, "no JWS"},
		"another case":            {`{"ALG":"ES256","kid":"1"}`, "algorithm"},
	} {
		r.refuses(what, encode(row[0])+"."+parts[1]+"."+parts[2], row[1])
	}
	r.refuses("a signature that was changed", good[:len(good)-8]+"AAAAAAAA", "signature")
	r.refuses("no signature", parts[0]+"."+parts[1]+".", "")
	r.refuses("too long", strings.Repeat("a", 16<<10+1), "longer than")
	r.refuses("with a space", good+" "+good, "other characters")
	r.refuses("in five parts", good+".a.b", "opaque")
	r.refuses("no claims", parts[0]+"."+encode(`null`)+"."+parts[2], "opaque")
}

func encode(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

func TestUnsignedTokensAndThoseSignedWithThePublicKey(t *testing.T) {
	k := newKey(t, jose.RS256, "1")
	p := newProvider(t, k)
	r := newReader(t, p.listed())
	r.admits("signed", sign(t, k, p.claims(nil)))
	claims, err := json.Marshal(p.claims(nil))
	must(t, err)
	for _, none := range []string{"none", "None", "NONE"} {
		head := encode(`{"alg":"` + none + `","kid":"1"}`)
		r.refuses(none, head+"."+encode(string(claims))+".", "algorithm")
		r.refuses(none+" with a signature", head+"."+encode(string(claims))+".AAAA", "algorithm")
	}
	der, err := x509.MarshalPKIXPublicKey(k.private.Public())
	must(t, err)
	jwk, err := json.Marshal(k.public())
	must(t, err)
	for what, secret := range map[string][]byte{
		"the PEM": pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), "the DER": der, "the JWK": jwk,
		"the modulus": k.private.Public().(*rsa.PublicKey).N.Bytes(),
	} {
		signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.HS256, Key: secret}, (&jose.SignerOptions{}).WithHeader("kid", "1"))
		must(t, err)
		text, err := jwt.Signed(signer).Claims(p.claims(nil)).Serialize()
		must(t, err)
		r.refuses("HS256 by "+what, text, `algorithm "HS256"`)
	}
}

// Of two issuers each vouches for its own tokens alone, with the same key id too.
func TestAnotherIssuersKeyIsNoKey(t *testing.T) {
	ours, theirs := newKey(t, jose.ES256, "1"), newKey(t, jose.ES256, "1")
	good, evil := newProvider(t, ours), newProvider(t, theirs)
	r := newReader(t, good.listed(), evil.listed())
	r.admits("ours by our key", sign(t, ours, good.claims(nil)))
	r.admits("theirs by their key", sign(t, theirs, evil.claims(nil)))
	r.refuses("ours by their key", sign(t, theirs, good.claims(nil)), "signature")
	r.refuses("theirs by our key", sign(t, ours, evil.claims(nil)), "signature")
	embedded, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: theirs.private}, &jose.SignerOptions{EmbedJWK: true})
	must(t, err)
	text, err := jwt.Signed(embedded).Claims(good.claims(nil)).Serialize()
	must(t, err)
	r.pass(5 * time.Second)
	r.refuses("ours by a key that it brings along", text, "signature")
}

func TestKeysThatAreNotForSignatures(t *testing.T) {
	k := newKey(t, jose.RS256, "good")
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	must(t, err)
	p := newProvider(t, k)
	enc, other := k.public(), k.public()
	enc.KeyID, enc.Use = "enc", "enc"
	other.KeyID, other.Algorithm = "ps", "PS256"
	p.keys = append(p.keys, enc, other,
		jose.JSONWebKey{Key: &short.PublicKey, KeyID: "short"},
		jose.JSONWebKey{Key: []byte("a symmetric key that was published"), KeyID: "oct"},
		jose.JSONWebKey{Key: k.private, KeyID: "private"})
	r := newReader(t, p.listed())
	r.admits("the one that is", sign(t, k, p.claims(nil)))
	for _, kid := range []string{"enc", "private"} {
		r.pass(5 * time.Second)
		r.refuses(kid, sign(t, key{k.private, jose.RS256, kid}, p.claims(nil)), "does not publish")
	}
	r.pass(5 * time.Second)
	r.refuses("of another algorithm", sign(t, key{k.private, jose.RS256, "ps"}, p.claims(nil)), "signature")
	r.admits("of its own", sign(t, key{k.private, jose.PS256, "ps"}, p.claims(nil)))
	r.refuses("short", encode(`{"alg":"RS256","kid":"short"}`)+"."+strings.Split(sign(t, k, p.claims(nil)), ".")[1]+".AAAA", "does not publish")
}
