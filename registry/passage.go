package registry

import (
	"context"
	"crypto/sha256"
	"errors"
	"slices"
	"time"

	"github.com/symbolon-id/symbolon"
)

// Pass answers a proxy: may this request through? What is known of the device and its user
// stands in the answer only where the request passes for a known device. ErrForbidden where
// the app's pages are not at the origin; a fault is an error, never a verdict.
func (r *Registry) Pass(ctx context.Context, app symbolon.AppID, req symbolon.PassageRequest) (symbolon.Passage, error) {
	if !slices.Contains(requirements, req.Require) {
		return symbolon.Passage{}, symbolon.InvalidField("require", "must be one of %v", requirements)
	}
	s, err := r.site(ctx, app, req.Origin, req.At)
	if err != nil {
		return symbolon.Passage{}, err
	}
	found, why, err := r.passage(ctx, s, req)
	switch {
	case err != nil:
		return symbolon.Passage{}, err
	case why == "":
		found.Verdict = symbolon.VerdictPass
		return found, nil
	case forGood(why):
		return symbolon.Passage{Verdict: symbolon.VerdictDeny, Reason: why}, nil
	case req.Require == symbolon.RequireNone:
		return symbolon.Passage{Verdict: symbolon.VerdictPass}, nil
	}
	return symbolon.Passage{Verdict: symbolon.VerdictCheck, Reason: why}, nil
}

var requirements = []symbolon.Requirement{symbolon.RequireNone, symbolon.RequireKnown, symbolon.RequireTrusted}

// site gives the settings of an app whose pages are at the origin.
func (r *Registry) site(ctx context.Context, app symbolon.AppID, origin string, now time.Time) (*settings, error) {
	s, err := r.settingsOf(ctx, app, now)
	if err != nil {
		return nil, err
	}
	if !s.app.AllowsOrigin(origin) {
		return nil, symbolon.Errorf(symbolon.ErrForbidden, "%q is not among the origins of the app %s", origin, app)
	}
	return s, nil
}

// passage is what is known of the request's device and user, or why it does not pass.
func (r *Registry) passage(ctx context.Context, s *settings, req symbolon.PassageRequest) (symbolon.Passage, string, error) {
	p, name, ok := r.openPass(s.app.ID, req.Origin, req.Pass)
	if !ok {
		return symbolon.Passage{}, symbolon.ReasonPassMissing, nil
	}
	if !p.lasts(req.At, req.MaxAge) {
		return symbolon.Passage{}, symbolon.ReasonPassExpired, nil
	}
	st, err := r.store.GetStanding(ctx, s.app.ID, p.device)
	if errors.Is(err, symbolon.ErrNotFound) {
		return symbolon.Passage{}, symbolon.ReasonUnknownDevice, nil
	}
	if err != nil {
		return symbolon.Passage{}, "", err
	}
	shown := showing{pass: p, name: name, Standing: st, trust: st.Device.TrustAt(req.At, s.policy.Trust)}
	shown.risk, shown.tooHigh = riskSince(st.Device, p.score, p.provenAt, s.policy.Risk)
	if why := shown.against(req); why != "" {
		return symbolon.Passage{}, why, nil
	}
	user, err := r.userBehind(ctx, st, req.Assertion)
	if err != nil {
		return symbolon.Passage{}, "", err
	}
	token, err := r.tokenFor(&shown, req.At)
	risk := shown.risk
	return symbolon.Passage{
		UserID: user, Device: p.device, Trusted: shown.trusted(), Risk: &risk, Bound: p.session != "", Token: token,
	}, "", err
}

// showing is a pass and where its device stands now.
type showing struct {
	pass
	symbolon.Standing
	name    [sha256.Size]byte // of the pass
	trust   symbolon.TrustState
	risk    int
	tooHigh bool // by a decision since, whatever is asked for
}

// trusted tells whether the device was trusted at its decision and is now.
func (s *showing) trusted() bool { return s.pass.trusted && s.trust == symbolon.TrustActive }

// against is why the request does not pass. Another user's assertion comes first: whatever
// became of the device, it is not that user's.
func (s *showing) against(req symbolon.PassageRequest) string {
	if a := req.Assertion; a != nil && (a.AppID != s.Device.AppID || a.UserID != s.Device.UserID) {
		return symbolon.ReasonUserMismatch
	}
	if why := against(s.Standing, s.whose, s.provenAt, req.At); why != "" {
		return why
	}
	switch {
	case req.Require == symbolon.RequireTrusted && !s.trusted():
		return untrusted(s.trust)
	case s.tooHigh, req.MaxRisk != nil && s.risk > *req.MaxRisk:
		return symbolon.ReasonRiskTooHigh
	}
	return ""
}

// userBehind is the user, where the assertion is of them and from after the last
// revocation; "" where nobody says who it is.
func (r *Registry) userBehind(ctx context.Context, st symbolon.Standing, a *symbolon.Assertion) (symbolon.UserID, error) {
	if a == nil {
		return "", nil
	}
	u := st.User
	u.AppID, u.ID = a.AppID, a.UserID
	if a.Issuer == "" { // only tickets carry an epoch
		var err error
		if u, err = r.sinceErased(ctx, r.store, u); err != nil {
			return "", err
		}
	}
	if !u.Admits(*a) {
		return "", nil
	}
	return u.ID, nil
}
