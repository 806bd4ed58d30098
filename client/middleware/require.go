package middleware

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/symbolon-id/symbolon"
)

// Requirement is what a handler demands of the device, beside that it is known, is the
// signed-in user's, and that nothing about it is odd enough for the policy's challengeAt.
type Requirement struct {
	Trusted bool          // the user chose to trust it, and nothing speaks against that
	MaxRisk *int          // the highest score that passes, 0 to 100; nil for what the policy lets pass
	MaxAge  time.Duration // how long ago it may have shown itself to the service; 0 for as long as a token lasts
	Proof   bool          // the request must carry a proof (DPoP), also where Config.DPoP doesn't demand it
}

// Require lets requests through that meet the requirement, and answers the others. It
// panics on a requirement that nothing can meet, since that is found when the handlers are
// put together.
func (m *Middleware) Require(want Requirement) func(http.Handler) http.Handler {
	if err := m.checkRequirement(want); err != nil {
		panic(err)
	}
	want.Proof = want.Proof || m.cfg.DPoP == DPoPRequired
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			v := visit{m: m, r: r, want: want, now: m.cfg.Now()}
			err := v.admit()
			if v.nextNonce != "" {
				w.Header().Set("DPoP-Nonce", v.nextNonce)
			}
			if err != nil {
				v.answer(w, err)
				return
			}
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), deviceKey{}, v.token)))
		})
	}
}

func (m *Middleware) checkRequirement(want Requirement) error {
	switch {
	case want.MaxRisk != nil && (*want.MaxRisk < 0 || *want.MaxRisk > 100):
		return fmt.Errorf("middleware: MaxRisk must be from 0 to 100; got %d", *want.MaxRisk)
	case want.MaxAge < 0:
		return fmt.Errorf("middleware: MaxAge must not be negative; got %s", want.MaxAge)
	case want.Proof && m.cfg.PublicURL == "":
		return errors.New("middleware: Proof needs the setting PublicURL, which proofs are held against")
	}
	return nil
}

type deviceKey struct{}

// Device is the device of the request whose context this is; false outside of handlers that
// a Middleware guards.
func Device(ctx context.Context) (Token, bool) {
	t, ok := ctx.Value(deviceKey{}).(Token)
	return t, ok
}

// visit is one request on its way to a handler.
type visit struct {
	m    *Middleware
	r    *http.Request
	want Requirement
	now  time.Time

	dpop      bool   // the request carries what could be a proof, or has to
	nextNonce string // for the client's next proof, where it needs another
	token     Token
}

// admit says why the request may not pass, as a *refusal, or nil. Anything else means that
// it could not be decided.
func (v *visit) admit() error {
	v.dpop = v.want.Proof
	user, signedIn := v.m.cfg.User(v.r)
	if !signedIn || user == "" {
		return &refusal{detail: "nobody is signed in"}
	}
	c, err := v.credential()
	if err != nil {
		return err
	}
	if c.token == "" {
		return v.stepUp("the request carries no device token")
	}
	if v.token, err = v.m.readToken(v.r.Context(), c.token, v.now); err != nil {
		return err
	}
	if v.token.UserID != user {
		return badToken("it is not of the user who is signed in")
	}
	if err := v.checkProof(c); err != nil {
		return err
	}
	if err := v.askLive(c.token); err != nil {
		return err
	}
	if missing := v.want.shortfall(v.token, v.now); missing != "" {
		return v.stepUp(missing)
	}
	return nil
}

// shortfall says what the device lacks, or "".
func (want Requirement) shortfall(t Token, now time.Time) string {
	switch {
	case t.Recommendation != symbolon.RecommendAllow && t.Recommendation != symbolon.RecommendTrust:
		return "the device is known, but too much about it is odd now"
	case want.Trusted && !t.Trusted:
		return "the device must be trusted"
	case want.MaxRisk != nil && t.Risk > *want.MaxRisk:
		return fmt.Sprintf("the device's risk must be at most %d; it is %d", *want.MaxRisk, t.Risk)
	case want.MaxAge > 0 && now.Sub(t.DecidedAt) > want.MaxAge:
		return fmt.Sprintf("the device must have shown itself within %d seconds", int(want.MaxAge.Seconds()))
	}
	return ""
}

// liveLimit is how long an answer of the service may take before nothing is decided.
const liveLimit = 3 * time.Second

// askLive asks the service how the device stands now, if that is set.
func (v *visit) askLive(token string) error {
	if v.m.cfg.Live == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(v.r.Context(), liveLimit)
	defer cancel()
	now, err := v.m.cfg.Live.Introspect(ctx, token)
	switch {
	case err != nil:
		return fmt.Errorf("asking the service for a device's state: %w", err)
	case !now.Active:
		return badToken("its device does not stand any more as it did when the token was issued")
	case now.Subject != v.token.UserID || now.DeviceID != v.token.DeviceID:
		return errors.New("the service speaks of another device than the token")
	}
	v.token.Trusted = v.token.Trusted && now.Trusted
	v.token.Live = true
	return nil
}
