package registry

import (
	"context"
	"errors"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/proof"
)

// ChallengeSession makes a challenge for a session's next renewal. Nothing is written.
// ErrNotFound where there is no such session, or it has ended.
func (r *Registry) ChallengeSession(ctx context.Context, app symbolon.AppID, id string, now time.Time) (string, error) {
	if _, err := r.liveSession(ctx, r.store, app, id, now); err != nil {
		return "", err
	}
	return r.newSessionChallenge(app, forRenewal, id, now), nil
}

// liveSession is a session that has not ended.
func (r *Registry) liveSession(ctx context.Context, s symbolon.Sessions, app symbolon.AppID, id string, now time.Time) (symbolon.BoundSession, error) {
	if b, ok := spelt(id); !ok || len(b) != sessionIDBytes+len(whose{}) {
		return symbolon.BoundSession{}, noSession()
	}
	b, err := s.GetSession(ctx, app, id)
	if errors.Is(err, symbolon.ErrNotFound) || err == nil && !now.Before(b.ExpiresAt) {
		return symbolon.BoundSession{}, noSession()
	}
	return b, err
}

func noSession() error {
	return symbolon.Errorf(symbolon.ErrNotFound, "there is no such session, or it has ended")
}

// RenewPass gives a new pass for a session whose key signed the challenge. It is trusted
// where the session began so and the device was trusted at each renewal since, and has the
// highest score that a renewal saw.
// ErrChallengeExpired and ErrChallengeReplayed ask for a fresh challenge; ErrNotFound,
// ErrForbidden, ErrDeviceBlocked and a proof that does not verify end the session. After a
// fault the challenge is as good as before.
func (r *Registry) RenewPass(ctx context.Context, c symbolon.Caller, app symbolon.AppID, a SessionAnswer) (RenewedPass, error) {
	if err := allow(c, app, opSession); err != nil {
		return RenewedPass{}, err
	}
	s, err := r.site(ctx, app, a.Origin, c.At)
	if err != nil {
		return RenewedPass{}, err
	}
	session, err := r.liveSession(ctx, r.store, app, a.ID, c.At)
	if err != nil {
		return RenewedPass{}, err
	}
	challenge, err := r.renewal(session, a, c.At)
	if err != nil {
		return RenewedPass{}, err
	}
	err = r.within(ctx, app, func(tx symbolon.Store) error {
		if err := challenge.spend(ctx, tx, app); err != nil {
			return err
		}
		session, err = r.renewed(ctx, tx, s, a.ID, c.At)
		return err
	})
	if err != nil {
		return RenewedPass{}, again(err)
	}
	return r.boundPass(session), nil
}

// renewed stores the renewal of a session whose device stands as it did.
func (r *Registry) renewed(ctx context.Context, tx symbolon.Store, s *settings, id string, now time.Time) (symbolon.BoundSession, error) {
	session, err := r.liveSession(ctx, tx, s.app.ID, id, now)
	if err != nil {
		return session, err
	}
	st, err := standingIn(ctx, tx, s.app.ID, session.DeviceID)
	if err != nil {
		return session, err
	}
	if why := against(st, whoseSession(id), session.CreatedAt, now); why != "" {
		return session, refusal(why)
	}
	if last := st.Device.SessionBoundAt; last == nil || !last.Equal(session.CreatedAt) { // a later one has taken its place
		return session, noSession()
	}
	var tooHigh bool
	if session.RiskScore, tooHigh = riskSince(st.Device, session.RiskScore, session.CreatedAt, s.policy.Risk); tooHigh {
		return session, refusal(symbolon.ReasonRiskTooHigh)
	}
	session.RefreshedAt = now
	session.Trusted = session.Trusted && st.Device.TrustAt(now, s.policy.Trust) == symbolon.TrustActive
	return session, tx.PutSession(ctx, session)
}

// renewal is the challenge that the session's key signed.
func (r *Registry) renewal(session symbolon.BoundSession, a SessionAnswer, now time.Time) (sessionChallenge, error) {
	if session.Origin != a.Origin {
		return sessionChallenge{}, symbolon.Errorf(symbolon.ErrForbidden, "the session is of another origin")
	}
	p, err := readSession(a)
	if err != nil {
		return sessionChallenge{}, err
	}
	if p.JWK != nil {
		return sessionChallenge{}, sessionRefused(errors.New("header member \"jwk\" is there; a session keeps the key that it was bound by"))
	}
	key, err := proof.ParseJWK(session.PublicKey, "")
	if err != nil {
		return sessionChallenge{}, err // our own record: a fault, and no verdict on the session
	}
	if err := p.Verify(key); err != nil {
		return sessionChallenge{}, proofError(sessionField, err)
	}
	return r.openSessionChallenge(session.AppID, forRenewal, session.ID, p.Challenge, now)
}
