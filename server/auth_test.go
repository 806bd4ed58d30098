package server_test

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/server"
)

// atOracle is a service whose app lists one issuer, for which the oracle speaks.
func atOracle(t *testing.T, f *faulty, limits server.Limits, says func(token string) (symbolon.Assertion, error)) (*house, *oracle) {
	t.Helper()
	h, p := openHouse(t), &oracle{says: says}
	issuers := []symbolon.Issuer{{Issuer: "https://login.example", Audiences: []string{"bank"}}}
	_, err := h.admin.UpdateApp(t.Context(), symbolon.AppPatch{Issuers: &issuers}, -1)
	must(t, err)
	f.issuers = p
	return openFaulty(t, h, f, limits), p
}

func signedIn(token string) (symbolon.Assertion, error) {
	now := symbolon.Micro(time.Now())
	return symbolon.Assertion{Issuer: "https://login.example", AppID: "bank", UserID: symbolon.UserID(token), AuthTime: now, Expires: now.Add(time.Hour)}, nil
}

func noGood(string) (symbolon.Assertion, error) {
	return symbolon.Assertion{}, symbolon.Errorf(symbolon.ErrUnauthenticated, "the token is no good")
}

// mine asks for what is a user's.
func (h *house) mine(t testing.TB, token string) answered {
	t.Helper()
	return h.ask(t, "GET", "/v1/apps/bank/me/devices", "", "Authorization", "Bearer "+token)
}

// An admin's key that was mistyped, or is the new one while an old process still runs, goes
// to no issuer on any route that is not for users.
func TestNoIssuerSeesWhatIsNotForIt(t *testing.T) {
	h, p := atOracle(t, &faulty{}, server.Limits{PublicRate: -1, FailureRate: -1}, noGood)
	for _, o := range h.operations(t) {
		body := ""
		if o.body != nil {
			body = minimal(o, "")
		}
		before := p.asked.Load()
		h.askAs(t, "the-new-admin-key", o, body)
		forUsers := contains(o.security, "user") && !strings.HasPrefix(o.path, "/device-check/") // whose proxy is missing here
		if asked := p.asked.Load() > before; asked != forUsers {
			t.Errorf("%s %s: the issuer saw it: %v", o.method, o.path, asked)
		}
	}
}

// However many guesses are under way while an issuer takes its time, one address has only
// so many of them.
func TestGuessesPayBeforeAnIssuerIsAsked(t *testing.T) {
	answer := make(chan struct{})
	h, p := atOracle(t, &faulty{}, server.Limits{PublicRate: -1, FailureRate: 0.001, FailureBurst: 5}, func(string) (symbolon.Assertion, error) {
		<-answer
		return symbolon.Assertion{}, symbolon.Errorf(symbolon.ErrUnavailable, "the issuer is slow")
	})
	var undecided, held atomic.Int64
	var guesses, asked sync.WaitGroup
	asked.Add(15)
	for n := range 20 {
		guesses.Go(func() {
			switch a := h.mine(t, "guess-"+strconv.Itoa(n)); a.status {
			case http.StatusServiceUnavailable:
				undecided.Add(1)
			case http.StatusTooManyRequests:
				held.Add(1)
				asked.Done()
			default:
				t.Errorf("a guess: %d %s", a.status, a.body)
			}
		})
	}
	asked.Wait() // for those that were not let through
	close(answer)
	guesses.Wait()
	if p.asked.Load() != 5 || undecided.Load() != 5 || held.Load() != 15 {
		t.Errorf("the issuer was asked %d times; %d undecided, %d held", p.asked.Load(), undecided.Load(), held.Load())
	}
	h.mine(t, "guess").problem(t, "when all is over", http.StatusTooManyRequests, "rate_limited") // what was undecided stays paid for
}

// Who shows what is good, or meets a fault of ours, pays nothing.
func TestWhatIsGoodPaysNothing(t *testing.T) {
	fails := atomic.Bool{}
	f := &faulty{getCredential: func() {}}
	f.getApp = func(context.Context) error {
		if fails.Load() {
			return errors.New("the disk is on fire")
		}
		return nil
	}
	h, _ := atOracle(t, f, server.Limits{PublicRate: -1, FailureRate: 0.001, FailureBurst: 1}, signedIn)
	fails.Store(true)
	for range 3 {
		h.mine(t, "alice").problem(t, "a fault of ours", http.StatusInternalServerError, "internal")
	}
	fails.Store(false)
	for n := range 10 {
		if a := h.mine(t, "user-"+strconv.Itoa(n)); a.status != http.StatusOK {
			t.Errorf("user %d: %d %s", n, a.status, a.body)
		}
	}
	h.mine(t, "sk_guess").problem(t, "a guess", http.StatusUnauthorized, "unauthenticated")
	h.mine(t, "mallory").problem(t, "the next", http.StatusTooManyRequests, "rate_limited")
	if a := h.mine(t, "user-3"); a.status != http.StatusOK {
		t.Errorf("who is known there: %d %s", a.status, a.body)
	}
}

// A token by a key that may be newer than those that are known is told when to come again.
// Anyone can make one up: that is held to a rate, and alarms nobody.
func TestATokenByAMadeUpKeyAlarmsNobody(t *testing.T) {
	h, p := atOracle(t, &faulty{}, server.Limits{PublicRate: -1, FailureRate: 0.001, FailureBurst: 2}, func(token string) (symbolon.Assertion, error) {
		said := symbolon.Errorf(symbolon.ErrUnavailable, "the token's key may be newer")
		if token != "outage" {
			said.RetryAfter = 3 * time.Second
		}
		return symbolon.Assertion{}, said
	})
	a := h.mine(t, "made-up-1")
	a.problem(t, "made up", http.StatusServiceUnavailable, "unavailable")
	if a.header.Get("Retry-After") != "3" {
		t.Errorf("Retry-After is %q", a.header.Get("Retry-After"))
	}
	if log := h.log.String(); strings.Contains(log, `"ERROR"`) || !strings.Contains(log, "may be newer") {
		t.Errorf("the log says:\n%s", log)
	}
	h.mine(t, "outage").problem(t, "an outage", http.StatusServiceUnavailable, "unavailable")
	if !strings.Contains(h.log.String(), `"ERROR"`) {
		t.Error("an outage is none that is logged as one")
	}
	h.mine(t, "made-up-2").problem(t, "made up again", http.StatusTooManyRequests, "rate_limited")
	if n := p.asked.Load(); n != 2 {
		t.Errorf("the issuer was asked %d times", n)
	}
}
