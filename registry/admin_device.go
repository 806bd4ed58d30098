package registry

import (
	"context"
	"errors"
	"time"

	"github.com/symbolon-id/symbolon"
)

// deviceShown refuses an admin's session that has to show a device first.
func deviceShown(c symbolon.Caller) error {
	if c.Withheld() {
		return symbolon.Errorf(symbolon.ErrDeviceRequired, "the policy of the app admin demands a %s device: show the one that this session comes from", c.Admin.DeviceRequired)
	}
	return nil
}

// demanded is what the policy of the built-in app asks of an admin's device; "" for nothing.
func demanded(s *settings) symbolon.Requirement {
	if s == nil {
		return ""
	}
	return s.policy.Actions[symbolon.ActionPortal].Require
}

// held holds a session against the device that it showed, and gives what is demanded and not
// met. A device that does not count any more ends what it opened.
func (r *Registry) held(ctx context.Context, a symbolon.Admin, s symbolon.AdminSession, now time.Time) (symbolon.Requirement, error) {
	set, err := r.adminSettings(ctx, now)
	if err != nil {
		return "", err
	}
	want := demanded(set)
	if set == nil {
		return want, nil
	}
	if s.DeviceID == "" {
		u, err := r.store.GetUser(ctx, symbolon.AdminApp, symbolon.UserID(s.AdminID))
		if err == nil && revoked(u, s) {
			err = r.endFor(ctx, a, s, now, revokedSince)
		}
		return want, err
	}
	st, err := r.store.GetStanding(ctx, symbolon.AdminApp, s.DeviceID)
	if errors.Is(err, symbolon.ErrNotFound) {
		return want, r.endFor(ctx, a, s, now, "this browser is no longer one of your devices; sign in again")
	}
	if err != nil {
		return want, err
	}
	if why := gone(st, s, now); why != "" {
		return want, r.endFor(ctx, a, s, now, why)
	}
	if enough(st.Device, want, set.policy.Trust, now) {
		want = ""
	}
	return want, nil
}

// gone is why a session ends by where its device stands, in words; "" where it does not.
func gone(st symbolon.Standing, s symbolon.AdminSession, now time.Time) string {
	d, u := st.Device, st.User
	switch {
	case d.Status == symbolon.StatusBlocked && !d.BlockEnded(now):
		return "this browser was blocked"
	case !d.Known() && d.Status != symbolon.StatusBlocked, d.UserID != symbolon.UserID(s.AdminID):
		return "this browser is no longer one of your devices; sign in again"
	case revoked(u, s):
		return revokedSince
	}
	return ""
}

const revokedSince = "what you showed was revoked since; sign in again"

// revoked tells whether a session ends by what was revoked of its admin, whatever it showed.
func revoked(u symbolon.User, s symbolon.AdminSession) bool {
	return !u.DeactivatedAt.IsZero() || !s.AuthenticatedAt.After(u.NotBefore)
}

// notDeactivated refuses to let in an admin who was deactivated as a user of the built-in app.
func notDeactivated(ctx context.Context, tx symbolon.Store, id symbolon.AdminID) error {
	app, err := tx.GetApp(ctx, symbolon.AdminApp)
	if err != nil || !app.BuiltIn {
		return orRefused(err, nil)
	}
	u, err := tx.GetUser(ctx, symbolon.AdminApp, symbolon.UserID(id))
	if err == nil && !u.DeactivatedAt.IsZero() {
		err = symbolon.Errorf(symbolon.ErrUnauthenticated, "this account was deactivated; ask another admin")
	}
	return err
}

func enough(d symbolon.Device, want symbolon.Requirement, p symbolon.TrustPolicy, now time.Time) bool {
	switch want {
	case "":
		return true
	case symbolon.RequireKnown:
		return d.Known()
	}
	return d.Known() && d.TrustAt(now, p) == symbolon.TrustActive
}

// meets tells whether the caller's session has shown what the policy demands.
func meets(ctx context.Context, s symbolon.Devices, c symbolon.Caller, p *symbolon.Policy) (bool, error) {
	id := c.Admin.Session.DeviceID
	if id == "" {
		return false, nil
	}
	d, err := s.GetDevice(ctx, symbolon.AdminApp, id)
	if errors.Is(err, symbolon.ErrNotFound) {
		return false, nil
	}
	return err == nil && enough(d, p.Actions[symbolon.ActionPortal].Require, p.Trust, c.At), err
}

// endFor ends a session whose device does not count any more, and is the refusal.
func (r *Registry) endFor(ctx context.Context, a symbolon.Admin, s symbolon.AdminSession, now time.Time, why string) error {
	err := r.store.Tx(ctx, func(tx symbolon.Store) error {
		err := tx.TakeAdminSession(ctx, s.AdminID, s.ID)
		if errors.Is(err, symbolon.ErrNotFound) {
			return nil // another request of its was as quick
		}
		if err != nil {
			return err
		}
		data := eventData{"session": s.ID, "reason": why}
		if s.DeviceID != "" {
			data["deviceId"] = s.DeviceID
		}
		return system(tx, now).adminEvent(ctx, symbolon.EventAdminSignedOut, a, data)
	})
	if err != nil {
		return err
	}
	return symbolon.Errorf(symbolon.ErrUnauthenticated, "%s", why)
}

// ownTicketTTL is short: the browser registers at once, and the ticket must not outlive its
// session by much.
const ownTicketTTL = time.Minute

// OwnTicket is a ticket by which an admin's browser registers with the app admin.
func (r *Registry) OwnTicket(ctx context.Context, c symbolon.Caller) (symbolon.Ticket, error) {
	if err := signedIn(c); err != nil {
		return symbolon.Ticket{}, err
	}
	if _, err := r.ownSettings(ctx, c.At); err != nil {
		return symbolon.Ticket{}, err
	}
	self, soon := symbolon.Caller{Kind: symbolon.CallerSystem, At: c.At}, symbolon.Duration(ownTicketTTL)
	return r.IssueTicket(ctx, self, symbolon.AdminApp, symbolon.TicketRequest{
		UserID: symbolon.UserID(c.Admin.Admin.ID), AuthTime: &c.Admin.Session.AuthenticatedAt, TTL: &soon,
	})
}

// ownSettings are those of the built-in app, which is made if it has to be.
func (r *Registry) ownSettings(ctx context.Context, now time.Time) (*settings, error) {
	s, err := r.adminSettings(ctx, now)
	if s != nil || err != nil {
		return s, err
	}
	if err := r.store.Tx(ctx, func(tx symbolon.Store) error { return r.keepAdminApp(ctx, tx, now) }); err != nil {
		return nil, err
	}
	s, err = r.adminSettings(ctx, now)
	if s == nil && err == nil {
		err = symbolon.Errorf(symbolon.ErrConflict, "the id admin is or was that of another app here, so admins have no devices")
	}
	return s, err
}

// ShowDevice decides on the proof of the device that an admin's session comes from, as on
// any other, and binds the session to a device that is known. A blocked one ends the session.
func (r *Registry) ShowDevice(ctx context.Context, c symbolon.Caller, req symbolon.DeviceProof) (symbolon.OwnDevice, error) {
	if err := signedIn(c); err != nil {
		return symbolon.OwnDevice{}, err
	}
	set, err := r.ownSettings(ctx, c.At)
	if err != nil {
		return symbolon.OwnDevice{}, err
	}
	q, err := r.question(c, set, symbolon.DecisionRequest{
		UserID: symbolon.UserID(c.Admin.Admin.ID), Proof: req.Proof, Signals: req.Signals, Action: symbolon.ActionPortal, Context: req.Context,
	})
	if err != nil {
		return symbolon.OwnDevice{}, err
	}
	d, err := r.decide(ctx, q)
	if err != nil {
		return symbolon.OwnDevice{}, err
	}
	r.metrics.Decided(d.Recommendation)
	return r.bound(ctx, c, set, d)
}

// bound is what a decision on an admin's device comes to.
func (r *Registry) bound(ctx context.Context, c symbolon.Caller, set *settings, d symbolon.Decision) (symbolon.OwnDevice, error) {
	want := demanded(set)
	out := symbolon.OwnDevice{Required: want, Met: want == ""}
	if d.Device == nil {
		return out, nil
	}
	s := c.Admin.Session
	s.DeviceID = d.Device.ID
	if d.Device.Status == symbolon.StatusBlocked {
		if err := r.endFor(ctx, c.Admin.Admin, s, c.At, "this browser is blocked"); !errors.Is(err, symbolon.ErrUnauthenticated) {
			return out, err
		}
		return out, blockedError()
	}
	own := set.shown(*d.Device, c.At).ForSelf(true)
	out.Device = &own
	if !d.Known || d.Recommendation == symbolon.RecommendDeny { // to a CHALLENGE the portal has no other answer than the device
		return out, nil
	}
	if err := r.store.BindAdminSession(ctx, s.ID, s.DeviceID); err != nil {
		return out, orRefused(err, sessionEnded())
	}
	out.Met = enough(*d.Device, want, set.policy.Trust, c.At)
	return out, nil
}

// OwnDevice is what the caller's session has shown of the device that it comes from.
func (r *Registry) OwnDevice(ctx context.Context, c symbolon.Caller) (symbolon.OwnDevice, error) {
	if err := signedIn(c); err != nil {
		return symbolon.OwnDevice{}, err
	}
	set, err := r.adminSettings(ctx, c.At)
	if err != nil {
		return symbolon.OwnDevice{}, err
	}
	out := symbolon.OwnDevice{Required: demanded(set), Met: !c.Withheld()}
	if c.Admin.Session.DeviceID == "" {
		return out, nil
	}
	d, err := r.store.GetDevice(ctx, symbolon.AdminApp, c.Admin.Session.DeviceID)
	if errors.Is(err, symbolon.ErrNotFound) {
		return out, nil
	}
	own := set.shown(d, c.At).ForSelf(true)
	out.Device = &own
	return out, err
}
