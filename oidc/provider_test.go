package oidc_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/oidc"
)

func TestKeysAreFetchedOnceForAll(t *testing.T) {
	k := newKey(t, jose.ES256, "1")
	p := newProvider(t, k)
	r := newReader(t, p.listed())
	token := sign(t, k, p.claims(nil))
	var wait sync.WaitGroup
	for range 50 {
		wait.Go(func() { r.admits("one of many", token) })
	}
	wait.Wait()
	r.pass(44 * time.Minute)
	r.admits("a while later", token)
	if p.count(discovery) != 1 || p.count(keySet) != 1 {
		t.Errorf("asked %d and %d times", p.count(discovery), p.count(keySet))
	}
}

// The provider signs with a new key. Its first token brings that in, and an attacker who
// makes key ids up can't make us ask more often than every five seconds.
func TestANewKeyIsFoundAndMadeUpKeysHammerNobody(t *testing.T) {
	first, second, forged := newKey(t, jose.ES256, "1"), newKey(t, jose.ES256, "2"), newKey(t, jose.ES256, "3")
	p := newProvider(t, first)
	r := newReader(t, p.listed())
	old := sign(t, first, p.claims(nil))
	now := func(k key) string { return sign(t, k, p.claims(change{"iat": r.now.Unix()})) }
	r.admits("by the first key", old)
	p.publish(first, second)
	r.cantTell("by a new one, when the set is a moment old", now(second), "try again in 5 seconds")
	r.pass(2 * time.Second)
	_, err := r.open(now(second))
	var own *symbolon.Error
	if !errors.As(err, &own) || own.RetryAfter != 3*time.Second {
		t.Fatalf("two seconds later: %#v; want it to be asked again after three", err)
	}
	r.pass(own.RetryAfter)
	r.admits("by a new one", now(second))
	r.admits("by the old one, still", old)
	before := p.count(keySet)
	for range 100 {
		forged.kid += "x"
		r.cantTell("made up", now(forged), "try again")
	}
	if p.count(keySet) != before {
		t.Errorf("made-up keys had us ask %d times", p.count(keySet)-before)
	}
	r.pass(5 * time.Second)
	r.refuses("made up, asked again", now(forged), "does not publish")
	r.admits("by the old one, through all that", old)
	if p.count(keySet) != before+1 {
		t.Errorf("asked %d times more", p.count(keySet)-before)
	}
}

// What no newer key can mend is refused at once, and has us ask for none: a token from before
// the keys were read, and one that is no good whoever signed it.
func TestForWhichTokensNoNewerKeyIsAskedFor(t *testing.T) {
	first, retired := newKey(t, jose.ES256, "1"), newKey(t, jose.ES256, "0")
	p := newProvider(t, first)
	r := newReader(t, p.listed())
	by := func(k key, changes change) string { return sign(t, k, p.claims(changes)) }
	r.refuses("expired, before any key is known", by(retired, change{"exp": noon.Add(-time.Minute).Unix()}), "expired")
	r.refuses("for another audience", by(retired, change{"aud": "shop"}), "audience")
	if n := p.count(discovery); n != 0 {
		t.Errorf("asked %d times for tokens that no key makes good", n)
	}
	r.admits("by the first key", by(first, nil))
	r.refuses("by a retired one", by(retired, nil), "does not publish")
	r.refuses("the leeway before the keys were read", by(retired, change{"iat": noon.Add(-31 * time.Second).Unix()}), "does not publish")
	r.cantTell("within the leeway", by(retired, change{"iat": noon.Add(-30 * time.Second).Unix()}), "try again")
	r.pass(10 * time.Second)
	soon := r.now.Unix()
	for what, row := range map[string]struct {
		claims change
		words  string
	}{
		"from before the keys were read": {nil, "does not publish"},
		"expired":                        {change{"iat": soon, "exp": noon.Add(-time.Minute).Unix()}, "expired"},
		"for another audience":           {change{"iat": soon, "aud": "shop"}, "audience"},
		"not valid yet":                  {change{"iat": soon, "nbf": noon.Add(time.Hour).Unix()}, "not valid before"},
	} {
		r.refuses(what, by(retired, row.claims), row.words)
	}
	p.counts(t, keySet, 1)
	r.refuses("as new as a newer key's", by(retired, change{"iat": soon}), "does not publish")
	p.counts(t, keySet, 2)
}

// Keys that lay in a cache on their way are as old as they are.
func TestKeysOutOfACache(t *testing.T) {
	first, second := newKey(t, jose.ES256, "1"), newKey(t, jose.ES256, "2")
	p := newProvider(t, first)
	p.headers.Set("Age", "600")
	r := newReader(t, p.listed())
	r.admits("by the first key", sign(t, first, p.claims(nil)))
	p.publish(first, second)
	r.pass(5 * time.Second)
	r.admits("by a key from between", sign(t, second, p.claims(nil)))
}

func TestAWithdrawnKeyStopsCountingAtTheRefresh(t *testing.T) {
	for control, life := range map[string]time.Duration{
		"": time.Hour, "max-age=600": 10 * time.Minute, "public, max-age=1": 5 * time.Minute, "max-age=31536000": 24 * time.Hour, "no-store": 5 * time.Minute,
	} {
		k, next := newKey(t, jose.ES256, "1"), newKey(t, jose.ES256, "2")
		p := newProvider(t, k)
		p.headers.Set("Cache-Control", control)
		r := newReader(t, p.listed())
		token := sign(t, k, p.claims(change{"exp": noon.Add(100 * time.Hour).Unix()}))
		r.admits("at first", token)
		p.publish(next)
		r.pass(life*3/4 - time.Second)
		r.admits(control+": while the set counts", token)
		r.pass(life/4 + time.Second)
		r.refuses(control+": when it is over", token, "does not publish")
	}
}

// What is about to expire is read again beside the requests.
func TestASetIsRenewedBesideTheRequests(t *testing.T) {
	first, second := newKey(t, jose.ES256, "1"), newKey(t, jose.ES256, "2")
	p := newProvider(t, first)
	r := newReader(t, p.listed())
	old := sign(t, first, p.claims(change{"exp": noon.Add(100 * time.Hour).Unix()}))
	r.admits("at first", old)
	asked, answer := make(chan struct{}, 9), make(chan struct{})
	p.publish(second)
	p.instead(func(w http.ResponseWriter, req *http.Request) {
		asked <- struct{}{}
		<-answer
		p.instead(nil)
		p.ServeHTTP(w, req)
	})
	r.pass(46 * time.Minute)
	r.admits("while it is being renewed", old)
	<-asked
	r.admits("still", old)
	close(answer)
	await(t, func() bool { return p.count(keySet) == 2 })
	r.admits("by the second", sign(t, second, p.claims(nil)))
}

// await waits for what happens beside the test.
func await(t *testing.T, happened func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	limit := time.After(20 * time.Second)
	for !happened() {
		select {
		case <-tick.C:
		case <-limit:
			t.Fatal("it never happened")
		}
	}
}

func TestAnOutage(t *testing.T) {
	k, next := newKey(t, jose.ES256, "1"), newKey(t, jose.ES256, "2")
	p := newProvider(t, k)
	r := newReader(t, p.listed())
	later := noon.Add(100 * time.Hour).Unix()
	known := sign(t, k, p.claims(change{"exp": later}))
	unknown := sign(t, next, p.claims(change{"exp": later, "iat": noon.Add(24 * time.Hour).Unix()}))
	p.isDown()
	r.cantTell("at first", known, "can't be asked now")
	r.cantTell("at once again", known, "can't be asked now")
	if n := p.count(discovery); n != 1 {
		t.Errorf("asked a provider that is down %d times at once", n)
	}
	p.instead(nil)
	r.pass(5 * time.Second)
	r.admits("when it is back", known)

	p.isDown()
	r.pass(24*time.Hour + 59*time.Minute)
	r.admits("by a known key, for a day after the set's end", known)
	r.cantTell("by an unknown key", unknown, "try again")
	r.pass(6 * time.Second)
	r.admits("by a known key, again", known)
	r.pass(time.Hour)
	r.cantTell("a day after the set's end", known, "can't be asked now")
	p.instead(nil)
	p.publish(k, next)
	r.pass(5 * time.Second)
	r.admits("when it is back, by the known key", known)
}

func TestProvidersThatCantBeBelieved(t *testing.T) {
	k := newKey(t, jose.ES256, "1")
	p := newProvider(t, k)
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { p.ServeHTTP(w, r) }))
	defer elsewhere.Close()
	huge := func(w http.ResponseWriter, _ *http.Request) {
		answer(w, change{"issuer": strings.Repeat("a", 1<<20)})
	}
	redirect := func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL+r.URL.Path, http.StatusFound)
	}
	for what, row := range map[string]struct {
		document change
		instead  http.HandlerFunc
	}{
		"another issuer":            {document: change{"issuer": "https://evil.example"}},
		"the issuer with a slash":   {document: change{"issuer": p.URL + "/"}},
		"no issuer":                 {document: change{"issuer": nil}},
		"keys over http elsewhere":  {document: change{"jwks_uri": "http://keys.example/keys"}},
		"keys in a file":            {document: change{"jwks_uri": "file:///etc/passwd"}},
		"keys nowhere":              {document: change{"jwks_uri": "/keys"}},
		"keys with a password":      {document: change{"jwks_uri": "https://me:pw@keys.example/"}},
		"questions over http":       {document: change{"introspection_endpoint": "http://evil.example/"}},
		"keys that are not there":   {document: change{"jwks_uri": p.URL + "/nothing"}},
		"keys that are none":        {document: change{"jwks_uri": p.URL + discovery}},
		"a huge document":           {instead: huge},
		"no JSON":                   {instead: func(w http.ResponseWriter, _ *http.Request) { answer(w, "<html>") }},
		"a redirect to elsewhere":   {instead: redirect},
		"a fault":                   {instead: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }},
		"a connection that is cut":  {instead: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }},
		"an answer that never ends": {instead: func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }},
	} {
		p.document = row.document
		p.instead(row.instead)
		r := newReader(t, p.listed())
		r.issuers = oidc.New(oidc.Config{Client: &http.Client{Timeout: 100 * time.Millisecond}})
		r.cantTell(what, sign(t, k, p.claims(nil)), "can't be asked now")
	}
}

// A provider behind a path, with and without a slash at its end, and one that has only the
// document of RFC 8414.
func TestWhereDiscoveryIs(t *testing.T) {
	k := newKey(t, jose.ES256, "1")
	for issuer, at := range map[string]string{
		"/realms/main":  "/realms/main/.well-known/openid-configuration",
		"/":             "/.well-known/openid-configuration",
		"/tenant/":      "/tenant/.well-known/openid-configuration",
		"":              "/.well-known/oauth-authorization-server",
		"/realms/other": "/.well-known/oauth-authorization-server/realms/other",
	} {
		var p *httptest.Server
		p = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch r.URL.Path {
			case at:
				answer(w, change{"issuer": p.URL + issuer, "jwks_uri": p.URL + "/moved"})
			case "/moved": // within the provider a redirect is followed
				http.Redirect(w, r, "/keys", http.StatusFound)
			case "/keys":
				answer(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{k.public()}})
			default:
				http.NotFound(w, r)
			}
		}))
		r := newReader(t, symbolon.Issuer{Issuer: p.URL + issuer, Audiences: []string{"app"}})
		claims := change{"iss": p.URL + issuer, "aud": "app", "sub": "ada", "iat": noon.Unix(), "exp": noon.Add(time.Hour).Unix()}
		r.admits(issuer, sign(t, k, claims))
		probed, err := r.issuers.Probe(t.Context(), p.URL+issuer)
		if err != nil || probed.Keys != 1 || probed.Introspection != "" {
			t.Errorf("%s: a look finds %+v, %v", issuer, probed, err)
		}
		p.Close()
	}
}

// A provider that gives its keys no ids: whichever fits is tried, and after a rotation it is
// asked again.
func TestTokensWithoutAKeyID(t *testing.T) {
	first, second, forged := newKey(t, jose.ES256, ""), newKey(t, jose.ES256, ""), newKey(t, jose.ES256, "")
	p := newProvider(t, newKey(t, jose.EdDSA, ""), first)
	r := newReader(t, p.listed())
	now := func(k key) string { return sign(t, k, p.claims(change{"iat": r.now.Unix()})) }
	r.admits("one of two keys", now(first))
	p.publish(second)
	r.pass(5 * time.Second)
	r.admits("after a rotation", now(second))
	r.cantTell("forged, a moment later", now(forged), "try again")
	r.pass(5 * time.Second)
	r.refuses("forged", now(forged), "signature")
}

// Who waits for a slow provider and leaves takes the answer from nobody else.
func TestWhoLeavesTakesNothingAway(t *testing.T) {
	k := newKey(t, jose.ES256, "1")
	p := newProvider(t, k)
	r := newReader(t, p.listed())
	token := sign(t, k, p.claims(nil))
	asked, answer := make(chan struct{}, 9), make(chan struct{})
	p.instead(func(w http.ResponseWriter, req *http.Request) {
		asked <- struct{}{}
		<-answer
		p.instead(nil)
		p.ServeHTTP(w, req)
	})
	impatient, leave := contextOf(t)
	left := make(chan error)
	go func() {
		_, err := r.issuers.Open(impatient, symbolon.IssuerQuestion{App: "bank", Issuers: r.listed, Token: token, Now: r.now})
		left <- err
	}()
	<-asked
	leave()
	r.is("who left", <-left, symbolon.ErrUnavailable, "can't be asked")
	close(answer)
	await(t, func() bool { return p.count(keySet) == 1 })
	r.admits("who stayed", token)
	if p.count(discovery) != 2 { // the one that was held back, and its repetition
		t.Errorf("asked %d times", p.count(discovery))
	}
}
