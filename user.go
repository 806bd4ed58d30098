package symbolon

import "time"

// User is what is known of a user beside their devices. A user without a row has the
// zero state: anyone that the app names may be new.
type User struct {
	AppID         AppID
	ID            UserID
	NotBefore     time.Time // assertions authenticated before it are refused; zero for none
	Epoch         string    // changes with each revocation; a ticket carries the one it was issued in
	DeactivatedAt time.Time // all assertions are refused while it is set; zero for none
}

// Admits tells whether the assertion is good for the user. The epoch of a ticket tells
// without a clock whether it was issued before a revocation; where somebody says when the
// user authenticated, that must lie after the revocation as well.
func (u User) Admits(a Assertion) bool {
	ours := a.Issuer == ""
	return u.DeactivatedAt.IsZero() && (!ours || a.Epoch == u.Epoch) && (ours && a.AsOfIssue || a.AuthTime.After(u.NotBefore))
}

// Cause is why the app revokes what a user's devices may do.
type Cause string

// The causes that the revocation matrix knows.
const (
	CausePasswordChanged   Cause = "password_changed"
	CauseFactorReset       Cause = "factor_reset"
	CauseUserDeactivated   Cause = "user_deactivated"
	CauseEmailChanged      Cause = "email_changed"
	CauseSuspicious        Cause = "suspicious"
	CauseSignOutEverywhere Cause = "sign_out_everywhere"
)

// Causes lists every cause that the revocation matrix knows.
var Causes = []Cause{
	CausePasswordChanged, CauseFactorReset, CauseUserDeactivated,
	CauseEmailChanged, CauseSuspicious, CauseSignOutEverywhere,
}

// Effect is what a cause of revocation does to each of the user's devices.
type Effect string

// The effects, from mild to final.
const (
	EffectKeep     Effect = "keep"
	EffectDistrust Effect = "distrust"
	EffectBlock    Effect = "block"
	EffectRemove   Effect = "remove"
)

// Effects lists every effect.
var Effects = []Effect{EffectKeep, EffectDistrust, EffectBlock, EffectRemove}
