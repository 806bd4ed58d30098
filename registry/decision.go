package registry

import (
	"context"
	"encoding/json"
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
	app    symbolon.AppID
	user   symbolon.UserID // "" where nobody names one
	action string          // as it is recorded
	proof  shown
	result symbolon.ProofResult // "" while only the key's word is missing
	seen   sighting
	caller symbolon.Caller
	now    time.Time
	set    *settings
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
	r.metrics.Decided(d.Recommendation)
	if d.Known && wantsToken(req, c) && d.Recommendation != symbolon.RecommendDeny {
		if d.DeviceToken, err = r.deviceToken(d, c.At); err != nil {
			return symbolon.Decision{}, err
		}
	}
	if c.Kind != symbolon.CallerClient {
		return d, nil
	}
	if d.Known {
		if d.RotateAfter, err = rotateAfter(ctx, r.store, s, *d.Device); err != nil {
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
	q := question{app: s.app.ID, user: req.UserID, action: req.Action, caller: c, now: c.At, set: s}
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
	if q.seen, err = look(s, req.Context, req.Signals); err != nil {
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

// decide is the walk: load the device, verify, evaluate, and write once, if the device
// is still as it was read. Where it changed meanwhile, all of it is done anew.
func (r *Registry) decide(ctx context.Context, q question) (symbolon.Decision, error) {
	for range maxDecideTries {
		d, err := r.decideOnce(ctx, q)
		if !errors.Is(err, symbolon.ErrStale) {
			return d, err
		}
	}
	return symbolon.Decision{}, symbolon.Errorf(symbolon.ErrUnavailable, "the device changes faster than a decision can be made; try again")
}

func (r *Registry) decideOnce(ctx context.Context, q question) (symbolon.Decision, error) {
	facts := policy.Facts{Proof: q.result, Action: q.action, Now: q.now, Policy: &q.set.policy}
	if q.user != "" {
		facts.User = &symbolon.User{}
	}
	if q.result == "" {
		if err := r.prove(ctx, q, &facts); err != nil {
			return symbolon.Decision{}, err
		}
	}
	if facts.Device == nil {
		return r.unrecorded(q, facts), nil
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
	f.Proof, f.User, f.Device = symbolon.ProofValid, &found.User, found.Device
	return nil
}

// record evaluates for a proven device and makes the one write.
func (r *Registry) record(ctx context.Context, q question, f policy.Facts) (symbolon.Decision, error) {
	device := *f.Device
	if device.BlockEnded(q.now) {
		if err := r.endBlock(ctx, device, q.now); err != nil {
			return symbolon.Decision{}, err
		}
		return symbolon.Decision{}, symbolon.ErrStale // read it again, unblocked
	}
	changed := q.seen.differs(device) && device.Status == symbolon.StatusActive
	if changed {
		q.seen.describe(&device)
	}
	if device.ProvenAt == nil {
		device.ProvenAt, changed = &q.now, true
	}
	if changed {
		device.UpdatedAt = q.now
	}
	f.Device = &device
	v := policy.Evaluate(f)
	id, err := r.write(ctx, q, device, changed, v)
	if errors.Is(err, symbolon.ErrChallengeReplayed) {
		f.Proof, f.Device = symbolon.ProofReplayed, nil
		return r.unrecorded(q, f), nil
	}
	if err != nil {
		return symbolon.Decision{}, err
	}
	return decision(v, q, &device, r.decisionID(q.app, id)), nil
}

func (r *Registry) write(ctx context.Context, q question, device symbolon.Device, changed bool, v policy.Verdict) (symbolon.EventID, error) {
	data, err := json.Marshal(symbolon.Decided{
		Recommendation: v.Recommendation, SecondFactor: v.SecondFactor, ProofResult: symbolon.ProofValid,
		Action: q.action, PayloadHash: q.proof.PayloadHash, Known: v.Known, Trusted: v.Trusted, Reasons: codes(v.Reasons),
	})
	if err != nil {
		return 0, err
	}
	rec := symbolon.DecisionRecord{
		DeviceID: device.ID, Version: device.Version, Spend: q.proof.challenge.SpendKey(),
		Event: symbolon.Event{
			AppID: q.app, Type: symbolon.EventDeviceDecided, At: q.now, Actor: q.caller.Actor(),
			UserID: device.UserID, DeviceID: device.ID, IPAddress: q.seen.address, Data: data,
		},
	}
	if !changed {
		return r.store.PutDecision(ctx, rec)
	}
	var id symbolon.EventID
	err = r.store.Tx(ctx, func(tx symbolon.Store) error {
		stored, err := tx.PutDevice(ctx, device)
		if err != nil {
			return err
		}
		rec.Version = stored.Version
		id, err = tx.PutDecision(ctx, rec)
		return err
	})
	return id, err
}

func codes(reasons []symbolon.Reason) []string {
	var out []string
	for _, r := range reasons {
		out = append(out, r.Code)
	}
	return out
}

// unrecorded answers where no device showed its key: nothing is written, so that a
// stranger's garbage costs no row.
func (r *Registry) unrecorded(q question, f policy.Facts) symbolon.Decision {
	d := decision(policy.Evaluate(f), q, nil, newDecisionID())
	d.ProofResult = f.Proof
	return d
}

func decision(v policy.Verdict, q question, device *symbolon.Device, id string) symbolon.Decision {
	reasons := v.Reasons
	if reasons == nil {
		reasons = []symbolon.Reason{}
	}
	return symbolon.Decision{
		ID: id, Recommendation: v.Recommendation, SecondFactor: v.SecondFactor, ProofResult: symbolon.ProofValid,
		Known: v.Known, Device: device, Trusted: v.Trusted, TrustedUntil: v.TrustedUntil,
		Risk: symbolon.Risk{Level: "low", Reasons: reasons}, DecidedAt: q.now,
	}
}
