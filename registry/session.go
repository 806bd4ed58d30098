package registry

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/proof"
)

// SessionOffer is what a browser needs to bind a session (DBSC): the challenge to sign, and
// what says for which device it is.
type SessionOffer struct {
	Challenge     string
	Authorization string
}

// SessionAnswer is what a browser sends back.
type SessionAnswer struct {
	Origin   string
	Pass     string // at its registration: the cookie, which must be the pass that the offer came beside
	ID       string // of the session; "" at its registration
	Response string // the JWT
}

// RenewedPass is a pass by a bound session.
type RenewedPass struct {
	SessionID string
	Pass      string
	Until     time.Time
}

// OfferSession makes the offer for the device of a pass. Nothing is written: the offer
// carries what it is for, under a MAC. ErrForbidden where the pass is not good at the
// origin, or the app's pages are not there.
func (r *Registry) OfferSession(ctx context.Context, app symbolon.AppID, origin, pass string, now time.Time) (SessionOffer, error) {
	if _, err := r.site(ctx, app, origin, now); err != nil {
		return SessionOffer{}, err
	}
	p, _, ok := r.openPass(app, origin, pass)
	if !ok || !p.lasts(now, 0) {
		return SessionOffer{}, symbolon.Errorf(symbolon.ErrForbidden, "the pass is not one of this app and origin, or is over")
	}
	authorization := r.sealAuthorization(app, origin, pass)
	return SessionOffer{r.newSessionChallenge(app, forBinding, authorization, now), authorization}, nil
}

// BindSession keeps the key that the browser made, linked to the device, and gives the first
// bound pass; earlier sessions of the device renew none any more. A script of the page can
// read the offer, but not the cookie, so both are needed. Errors are those of a proof,
// ErrForbidden and ErrDeviceBlocked where the device is not as it was when the offer was
// made, and faults; after each of them the challenge is as good as before.
func (r *Registry) BindSession(ctx context.Context, c symbolon.Caller, app symbolon.AppID, a SessionAnswer) (RenewedPass, error) {
	if err := allow(c, app, opSession); err != nil {
		return RenewedPass{}, err
	}
	s, err := r.site(ctx, app, a.Origin, c.At)
	if err != nil {
		return RenewedPass{}, err
	}
	b, err := r.binding(app, a, c.At)
	if err != nil {
		return RenewedPass{}, err
	}
	var session symbolon.BoundSession
	err = r.within(ctx, app, func(tx symbolon.Store) error {
		if err := b.challenge.spend(ctx, tx, app); err != nil {
			return err
		}
		st, err := standingIn(ctx, tx, app, b.pass.device)
		if err != nil {
			return err
		}
		if why := against(st, b.pass.whose, b.pass.provenAt, c.At); why != "" {
			return refusal(why)
		}
		var tooHigh bool
		if b.pass.score, tooHigh = riskSince(st.Device, b.pass.score, b.pass.provenAt, s.policy.Risk); tooHigh {
			return refusal(symbolon.ReasonRiskTooHigh)
		}
		session = b.session(st, s, c.At)
		return b.store(ctx, writerFor(tx, asClient(c)), st.Device, session)
	})
	if err != nil {
		return RenewedPass{}, again(err)
	}
	return r.boundPass(session), nil
}

// again makes a fault of what another writer was in the way of: the same proof may hold the
// next time, so it must not end a session.
func again(err error) error {
	if errors.Is(err, symbolon.ErrConflict) || errors.Is(err, symbolon.ErrStale) {
		return symbolon.Errorf(symbolon.ErrUnavailable, "the device was changed meanwhile; try again")
	}
	return err
}

// binding is an answer to an offer, read and found to belong to it.
type binding struct {
	origin    string
	key       *proof.PublicKey
	pass      pass // of the device that the offer was made to
	challenge sessionChallenge
}

func (r *Registry) binding(app symbolon.AppID, a SessionAnswer, now time.Time) (binding, error) {
	p, err := readSession(a)
	if err != nil {
		return binding{}, err
	}
	if p.JWK == nil {
		return binding{}, sessionRefused(errors.New("header member \"jwk\" is missing; to bind a session it has the new key"))
	}
	b := binding{origin: a.Origin, key: p.JWK}
	if b.pass, err = r.authorized(app, a, p.Authorization, now); err != nil {
		return binding{}, err
	}
	if b.challenge, err = r.openSessionChallenge(app, forBinding, p.Authorization, p.Challenge, now); err != nil {
		return binding{}, err
	}
	return b, proofError(sessionField, p.Verify(p.JWK))
}

func (b binding) session(st symbolon.Standing, s *settings, now time.Time) symbolon.BoundSession {
	d := st.Device
	return symbolon.BoundSession{
		ID: newSessionID(b.pass.whose), AppID: d.AppID, UserID: d.UserID, DeviceID: d.ID, Thumbprint: d.Thumbprint,
		Origin: b.origin, PublicKey: b.key.JWK(), RiskScore: b.pass.score,
		Trusted:   b.pass.trusted && d.TrustAt(now, s.policy.Trust) == symbolon.TrustActive,
		CreatedAt: now, RefreshedAt: now, ExpiresAt: now.Add(symbolon.SessionLife),
	}
}

func (b binding) store(ctx context.Context, w writer, d symbolon.Device, session symbolon.BoundSession) error {
	d.SessionBoundAt = &w.now
	data := eventData{"session": session.ID, "origin": session.Origin, "algorithm": b.key.Algorithm()}
	if _, err := w.put(ctx, d, symbolon.EventSessionBound, data); err != nil {
		return err
	}
	return w.tx.PutSession(ctx, session)
}

const sessionIDBytes = 16

// A session's id is random bytes and whose it is, so that a session ends with the epoch of
// its user, whatever the clocks of two replicas say.
func newSessionID(w whose) string {
	b := make([]byte, sessionIDBytes, sessionIDBytes+len(w))
	rand.Read(b)
	return base64url.EncodeToString(append(b, w[:]...))
}

// whoseSession reads whose a session is out of an id of the right form.
func whoseSession(id string) whose {
	b, _ := spelt(id)
	return whose(b[sessionIDBytes:])
}

// boundPass ends with its session at the latest: the last one is as if the key had been shown
// a bit earlier.
func (r *Registry) boundPass(s symbolon.BoundSession) RenewedPass {
	at := s.RefreshedAt
	if last := s.ExpiresAt.Add(-symbolon.PassLife); at.After(last) {
		at = last
	}
	p := pass{device: s.DeviceID, whose: whoseSession(s.ID), provenAt: at, score: s.RiskScore, trusted: s.Trusted, session: s.ID}
	return RenewedPass{SessionID: s.ID, Pass: r.sealPass(s.AppID, s.Origin, p), Until: at.Add(symbolon.PassLife)}
}
