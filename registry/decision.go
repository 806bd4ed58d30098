package registry

import (
	"context"
	"errors"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/policy"
	"github.com/symbolon-id/symbolon/proof"
)

// maxDecideTries bounds how often a decision starts again because its device changed
// while it was made.
const maxDecideTries = 8

// question is a decision request after everything about it that needs no store.
type question struct {
	app     symbolon.AppID
	user    symbolon.UserID // "" where nobody names one
	named   bool            // the caller names the user, not only the proof
	action  string          // as it is recorded
	proof   shown
	result  symbolon.ProofResult // "" while only the key's word is missing
	seen    sighting
	caller  symbolon.Caller
	now     time.Time
	set     *settings
	explain bool

	addressRate int // requests of the address lately, this one among them
}

// facts are what is known before the key's word.
func (q question) facts() policy.Facts {
	f := policy.Facts{
		Proof: q.result, Action: q.action, Now: q.now, Policy: &q.set.policy, Rules: q.set.rules,
		Place: q.seen.place, IPAddress: q.seen.address, AppVersion: q.seen.signals.AppVersion,
		OperatingSystem: q.seen.client.OperatingSystem, Browser: q.seen.client.Browser,
	}
	if q.user != "" {
		f.User = &symbolon.User{AppID: q.app, ID: q.user}
	}
	return f
}

// Decide tells what the request's device is worth. Denial is a value; an error means
// that nothing could be decided, and then nothing was written.
func (r *Registry) Decide(ctx context.Context, c symbolon.Caller, app symbolon.AppID, req symbolon.DecisionRequest) (symbolon.Decision, error) {
	s, err := r.open(ctx, c, app, opDecide)
	if err != nil {
		return symbolon.Decision{}, err
	}
	q, err := r.question(c, s, req)
	if err != nil {
		return symbolon.Decision{}, err
	}
	d, err := r.decide(ctx, q)
	if err != nil {
		return symbolon.Decision{}, err
	}
	return r.answer(ctx, q, req, d)
}

// answer is the decision as its caller may see it, with what they get beside it.
func (r *Registry) answer(ctx context.Context, q question, req symbolon.DecisionRequest, d symbolon.Decision) (symbolon.Decision, error) {
	r.metrics.Decided(d.Recommendation)
	var err error
	if d.Known && wantsToken(req, q.caller) && d.Recommendation != symbolon.RecommendDeny {
		if d.DeviceToken, err = r.deviceToken(d, q.now); err != nil {
			return symbolon.Decision{}, err
		}
	}
	if q.caller.Kind != symbolon.CallerClient {
		if d.Device != nil {
			*d.Device = q.set.shown(*d.Device, q.now)
		}
		return d, nil
	}
	if d.Known {
		if d.RotateAfter, err = rotateAfter(ctx, r.store, q.set, *d.Device); err != nil {
			return symbolon.Decision{}, err
		}
	}
	return forClient(d), nil
}

func wantsToken(req symbolon.DecisionRequest, c symbolon.Caller) bool {
	if req.Token == nil {
		return c.Kind == symbolon.CallerClient
	}
	return *req.Token
}

// forClient is what a client learns: one answer for every proof that does not verify, so
// that who lacks the key can't tell a known device, or a blocked one, from none.
func forClient(d symbolon.Decision) symbolon.Decision {
	if d.ProofResult != symbolon.ProofValid {
		return symbolon.Decision{Recommendation: symbolon.RecommendChallenge}
	}
	return symbolon.Decision{Recommendation: d.Recommendation, Known: d.Known, DeviceToken: d.DeviceToken, RotateAfter: d.RotateAfter}
}

func (r *Registry) question(c symbolon.Caller, s *settings, req symbolon.DecisionRequest) (question, error) {
	q := question{
		app: s.app.ID, user: req.UserID, named: req.UserID != "", action: req.Action,
		caller: c, now: c.At, set: s, explain: req.Explain,
	}
	if req.Explain && !c.Staff() {
		return question{}, &symbolon.Error{Code: symbolon.ErrForbidden, Field: "explain", Message: "explain is for the app's backend and for admins"}
	}
	if req.UserID != "" {
		if _, err := symbolon.ParseUserID(string(req.UserID)); err != nil {
			return question{}, err
		}
	}
	if err := symbolon.CheckOptionalText("action", req.Action, symbolon.MaxAction); err != nil {
		return question{}, err
	}
	if req.PayloadHash != "" && !proof.IsPayloadHash(req.PayloadHash) {
		return question{}, symbolon.InvalidField("payloadHash", "must be a SHA-256 in base64url without padding, 43 characters")
	}
	if q.action == "" {
		q.action = symbolon.ActionLogin
	}
	var err error
	if q.seen, err = r.look(s, req.Context, req.Signals); err != nil {
		return question{}, err
	}
	if req.Proof == "" {
		q.result = symbolon.ProofMissing
		return q, nil
	}
	err = r.read(&q, req.Proof, proof.Expected{
		App: string(q.app), Purpose: proof.PurposeProve, User: string(req.UserID),
		Action: req.Action, PayloadHash: req.PayloadHash,
	})
	return q, err
}

// read examines the proof. Only what is no JWS at all is an error.
func (r *Registry) read(q *question, compact string, want proof.Expected) error {
	var err error
	q.proof, err = r.examine(compact, want, q.now)
	switch {
	case errors.Is(err, proof.ErrNotJWS):
		return proofError("proof", err)
	case errors.Is(err, proof.ErrChallengeExpired):
		q.result = symbolon.ProofExpired
	case err != nil:
		q.result = symbolon.ProofInvalid
	}
	if err == nil && q.user == "" {
		q.user = symbolon.UserID(q.proof.Subject)
	}
	return nil
}

// decide is the walk: load the device, verify, assess, evaluate, and write once, if the
// device is still as it was read. Where it changed meanwhile, all of it is done anew.
func (r *Registry) decide(ctx context.Context, q question) (symbolon.Decision, error) {
	q.addressRate = r.asked(q)
	for range maxDecideTries {
		d, err := r.decideOnce(ctx, q)
		if !errors.Is(err, symbolon.ErrStale) {
			return d, err
		}
	}
	return symbolon.Decision{}, symbolon.Errorf(symbolon.ErrUnavailable, "the device changes faster than a decision can be made; try again")
}

func (r *Registry) decideOnce(ctx context.Context, q question) (symbolon.Decision, error) {
	facts := q.facts()
	if q.result == "" {
		if err := r.prove(ctx, q, &facts); err != nil {
			return symbolon.Decision{}, err
		}
	}
	if facts.Device == nil {
		return r.unrecorded(ctx, q, facts)
	}
	return r.record(ctx, q, facts)
}

// prove fills in whose key signed. It does the same work whether there is such a device
// or not.
func (r *Registry) prove(ctx context.Context, q question, f *policy.Facts) error {
	if q.user == "" {
		q.proof.VerifyDummy()
		f.Proof = symbolon.ProofUnknownKey
		return nil
	}
	found, err := r.store.GetIdentity(ctx, q.app, q.user, symbolon.KeyID(q.proof.KeyID))
	if err != nil {
		return err
	}
	if found.Device == nil {
		q.proof.VerifyDummy()
		f.Proof = symbolon.ProofUnknownKey
		return nil
	}
	key, err := proof.ParseJWK(found.Device.PublicKey, "")
	if err != nil {
		return err // our own record: a fault, and no verdict on the device
	}
	if q.proof.Verify(key) != nil {
		f.Proof = symbolon.ProofInvalid
		return nil
	}
	f.Proof, f.User, f.Device, f.Around = symbolon.ProofValid, &found.User, found.Device, found.Around
	return nil
}

// unrecorded answers where no device showed its key: nothing is written, so that a
// stranger's garbage costs no row. Rules are for those who get the whole answer: by the time
// that they take anyone else could tell what they ask.
func (r *Registry) unrecorded(ctx context.Context, q question, f policy.Facts) (symbolon.Decision, error) {
	if !q.caller.Staff() {
		f.Rules = nil
	}
	found, err := r.assessUnknown(ctx, q, &f)
	if err != nil {
		return symbolon.Decision{}, err
	}
	r.failed(q, f.Proof)
	r.countProof(q.app, f.Proof, q.now)
	f.Risk = found.risk
	d := decision(policy.Evaluate(f), q, found)
	d.ID, d.ProofResult = newDecisionID(), f.Proof
	return d, nil
}

func decision(v policy.Verdict, q question, found assessment) symbolon.Decision {
	d := symbolon.Decision{
		Recommendation: v.Recommendation, SecondFactor: v.SecondFactor, Known: v.Known,
		Trusted: v.Trusted, TrustedUntil: v.TrustedUntil, Risk: v.Risk, Rule: v.Rule,
		Previews: v.Previews, Place: known(q.seen.place), DecidedAt: q.now,
	}
	if q.explain {
		d.Signals = found.explained(q.set.policy.Risk)
	}
	return d
}

func known(p symbolon.Place) *symbolon.Place {
	if !p.Known() {
		return nil
	}
	return &p
}
