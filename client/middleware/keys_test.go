package middleware_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/symbolon-id/symbolon/client/middleware"
)

// The issuer's keys change. Whoever holds the old ones looks up the new, and only now and
// then, whatever tokens ask for.
func TestANewKeyIsLookedUpAtItsFirstToken(t *testing.T) {
	i, at := newIssuer(t), clockAt(noon)
	a := serve(t, middleware.Config{Issuer: i.URL, App: bank, Now: at.now}, middleware.Requirement{})
	before := i.token(t, nil)
	a.want("the first key", a.with(before), http.StatusOK, "")
	a.want("the first key again", a.with(before), http.StatusOK, "")
	if n := i.count(); n != 1 {
		t.Errorf("two tokens by one key cost %d look-ups", n)
	}

	i.rotate()
	after := i.token(t, nil)
	a.want("the next key, too soon to be looked up", a.with(after), http.StatusUnauthorized, "invalid_token")
	at.later(5 * time.Second)
	a.want("the next key", a.with(after), http.StatusOK, "")
	a.want("a key that was withdrawn", a.with(before), http.StatusUnauthorized, "invalid_token")
	for range 10 {
		a.with(sign(t, pen{jose.EdDSA, i.key().private, "device+jwt", rand.Text()}, i.claims(nil)))
	}
	if n := i.count(); n != 2 {
		t.Errorf("the keys were looked up %d times; want 2", n)
	}
}

// Without a token that asks for another key, the keys are looked up anew after five minutes.
func TestAWithdrawnKeyIsForgotten(t *testing.T) {
	i, at := newIssuer(t), clockAt(noon)
	a := serve(t, middleware.Config{Issuer: i.URL, App: bank, Now: at.now}, middleware.Requirement{})
	token := i.token(t, claims{"exp": noon.Add(time.Hour).Unix()})
	a.want("before", a.with(token), http.StatusOK, "")
	i.rotate()
	at.later(5*time.Minute - time.Second)
	a.want("withdrawn, but the keys are young", a.with(token), http.StatusOK, "")
	if n := i.count(); n != 1 {
		t.Errorf("young keys were looked up %d times", n)
	}
	at.later(time.Second)
	for patience := time.Now().Add(10 * time.Second); a.with(token).status != http.StatusUnauthorized; {
		if time.Now().After(patience) { // requests are served by the old keys until the look-up has ended
			t.Fatal("the key still counts")
		}
	}
	if n := i.count(); n != 2 {
		t.Errorf("old keys were looked up %d times", n-1)
	}
}

// Old keys serve while they are looked up, but not where nobody has looked for long: the first
// request after a quiet time waits.
func TestAKeyThatWasWithdrawnInAQuietTimeOpensNothing(t *testing.T) {
	for _, quiet := range []time.Duration{10 * time.Minute, 30 * time.Hour} {
		i, at := newIssuer(t), clockAt(noon)
		a := serve(t, middleware.Config{Issuer: i.URL, App: bank, Now: at.now}, middleware.Requirement{})
		long := claims{"exp": noon.Add(72 * time.Hour).Unix()}
		token := i.token(t, long)
		a.want("before", a.with(token), http.StatusOK, "")
		i.rotate()
		at.later(quiet)
		a.want("the first request after "+quiet.String(), a.with(token), http.StatusUnauthorized, "invalid_token")
		a.want("by the new key", a.with(i.token(t, long)), http.StatusOK, "")
		if n := i.count(); n != 2 {
			t.Errorf("after %s the keys were looked up %d times; want 2", quiet, n)
		}
	}
}

// In an outage keys are kept for a day. Then nobody can tell whether they still count.
func TestKeysAreKeptForADay(t *testing.T) {
	i, at := newIssuer(t), clockAt(noon)
	a := serve(t, middleware.Config{Issuer: i.URL, App: bank, Now: at.now}, middleware.Requirement{})
	token := i.token(t, claims{"exp": noon.Add(72 * time.Hour).Unix()})
	a.want("before", a.with(token), http.StatusOK, "")
	i.fail(true)
	at.later(24*time.Hour - time.Second)
	a.want("down for nearly a day", a.with(token), http.StatusOK, "")
	at.later(time.Second)
	for range 3 {
		a.want("down for a day", a.with(token), http.StatusServiceUnavailable, "")
	}
	i.fail(false)
	at.later(5 * time.Second)
	a.want("when it is back", a.with(token), http.StatusOK, "")
}

// stuck is a way to the service on which requests may get stuck.
type stuck struct{ hangs, asked atomic.Bool }

func (s *stuck) RoundTrip(r *http.Request) (*http.Response, error) {
	if !s.hangs.Load() {
		return http.DefaultTransport.RoundTrip(r)
	}
	s.asked.Store(true)
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// A request waits for a service that is down; those after it are not held up again while it
// is looked for.
func TestAnOutageHoldsRequestsUpOnce(t *testing.T) {
	i, at, way := newIssuer(t), clockAt(noon), &stuck{}
	cfg := middleware.Config{Issuer: i.URL, App: bank, Now: at.now, HTTPClient: &http.Client{Transport: way}}
	a := serve(t, cfg, middleware.Requirement{})
	token := i.token(t, claims{"exp": noon.Add(time.Hour).Unix()})
	a.want("before", a.with(token), http.StatusOK, "")
	i.fail(true)
	at.later(11 * time.Minute)
	a.want("the first in the outage", a.with(token), http.StatusOK, "")
	if n := i.count(); n != 2 {
		t.Errorf("it waits for no answer: %d look-ups", n)
	}

	way.hangs.Store(true)
	at.later(5 * time.Second)
	for begun := time.Now(); !way.asked.Load(); { // the look-up goes on when this ends
		a.want("the next, and nothing answers", a.with(token), http.StatusOK, "")
		if time.Since(begun) > 4*time.Second {
			t.Fatal("nobody looks the keys up, or they are waited for")
		}
	}
}

// While the service is down its keys are kept, and a key that is not among them is a matter
// that nobody can decide.
func TestKeysOutlastAnOutage(t *testing.T) {
	i, at := newIssuer(t), clockAt(noon)
	a := serve(t, middleware.Config{Issuer: i.URL, App: bank, Now: at.now}, middleware.Requirement{})
	long := claims{"exp": noon.Add(time.Hour).Unix()}
	token := i.token(t, long)
	a.want("before", a.with(token), http.StatusOK, "")

	i.fail(true)
	at.later(10 * time.Minute)
	a.want("down for ten minutes", a.with(token), http.StatusOK, "")
	i.rotate()
	after := i.token(t, long)
	at.later(10 * time.Second)
	a.want("by a new key, while it is down", a.with(after), http.StatusServiceUnavailable, "")
	n := i.count()
	for range 5 {
		a.want("once more", a.with(after), http.StatusServiceUnavailable, "")
	}
	if i.count() > n+1 { // the look-up of old keys may have ended only now
		t.Errorf("within the pause the service is asked %d times more", i.count()-n)
	}

	i.fail(false)
	at.later(5 * time.Second)
	a.want("by a new key, when it is back", a.with(after), http.StatusOK, "")
	a.want("by the old one", a.with(token), http.StatusUnauthorized, "invalid_token")
}

// An answer that never was had is no reason to refuse, and the first that comes serves all.
func TestManyFirstRequestsCostOneLookUp(t *testing.T) {
	i, at := newIssuer(t), clockAt(noon)
	a := serve(t, middleware.Config{Issuer: i.URL, App: bank, Now: at.now}, middleware.Requirement{})
	token := i.token(t, nil)
	i.fail(true)
	a.want("down from the beginning", a.with(token), http.StatusServiceUnavailable, "")
	i.fail(false)
	at.later(5 * time.Second)
	n := i.count()
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() { a.want("one of many", a.with(token), http.StatusOK, "") })
	}
	all.Wait()
	if i.count() != n+1 {
		t.Errorf("they cost %d look-ups", i.count()-n)
	}
}

// Keys of other kinds may stand in the set; ES256 counts as EdDSA does.
func TestWhichKeysOfASetVerify(t *testing.T) {
	p256, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	set := jose.JSONWebKeySet{Keys: []jose.JSONWebKey{
		{Key: &p256.PublicKey, KeyID: "good", Use: "sig"},
		{Key: &p256.PublicKey, KeyID: "encrypts", Use: "enc"},
		{Key: &p384.PublicKey, KeyID: "p384"},
		{Key: []byte("a secret of thirty-two bytes, yes"), KeyID: "symmetric"},
		{Key: p256, KeyID: "private"},
	}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if err := json.NewEncoder(w).Encode(set); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(server.Close)
	i := newIssuer(t)
	a := serve(t, middleware.Config{Issuer: i.URL, App: bank, KeysURL: server.URL, Now: clockAt(noon).now}, middleware.Requirement{})
	token := func(kid string) string { return sign(t, pen{jose.ES256, p256, "device+jwt", kid}, i.claims(nil)) }
	a.want("for signatures", a.with(token("good")), http.StatusOK, "")
	for _, kid := range []string{"encrypts", "p384", "symmetric", "private"} {
		a.want(kid, a.with(token(kid)), http.StatusUnauthorized, "invalid_token")
	}
}
