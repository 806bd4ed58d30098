package registry

import (
	"context"
	"errors"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/proof"
)

// challengeTTL is how long a challenge may be signed.
const challengeTTL = 5 * time.Minute

// spendMargin is how much longer than its expiry a spent challenge is remembered, so
// that replicas whose clocks differ agree.
const spendMargin = 10 * time.Minute

// NewChallenge makes a challenge. Nothing is written: it carries what it is for, under
// a MAC.
func (r *Registry) NewChallenge(ctx context.Context, c symbolon.Caller, app symbolon.AppID, req symbolon.ChallengeRequest) (symbolon.Challenge, error) {
	if _, err := r.open(ctx, c, app, opChallenge); err != nil {
		return symbolon.Challenge{}, err
	}
	for _, p := range proof.Purposes() {
		if req.Purpose == string(p) {
			expires := c.At.Add(challengeTTL)
			text := proof.NewChallenge(r.secrets.current().challenge, string(app), p, expires)
			return symbolon.Challenge{Challenge: text, ExpiresAt: expires}, nil
		}
	}
	return symbolon.Challenge{}, symbolon.InvalidField("purpose", "must be one of %v", proof.Purposes())
}

// shown is a proof that says the right things, over a live challenge of ours; whose key
// signed it is not yet known.
type shown struct {
	*proof.Proof
	challenge proof.Challenge
}

// examine does all of a proof's checks that need no key: form, challenge, and what it is
// for.
func (r *Registry) examine(compact string, want proof.Expected, now time.Time) (shown, error) {
	p, err := proof.Parse(compact)
	if err != nil {
		return shown{}, err
	}
	challenge, err := proof.OpenChallenge(r.secrets.challengeKeys(), want.App, want.Purpose, now, p.Challenge)
	if err != nil {
		return shown{}, err
	}
	return shown{Proof: p, challenge: challenge}, p.Check(want)
}

// proofError is what a caller hears of a proof that was refused, where an error and not
// a decision is the answer.
func proofError(field string, err error) error {
	code := symbolon.ErrProofInvalid
	switch {
	case err == nil:
		return nil
	case errors.Is(err, proof.ErrNotJWS):
		return symbolon.InvalidField(field, "must be a compact JWS: %v", err)
	case errors.Is(err, proof.ErrAlgorithm):
		code = symbolon.ErrAlgorithmNotAllowed
	case errors.Is(err, proof.ErrChallengeExpired):
		code = symbolon.ErrChallengeExpired
	}
	return &symbolon.Error{Code: code, Field: field, Message: err.Error()}
}

// spend uses the challenge up, for every purpose but prove.
func (s shown) spend(ctx context.Context, tx symbolon.Store, app symbolon.AppID) error {
	err := tx.TakeSpend(ctx, app, s.challenge.SpendKey(), s.challenge.ExpiresAt.Add(spendMargin))
	if errors.Is(err, symbolon.ErrChallengeReplayed) {
		return symbolon.Errorf(symbolon.ErrChallengeReplayed, "the challenge was used before; take a fresh one")
	}
	return err
}
