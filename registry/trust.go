package registry

import (
	"cmp"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/policy"
)

// decisionAge is how old a decision may be that a backend grants trust on.
const decisionAge = 10 * time.Minute

func grantTerms(before *symbolon.Trust, terms symbolon.TrustTerms, s *settings, now time.Time) (*symbolon.Trust, error) {
	return policy.Grant(before, terms, s.policy.Trust, now)
}

// TrustDevice lets a device skip the second factor for a time. A backend names a fresh
// decision on a valid proof by this device and the factor that was passed; an admin
// needs neither.
func (r *Registry) TrustDevice(ctx context.Context, c symbolon.Caller, app symbolon.AppID, id symbolon.DeviceID, req symbolon.TrustRequest) (symbolon.Device, error) {
	s, err := r.open(ctx, c, app, opTrustDevices)
	if err != nil {
		return symbolon.Device{}, err
	}
	if err := symbolon.CheckOptionalText("factor", req.Factor, maxFactorChars); err != nil {
		return symbolon.Device{}, err
	}
	if c.Kind == symbolon.CallerBackend && (req.DecisionID == "" || req.Factor == "") {
		return symbolon.Device{}, symbolon.InvalidField("decisionId", "and factor must be given: trust rests on a proof by the device and a second factor")
	}
	return r.change(ctx, c, s, id, func(w writer, d symbolon.Device) (symbolon.Device, error) {
		if req.DecisionID != "" {
			if err := r.spendDecision(ctx, w, d, s, req.DecisionID); err != nil {
				return d, err
			}
		}
		return w.trust(ctx, d, s, req)
	})
}

// spendDecision uses a decision up, if it was made on a valid proof by this device and
// user, lately, and what was odd about it would not end trust at once.
func (r *Registry) spendDecision(ctx context.Context, w writer, d symbolon.Device, s *settings, id string) error {
	refused := symbolon.InvalidField("decisionId", "must name a decision on a valid proof by this device, less than ten minutes old and not used before")
	place, ok := r.openDecisionID(d.AppID, id)
	if !ok {
		return refused
	}
	e, err := w.tx.GetDecision(ctx, d.AppID, place)
	if errors.Is(err, symbolon.ErrNotFound) {
		return refused
	}
	if err != nil {
		return err
	}
	var made symbolon.Decided
	if json.Unmarshal(e.Data, &made) != nil || !made.Known || made.ProofResult != symbolon.ProofValid ||
		e.DeviceID != d.ID || e.UserID != d.UserID || w.now.Sub(e.At) >= decisionAge {
		return refused
	}
	if made.Score >= s.policy.Risk.DistrustAt {
		return symbolon.InvalidField("decisionId", "must name a decision with a risk score below the policy's distrustAt (%d); it was %d", s.policy.Risk.DistrustAt, made.Score)
	}
	if ok, err := w.nothingSince(ctx, d, e); err != nil || !ok {
		return cmp.Or(err, error(refused))
	}
	err = w.tx.TakeSpend(ctx, d.AppID, binary.BigEndian.AppendUint64([]byte("decision:"), uint64(place)), e.At.Add(decisionAge+spendMargin))
	if errors.Is(err, symbolon.ErrChallengeReplayed) {
		return refused
	}
	return err
}

// maxSince is how many events of a device are looked through for what came after a decision.
const maxSince = 200

// nothingSince is false where the device was blocked, distrusted, rotated or its user's
// assertions revoked after the decision: then it says nothing any more.
func (w writer) nothingSince(ctx context.Context, d symbolon.Device, made symbolon.Event) (bool, error) {
	user, err := w.tx.GetUser(ctx, d.AppID, d.UserID)
	if err != nil || !made.At.After(user.NotBefore) || !user.DeactivatedAt.IsZero() {
		return false, err
	}
	events, err := w.tx.ListDeviceEvents(ctx, d.AppID, d.ID, 0, maxSince)
	if err != nil {
		return false, err
	}
	for _, e := range events {
		switch {
		case e.ID == made.ID:
			return true, nil
		case slices.Contains(endsDecisions, e.Type):
			return false, nil
		}
	}
	return false, nil
}

var endsDecisions = []symbolon.EventType{
	symbolon.EventDeviceBlocked, symbolon.EventDeviceUnblocked, symbolon.EventDeviceDistrusted, symbolon.EventDeviceRotated,
}

func (w writer) trust(ctx context.Context, d symbolon.Device, s *settings, req symbolon.TrustRequest) (symbolon.Device, error) {
	if _, _, err := d.Move(symbolon.VerbTrust, true); err != nil {
		return d, err
	}
	if !d.Known() {
		return d, symbolon.Errorf(symbolon.ErrConflict, "the device has not shown its key yet, so it can't be trusted")
	}
	grant, err := grantTerms(d.Trust, req.TrustTerms, s, w.now)
	if err != nil {
		return d, err
	}
	grant.Factor = req.Factor
	d.Trust = grant
	return w.put(ctx, d, symbolon.EventDeviceTrusted, eventData{"until": grant.TrustedUntil, "factor": grant.Factor})
}

// DistrustDevice ends a device's trust; its next sign-in asks for the second factor.
func (r *Registry) DistrustDevice(ctx context.Context, c symbolon.Caller, app symbolon.AppID, id symbolon.DeviceID, req symbolon.DistrustRequest) (symbolon.Device, error) {
	s, err := r.open(ctx, c, app, opWriteDevices)
	if err != nil {
		return symbolon.Device{}, err
	}
	if err := symbolon.CheckOptionalText("reason", req.Reason, symbolon.MaxText); err != nil {
		return symbolon.Device{}, err
	}
	return r.change(ctx, c, s, id, func(w writer, d symbolon.Device) (symbolon.Device, error) {
		d, _, err := w.distrust(ctx, d, req.Reason)
		return d, err
	})
}
