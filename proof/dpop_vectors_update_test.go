package proof_test

import (
	"crypto/ecdsa"
	"strconv"
	"strings"
	"testing"
	"testing/cryptotest"
	"time"

	"github.com/symbolon-id/symbolon/proof"
)

// What RFC 9449 shows: the proof of §4.1 with its key's thumbprint of §6.1, and the request
// of §7.1 with its access token.
const (
	rfcJKT       = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"
	rfcToken     = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU"
	rfcHash      = "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo"
	rfcHeader    = `{"typ":"dpop+jwt","alg":"ES256","jwk":` + rfc9449JWK + `}`
	rfcClaims    = `{"jti":"-BwC3ESc6acc2lTc","htm":"POST","htu":"https://server.example.com/token","iat":1562262616}`
	rfcSignature = "2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg"

	rfcUseClaims = `{"jti":"e1j3V_bKic8-LAEB","htm":"GET","htu":"https://resource.example.org/protectedresource",` +
		`"iat":1562262618,"ath":"` + rfcHash + `"}`
	rfcUseSignature = "2oW9RP35yRqzhrtNP86L-Ey71EOptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA"
)

func writeDPoPVectors(t *testing.T) {
	w := vectorWriter{T: t, devices: map[string]device{}}
	for _, v := range readVectors[keysFile](t, "keys.json").Keys {
		w.devices[v.Name] = deviceOf(t, v)
	}
	cryptotest.SetGlobalRandom(t, 2)
	w.write("dpop.json", dpopFile{
		About: "Proofs for single requests (RFC 9449), by keys of keys.json. check is the check of section 4.3 that finds the fault, " +
			"error the word for it. The nonce (check 10), replays and a second header are judged apart. Members that no one knows are passed over.",
		Window: 60,
		Valid:  w.goodDPoP(),
		Bad:    w.badDPoP(),
		URLs:   urlVectors,
		NoURLs: notURLs,
		Hashes: map[string]string{rfcToken: rfcHash},
	})
}

const (
	payURL   = "https://api.example.com/transfers?draft=1"
	payToken = "the.access.token"
)

func (w *vectorWriter) goodDPoP() []dpopVector {
	at := func(seconds int64) time.Time { return time.Unix(seconds, 0).UTC() }
	all := []dpopVector{
		{
			Why: "RFC 9449, section 4.1", Thumbprint: rfcJKT, Header: rfcHeader, Claims: rfcClaims,
			Request: dpopRequest{Method: "POST", URL: "https://server.example.com/token", Now: at(1562262616)},
			Proof:   encode(rfcHeader) + "." + encode(rfcClaims) + "." + rfcSignature,
		},
		{
			Why: "RFC 9449, section 7.1", Thumbprint: rfcJKT, Header: rfcHeader, Claims: rfcUseClaims,
			Request: dpopRequest{Method: "GET", URL: "https://resource.example.org/protectedresource", Token: rfcToken, Thumbprint: rfcJKT, Now: at(1562262618)},
			Proof:   encode(rfcHeader) + "." + encode(rfcUseClaims) + "." + rfcUseSignature,
		},
	}
	for _, name := range []string{"es256", "eddsa", "ps256", "rs256"} {
		d := w.devices[name]
		text, err := proof.SignDPoP(d.signer, proof.DPoP{
			JWK: d.key, ID: "jti of " + name, Method: "POST", URL: "https://api.example.com/transfers", Nonce: "a nonce", IssuedAt: noon,
		}, payToken)
		if err != nil {
			w.Fatal(err)
		}
		part := strings.Split(text, ".")
		all = append(all, dpopVector{
			Why: "pay with " + name, Thumbprint: d.key.Thumbprint(), Header: raw(part[0]), Claims: raw(part[1]), Proof: text,
			Request: dpopRequest{Method: "POST", URL: payURL, Token: payToken, Thumbprint: d.key.Thumbprint(), Now: noon},
		})
	}
	for _, v := range [][3]string{
		{"made a minute ago", header(w), claims(map[string]string{"iat": seconds(-60)})},
		{"made in a minute, by a clock that is fast", header(w), claims(map[string]string{"iat": seconds(60)})},
		{"header and claims with members that no one knows", strings.TrimSuffix(header(w), "}") + `,"kid":"k","x":{"y":[1,null]}}`, claims(map[string]string{"exp": seconds(300), "scope": `["pay"]`})},
	} {
		all = append(all, w.pay(v[0], v[1], v[2]))
	}
	return all
}

// header is a good one of the key es256.
func header(w *vectorWriter) string {
	return `{"typ":"dpop+jwt","alg":"ES256","jwk":` + string(w.devices["es256"].key.JWK()) + `}`
}

// claims are good ones but for the members named, which are JSON; "" takes one away.
func claims(other map[string]string) string {
	good := map[string]string{
		"jti": `"one"`, "htm": `"POST"`, "htu": `"https://api.example.com/transfers"`, "iat": seconds(0),
		"ath": strconv.Quote(hashOf(payToken)),
	}
	var members []string
	for _, name := range []string{"jti", "htm", "htu", "iat", "ath", "exp", "scope"} {
		value, changed := other[name]
		if !changed {
			value = good[name]
		}
		if value != "" {
			members = append(members, strconv.Quote(name)+":"+value)
		}
	}
	return "{" + strings.Join(members, ",") + "}"
}

func hashOf(token string) string { return encode(string(digest(token))) }

func seconds(after int64) string { return strconv.FormatInt(noon.Unix()+after, 10) }

// pay is a request for a payment at noon, with a proof by es256 of any header and claims.
func (w *vectorWriter) pay(why, header, claims string) dpopVector {
	d := w.devices["es256"]
	input := encode(header) + "." + encode(claims)
	return dpopVector{
		Why: why, Header: header, Claims: claims, Thumbprint: d.key.Thumbprint(),
		Proof:   input + "." + signES256(w, d.signer.(*ecdsa.PrivateKey), input),
		Request: dpopRequest{Method: "POST", URL: payURL, Token: payToken, Thumbprint: d.key.Thumbprint(), Now: noon},
	}
}

func (w *vectorWriter) badDPoP() []dpopVector {
	good := header(w)
	with := func(name, value string) string { return claims(map[string]string{name: value}) }
	alg := func(name string) string { return strings.Replace(good, `"alg":"ES256",`, `"alg":"`+name+`",`, 1) }
	var all []dpopVector
	for _, v := range []struct {
		check                    int
		word, why, header, claim string
	}{
		{2, "not_jws", "claims that are no object", good, `[]`},
		{2, "invalid", "a header that has to be understood", strings.TrimSuffix(good, "}") + `,"crit":["b64"],"b64":false}`, claims(nil)},
		{3, "invalid", "no jti", good, with("jti", "")},
		{3, "invalid", "no htm", good, with("htm", "")},
		{3, "invalid", "no htu", good, with("htu", "")},
		{3, "invalid", "no iat", good, with("iat", "")},
		{3, "invalid", "no jwk", `{"typ":"dpop+jwt","alg":"ES256"}`, claims(nil)},
		{3, "invalid", "an iat that is text", good, with("iat", strconv.Quote(seconds(0)))},
		{3, "invalid", "an empty jti", good, with("jti", `""`)},
		{3, "invalid", "a jti of 256 characters", good, with("jti", strconv.Quote(strings.Repeat("j", 256)))},
		{4, "invalid", "typ JWT", strings.Replace(good, "dpop+jwt", "JWT", 1), claims(nil)},
		{4, "invalid", "the typ of a proof for the service", strings.Replace(good, "dpop+jwt", "symbolon-proof+jwt", 1), claims(nil)},
		{5, "algorithm", "alg none", alg("none"), claims(nil)},
		{5, "algorithm", "alg HS256", alg("HS256"), claims(nil)},
		{5, "key", "an alg that the key can't have", alg("RS256"), claims(nil)},
		{7, "key", "a jwk with its private half", strings.Replace(good, `"kty"`, `"d":"nTw3Pt0Qs_89DSbb-XtGqVgdqT_N5UT3LsuOD-6YNuI","kty"`, 1), claims(nil)},
		{8, "mismatch", "for another method", good, with("htm", `"GET"`)},
		{8, "mismatch", "the method in another case", good, with("htm", `"post"`)},
		{9, "mismatch", "for another path", good, with("htu", `"https://api.example.com/balance"`)},
		{9, "mismatch", "for another host", good, with("htu", `"https://api.example.org/transfers"`)},
		{9, "mismatch", "for http", good, with("htu", `"http://api.example.com/transfers"`)},
		{9, "mismatch", "for another port", good, with("htu", `"https://api.example.com:8443/transfers"`)},
		{9, "invalid", "for no URL", good, with("htu", `"/transfers"`)},
		{11, "time", "made 61 seconds ago", good, with("iat", seconds(-61))},
		{11, "time", "made in 61 seconds", good, with("iat", seconds(61))},
		{12, "mismatch", "for another token", good, with("ath", strconv.Quote(hashOf("another")))},
		{12, "mismatch", "for no token", good, with("ath", "")},
	} {
		bad := w.pay(v.why, v.header, v.claim)
		bad.Check, bad.Error = v.check, v.word
		all = append(all, bad)
	}
	return append(all, w.spoiltDPoP()...)
}

// spoiltDPoP are proofs that were good, before something else was done to them.
func (w *vectorWriter) spoiltDPoP() []dpopVector {
	good := w.pay("", header(w), claims(nil))
	part := strings.Split(good.Proof, ".")
	stranger := w.devices["es256-stranger"]
	input := part[0] + "." + part[1]
	spoilt := func(check int, word, why, text string) dpopVector {
		v := good
		v.Check, v.Error, v.Why, v.Proof, v.Header, v.Claims = check, word, why, text, "", ""
		return v
	}
	elsewhere := spoilt(12, "mismatch", "a token that is bound to another key", good.Proof)
	elsewhere.Request.Thumbprint = stranger.key.Thumbprint()
	unbound := spoilt(12, "mismatch", "a token that is bound to no key", good.Proof)
	unbound.Request.Thumbprint = ""
	return []dpopVector{
		spoilt(2, "not_jws", "two proofs in one header", good.Proof+","+good.Proof),
		spoilt(2, "not_jws", "no JWT", "DPoP"),
		spoilt(2, "not_jws", "longer than 8192 characters", input+"."+strings.Repeat("A", proof.MaxSize)),
		spoilt(6, "signature", "signed by another key than it carries", input+"."+signES256(w, stranger.signer.(*ecdsa.PrivateKey), input)),
		spoilt(6, "signature", "changed after it was signed", part[0]+"."+encode(claims(map[string]string{"jti": `"two"`}))+"."+part[2]),
		spoilt(6, "signature", "a signature of zeros", input+"."+encode(strings.Repeat("\x00", 64))),
		spoilt(6, "signature", "no signature", input+"."),
		elsewhere, unbound,
	}
}

var urlVectors = []urlVector{
	{"https://api.example.com/a", "https://api.example.com/a"},
	{"HTTPS://API.Example.COM/A", "https://api.example.com/A"},
	{"https://api.example.com", "https://api.example.com/"},
	{"https://api.example.com:443/", "https://api.example.com/"},
	{"http://api.example.com:80/", "http://api.example.com/"},
	{"https://api.example.com:/", "https://api.example.com/"},
	{"https://api.example.com:80/", "https://api.example.com:80/"},
	{"https://[2001:DB8::1]:443/a", "https://[2001:db8::1]/a"},
	{"https://[2001:db8::1]:8443/a", "https://[2001:db8::1]:8443/a"},
	{"https://api.example.com/a?b=c#d", "https://api.example.com/a"},
	{"https://api.example.com?b=/c", "https://api.example.com/"},
	{"https://api.example.com/a/../b/./c", "https://api.example.com/b/c"},
	{"https://api.example.com/../../b", "https://api.example.com/b"},
	{"https://api.example.com/a/..", "https://api.example.com/"},
	{"https://api.example.com/a/b/..", "https://api.example.com/a/"},
	{"https://api.example.com/a/.", "https://api.example.com/a/"},
	{"https://api.example.com/a//b", "https://api.example.com/a//b"},
	{"https://api.example.com/a/%2e%2e/b", "https://api.example.com/b"},
	{"https://api.example.com/%7euser/%c3%a9", "https://api.example.com/~user/%C3%A9"},
	{"https://api.example.com/a%2fb", "https://api.example.com/a%2Fb"},
	{"https://%61pi.example.com/a", "https://api.example.com/a"},
}

var notURLs = []string{
	"/transfers", "api.example.com/a", "https:///a", "https:/api.example.com", "ftp://api.example.com/a",
	"https://user@api.example.com/a", "https://api.example.com:8o/a", "https://2001:db8::1/a",
	"https://api.example.com/%zz", "https://api.example.com/%4", "https://api.example.com/a b", "https://bücher.example/a",
}
