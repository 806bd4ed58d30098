package registry

import (
	"context"
	"time"

	"github.com/symbolon-id/symbolon"
)

// against is why what was given to a device at an earlier time does not count now, by
// code; "" where it does.
func against(st symbolon.Standing, w whose, given, now time.Time) string {
	d, u := st.Device, st.User
	switch {
	case !u.DeactivatedAt.IsZero():
		return symbolon.ReasonUserDeactivated
	case d.Status == symbolon.StatusBlocked && !d.BlockEnded(now):
		return symbolon.ReasonDeviceBlocked
	case d.Status == symbolon.StatusPending:
		return symbolon.ReasonDevicePending
	case !d.Known():
		return symbolon.ReasonUnknownDevice
	case whoseOf(st) != w || !given.After(u.NotBefore):
		return symbolon.ReasonPassExpired
	}
	return ""
}

// riskSince is a score that was given out earlier, or that of a decision made since, where
// this is higher; and whether such a decision reached what the policy asks another factor at.
func riskSince(d symbolon.Device, score int, given time.Time, p symbolon.RiskPolicy) (risk int, tooHigh bool) {
	if d.LastUsedAt == nil || !d.LastUsedAt.After(given) {
		return score, false
	}
	return max(score, d.RiskScore), d.RiskScore >= p.ChallengeAt
}

// forGood tells whether showing the device's key again would not help.
func forGood(why string) bool {
	return why == symbolon.ReasonDeviceBlocked || why == symbolon.ReasonUserDeactivated
}

// refusal is the reason as an error, where an error and not a verdict is the answer.
func refusal(why string) error {
	switch why {
	case symbolon.ReasonDeviceBlocked:
		return blockedError()
	case symbolon.ReasonUserDeactivated:
		return symbolon.Errorf(symbolon.ErrForbidden, "the user is deactivated")
	case symbolon.ReasonRiskTooHigh:
		return symbolon.Errorf(symbolon.ErrForbidden, "a decision since found too high a risk; the device has to show its key again")
	}
	return symbolon.Errorf(symbolon.ErrForbidden, "the device or its user is not as before; the device has to show its key again")
}

// standingIn is where a device stands, read in a transaction.
func standingIn(ctx context.Context, tx symbolon.Store, app symbolon.AppID, id symbolon.DeviceID) (symbolon.Standing, error) {
	d, err := tx.GetDevice(ctx, app, id)
	if err != nil {
		return symbolon.Standing{}, unknownDevice(err)
	}
	u, err := tx.GetUser(ctx, app, d.UserID)
	return symbolon.Standing{Device: d, User: u}, err
}

// untrusted is why trust does not count, by code. A state of active trust is that of trust
// which was granted since: the decision did not go by it.
func untrusted(state symbolon.TrustState) string {
	switch state {
	case symbolon.TrustExpired:
		return symbolon.ReasonTrustExpired
	case symbolon.TrustIdle:
		return symbolon.ReasonTrustIdle
	case symbolon.TrustRevoked:
		return symbolon.ReasonTrustRevoked
	case symbolon.TrustPaused:
		return symbolon.ReasonTrustPaused
	}
	return symbolon.ReasonNotTrusted
}
