package registry

import (
	"context"
	"errors"

	"github.com/symbolon-id/symbolon"
)

// actionCheck is what the log calls a proof that was shown for the sake of a proxy.
const actionCheck = "device_check"

// CheckDevice decides as for a client, and gives a pass for the origin where the answer is
// TRUST or ALLOW: what asks for another factor can't be passed on in a cookie. The action is
// device_check, and the proof either names it or none. ErrForbidden where the app's pages are
// not at the origin.
func (r *Registry) CheckDevice(ctx context.Context, c symbolon.Caller, app symbolon.AppID, origin string, req symbolon.DecisionRequest) (symbolon.DeviceCheck, error) {
	if err := allow(c, app, opCheckDevice); err != nil {
		return symbolon.DeviceCheck{}, err
	}
	s, err := r.site(ctx, app, origin, c.At)
	if err != nil {
		return symbolon.DeviceCheck{}, err
	}
	if req.Action != "" && req.Action != actionCheck {
		return symbolon.DeviceCheck{}, symbolon.InvalidField("action", "must be %s, or absent", actionCheck)
	}
	c = asClient(c)
	q, err := r.question(c, s, req)
	if err != nil {
		return symbolon.DeviceCheck{}, err
	}
	q.action = actionCheck
	d, err := r.decide(ctx, q)
	if err != nil {
		return symbolon.DeviceCheck{}, err
	}
	var check symbolon.DeviceCheck
	if check.Decision, err = r.answer(ctx, q, req, d); err != nil {
		return symbolon.DeviceCheck{}, err
	}
	if d.Known && (d.Recommendation == symbolon.RecommendTrust || d.Recommendation == symbolon.RecommendAllow) {
		if check.Pass, err = r.passFor(ctx, app, origin, d); err != nil {
			return symbolon.DeviceCheck{}, err
		}
	}
	if check.Pass != "" {
		check.PassUntil = c.At.Add(symbolon.PassLife)
	}
	return check, nil
}

// asClient is the caller without what else it could show: a proxy may add an assertion to
// every request.
func asClient(c symbolon.Caller) symbolon.Caller {
	return symbolon.Caller{Kind: symbolon.CallerClient, AppID: c.AppID, Address: c.Address, At: c.At}
}

// passFor is the pass of a decision, or "" where the device changed since.
func (r *Registry) passFor(ctx context.Context, app symbolon.AppID, origin string, d symbolon.Decision) (string, error) {
	st, err := r.store.GetStanding(ctx, app, d.Device.ID)
	if errors.Is(err, symbolon.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	p := pass{
		device: d.Device.ID, whose: whoseOf(st), provenAt: d.DecidedAt,
		score: d.Risk.Score, trusted: d.Recommendation == symbolon.RecommendTrust,
	}
	if st.Device.Thumbprint != d.Device.Thumbprint || against(st, p.whose, p.provenAt, d.DecidedAt) != "" {
		return "", nil
	}
	return r.sealPass(app, origin, p), nil
}
