package oidc_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/oidc"
)

func contextOf(t *testing.T) (context.Context, context.CancelFunc) {
	return context.WithCancel(t.Context())
}

// asked is how the app lists a provider that it asks about opaque tokens.
func asked(i *symbolon.Issuer) {
	i.Introspection = &symbolon.Introspector{ClientID: "symbolon:1", ClientSecret: "s/e c"}
}

func active(changes change) change {
	c := change{"active": true, "sub": "ada", "client_id": "app", "iat": noon.Add(-time.Minute).Unix(), "exp": noon.Add(time.Hour).Unix(), "token_type": "Bearer"}
	for name, value := range changes {
		if c[name] = value; value == nil {
			delete(c, name)
		}
	}
	return c
}

func TestAnOpaqueTokenIsAskedAbout(t *testing.T) {
	p := newProvider(t)
	r := newReader(t, p.listed(asked, func(i *symbolon.Issuer) { i.Factor = lists{"amr": {"otp"}} }))
	p.active["opaque~1"] = active(change{"auth_time": noon.Add(-time.Hour).Unix(), "amr": []string{"otp"}, "iss": p.URL})
	a := r.admits("active", "opaque~1")
	if a.UserID != "ada" || a.AppID != "bank" || a.Issuer != p.URL || a.Factor != "otp" || !a.AuthTime.Equal(noon.Add(-time.Hour)) || !a.Expires.Equal(noon.Add(time.Hour)) {
		t.Errorf("it says %+v", a)
	}
	if p.question.Get("token") != "opaque~1" || p.question.Get("token_type_hint") != "access_token" {
		t.Errorf("asked %v", p.question)
	}
	r.refuses("unknown to the provider", "opaque~2", "not active")
	r.listed[0].Introspection = nil
	r.refuses("where nobody is asked", "opaque~1", "no issuer of the app is asked")
}

// Each row is an answer that differs from a good one in one thing.
func TestAnswersThatAreNoGood(t *testing.T) {
	p := newProvider(t)
	r := newReader(t, p.listed(asked))
	for n, row := range []struct {
		what   string
		answer change
		words  string
	}{
		{"expired", change{"exp": noon.Add(-time.Minute).Unix()}, "expired"},
		{"not valid yet", change{"nbf": noon.Add(time.Minute).Unix()}, "not valid before"},
		{"another issuer", change{"iss": "https://evil.example"}, "is by the issuer"},
		{"an issuer that is none", change{"iss": 7}, "is by the issuer"},
		{"another client's", change{"client_id": "shop"}, `client "shop"`},
		{"nobody's", change{"client_id": nil}, "audience nobody"},
		{"for another audience", change{"aud": "shop"}, `audience "shop"`},
		{"for other audiences", change{"aud": []string{"shop", "mail"}}, "audience"},
		{"of the type DPoP", change{"token_type": "DPoP"}, `type "DPoP"`},
		{"of a type that is none", change{"token_type": 1}, "type"},
		{"bound to a key", change{"cnf": change{"jkt": "x"}}, "cnf"},
		{"a refresh token", change{"token_use": "refresh_token"}, "refresh_token"},
		{"a refresh token of Keycloak's", change{"typ": "Refresh"}, "Refresh"},
		{"an ID token", change{"token_use": "id_token"}, "no access token"},
		{"for an audience that is none", change{"aud": []int{7}}, "audience nobody"},
		{"another client's, for nobody", change{"client_id": "shop", "aud": []string{}}, `client "shop"`},
		{"no user's", change{"sub": nil}, "claim sub"},
		{"without a time of issue", change{"iat": nil}, "(iat)"},
	} {
		token := fmt.Sprintf("opaque-%d", n)
		p.active[token] = active(row.answer)
		r.refuses(row.what, token, row.words)
	}
	for n, good := range []change{
		{"exp": nil},
		{"token_type": nil},
		{"token_type": "bearer"},
		{"token_use": "access_token", "token_type": "access_token"},
		{"typ": "Bearer"},
		{"aud": []string{"shop", "api"}, "client_id": "shop"},
		{"aud": []string{}},
	} {
		token := fmt.Sprintf("good-%d", n)
		p.active[token] = active(good)
		r.admits(fmt.Sprint(good), token)
	}
}

func TestAnswersThatSayNothing(t *testing.T) {
	p := newProvider(t)
	for what, answer := range map[string]any{
		"not whether it is active": change{"sub": "ada"}, "in words": change{"active": "true"}, "a list": []string{"active"}, "too much": active(change{"x": make([]byte, 40<<10)}),
	} {
		r := newReader(t, p.listed(asked))
		p.active["opaque"] = answer
		r.cantTell(what, "opaque", "can't be asked about the token")
	}
	wrong := newReader(t, p.listed(asked, func(i *symbolon.Issuer) { i.Introspection.ClientSecret = "wrong" }))
	wrong.cantTell("by a client that the provider does not know", "opaque", "can't be asked about the token")
	lost := newReader(t, p.listed(asked, func(i *symbolon.Issuer) { i.Introspection.ClientSecret = "" }))
	lost.cantTell("with a secret that can't be read", "opaque", "set it again")
	p.document["introspection_endpoint"] = nil
	nowhere := newReader(t, p.listed(asked))
	nowhere.cantTell("where discovery names no place", "opaque", "introspection_endpoint")
	p.active["opaque"] = active(nil)
	said := newReader(t, p.listed(asked, func(i *symbolon.Issuer) { i.Introspection.Endpoint = p.URL + introspect }))
	said.admits("where the app names it", "opaque")
}

// A JWT of an issuer that is listed is never shown to anyone, whatever is wrong with it.
func TestAJWTIsNeverAskedAbout(t *testing.T) {
	k := newKey(t, jose.ES256, "1")
	p := newProvider(t, k)
	r := newReader(t, p.listed(asked))
	r.admits("good", sign(t, k, p.claims(nil)))
	r.refuses("expired", sign(t, k, p.claims(change{"exp": 1})), "expired")
	r.refuses("of another issuer", sign(t, k, p.claims(change{"iss": "https://other.example"})), "does not list")
	r.refuses("without an issuer", sign(t, k, p.claims(change{"iss": nil})), "names no issuer")
	if n := p.count(introspect); n != 0 {
		t.Errorf("asked %d times", n)
	}
}

func TestHowLongAnAnswerCounts(t *testing.T) {
	p := newProvider(t)
	r := newReader(t, p.listed(asked))
	p.active["opaque"] = active(change{"exp": noon.Add(25 * time.Second).Unix()})
	var wait sync.WaitGroup
	for range 50 {
		wait.Go(func() { r.admits("one of many", "opaque") })
	}
	wait.Wait()
	r.pass(10*time.Second - 1)
	r.admits("for ten seconds", "opaque")
	p.counted(t, "for ten seconds", 1)
	r.pass(1)
	r.admits("then it is asked again", "opaque")
	r.pass(10 * time.Second)
	r.admits("and again", "opaque")
	p.counted(t, "and again", 3)
	p.active["opaque"] = nil
	r.pass(5*time.Second - 1)
	r.admits("until the token's end", "opaque")
	r.pass(1)
	r.refuses("at the token's end", "opaque", "not active")
	r.refuses("a moment later", "opaque", "not active")
	p.counted(t, "at the token's end", 4)
	r.pass(time.Second)
	r.refuses("a second later", "opaque", "not active")
	p.counted(t, "a second later", 5)
}

// counts wants the path asked for so many times.
func (p *provider) counts(t *testing.T, path string, want int) {
	t.Helper()
	if n := p.count(path); n != want {
		t.Errorf("%s was asked for %d times; want %d", path, n, want)
	}
}

// A provider that answers slowly, and is asked by anyone who makes tokens up, takes opaque
// tokens away from no other: neither from another provider, nor from an app that lists the
// same one with a place of its own.
func TestASlowProviderIsOnlyItsOwnTrouble(t *testing.T) {
	slow, quick := newProvider(t), newProvider(t)
	answers := make(chan struct{})
	slow.instead(func(http.ResponseWriter, *http.Request) { <-answers })
	var guesses sync.WaitGroup
	defer guesses.Wait()
	defer close(answers)
	issuers := oidc.New(oidc.Config{})
	const share = 16
	for n, name := range []string{quick.URL, slow.URL, "https://a.example", "https://b.example", "https://c.example"} {
		slowly := symbolon.Issuer{Issuer: name, Audiences: []string{"app"}}
		asked(&slowly)
		slowly.Introspection.Endpoint = slow.URL + introspect
		r := newReader(t, slowly)
		r.issuers = issuers
		for n := range share {
			guesses.Go(func() { r.cantTell("a guess", fmt.Sprintf("guess-%d", n), "can't be asked") })
		}
		await(t, func() bool { return slow.count(introspect) == (n+1)*share })
		r.cantTell("one guess more", "guess-more", "too many questions")
	}
	r := newReader(t, quick.listed(asked))
	r.issuers = issuers
	quick.active["opaque"] = active(nil)
	r.admits("where nobody is slow", "opaque")
}

func (p *provider) counted(t *testing.T, what string, want int) {
	t.Helper()
	if n := p.count(introspect); n != want {
		t.Errorf("%s: asked %d times; want %d", what, n, want)
	}
}

// An app that lists the same provider with other settings learns nothing from the answers to
// this one.
func TestAnswersAreForWhoAsked(t *testing.T) {
	p := newProvider(t)
	r := newReader(t, p.listed(asked))
	p.active["opaque"] = active(nil)
	r.admits("who knows the secret", "opaque")
	r.listed = []symbolon.Issuer{p.listed(asked, func(i *symbolon.Issuer) { i.Introspection.ClientSecret = "a guess" })}
	r.cantTell("who does not", "opaque", "can't be asked")
	r.listed = []symbolon.Issuer{p.listed(asked, func(i *symbolon.Issuer) { i.Audiences = []string{"shop"} })}
	r.refuses("for whom it is not", "opaque", "client")
}

func TestSeveralIssuersAreAskedInTheirOrder(t *testing.T) {
	one, two := newProvider(t), newProvider(t)
	r := newReader(t, one.listed(asked), two.listed(asked))
	two.active["second"] = active(nil)
	if a := r.admits("known to the second", "second"); a.Issuer != two.URL {
		t.Errorf("by %s", a.Issuer)
	}
	r.refuses("known to none", "none", "not active")
	one.isDown()
	two.active["third"] = active(nil)
	r.admits("known to the second while the first is down", "third")
	r.pass(5 * time.Second)
	r.cantTell("known to none that answers", "other", "can't be asked")
	one.instead(func(w http.ResponseWriter, req *http.Request) {
		http.Redirect(w, req, two.URL+req.URL.Path, http.StatusTemporaryRedirect)
	})
	before := two.count(introspect)
	r.cantTell("where the first sends us to the second", "redirected", "can't be asked")
	if two.count(introspect) != before+1 {
		t.Errorf("a question followed a redirect")
	}
}
