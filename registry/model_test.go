package registry_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/policy"
	"github.com/symbolon-id/symbolon/proof"
)

// life is the whole of what the rules say of one key of a user: a few words that any
// reader can check against the design.
type life struct {
	*fake
	status  symbolon.Status // "" while there is no device
	before  symbolon.Status // where unblocking leads
	ends    time.Time       // when the block does; zero for never
	trusted time.Time       // until when; zero for not at all
	since   time.Time       // registered
	buried  bool            // its blocked device was removed
}

// recommendation is what a sign-in comes to.
func (l *life) recommendation() symbolon.Recommendation {
	l.lift()
	switch {
	case l.status == symbolon.StatusBlocked:
		return symbolon.RecommendDeny
	case l.status != symbolon.StatusActive:
		return symbolon.RecommendChallenge
	case l.w.now.Before(l.trusted):
		return symbolon.RecommendTrust
	}
	return symbolon.RecommendAllow
}

// lift ends a block whose time has come.
func (l *life) lift() {
	if l.status == symbolon.StatusBlocked && !l.ends.IsZero() && !l.w.now.Before(l.ends) {
		l.status, l.ends = l.before, time.Time{}
	}
}

func (l *life) waitedTooLong() bool {
	return l.status == symbolon.StatusPending && l.w.now.Sub(l.since) >= policy.PendingFor
}

// expect compares an operation's answer with the code that the rules give, "" for none.
func (l *life) expect(what string, err error, code symbolon.Code) bool {
	l.w.Helper()
	if code != "" {
		l.w.refused(fmt.Sprintf("%s while %q", what, l.status), err, code)
		return false
	}
	l.w.ok(err)
	return true
}

// staff is what an operation by staff answers: none is done on a device that is not there.
func (l *life) staff(refused symbolon.Code, states ...symbolon.Status) symbolon.Code {
	l.lift()
	if l.status == "" {
		return symbolon.ErrDeviceUnknown
	}
	for _, s := range states {
		if l.status == s {
			return refused
		}
	}
	return ""
}

// rules are what can happen to a device, and what the design says comes of it.
var rules = map[string]func(l *life, rt *rapid.T, first symbolon.Status){
	"register": func(l *life, _ *rapid.T, first symbolon.Status) {
		l.lift()
		code := symbolon.Code("")
		if l.status == symbolon.StatusBlocked || l.status == "" && l.buried {
			code = symbolon.ErrDeviceBlocked
		}
		_, err := l.tryRegister()
		if l.expect("register", err, code) && (l.status == "" || l.waitedTooLong()) {
			l.status, l.since, l.trusted = first, l.w.now, time.Time{}
		}
	},
	"block": func(l *life, rt *rapid.T, _ symbolon.Status) {
		code := l.staff("")
		var ends time.Time
		_, err := l.blockAs(func(r *symbolon.BlockRequest) {
			if rapid.Bool().Draw(rt, "with an end") {
				ends = l.w.now.Add(36 * time.Hour)
				r.Until = &ends
			}
		})
		if !l.expect("block", err, code) {
			return
		}
		switch {
		case l.status != symbolon.StatusBlocked:
			l.status, l.before, l.ends, l.trusted = symbolon.StatusBlocked, l.status, ends, time.Time{}
		case !l.ends.IsZero() && (ends.IsZero() || ends.After(l.ends)): // a block may get longer, never shorter
			l.ends = ends
		}
	},
	"unblock": func(l *life, _ *rapid.T, _ symbolon.Status) {
		code := l.staff("")
		_, err := l.w.reg.UnblockDevice(l.w.Context(), l.w.backend(bank), bank, l.id, symbolon.UnblockRequest{})
		if l.expect("unblock", err, code) && l.status == symbolon.StatusBlocked {
			l.status, l.ends = l.before, time.Time{}
		}
	},
	"trust": func(l *life, _ *rapid.T, _ symbolon.Status) {
		code := l.staff(symbolon.ErrConflict, symbolon.StatusBlocked, symbolon.StatusPending)
		_, err := l.w.reg.TrustDevice(l.w.Context(), l.w.root(), bank, l.id, symbolon.TrustRequest{})
		if l.expect("trust", err, code) {
			l.trusted = l.w.now.Add(30 * symbolon.Day)
		}
	},
	"distrust": func(l *life, _ *rapid.T, _ symbolon.Status) {
		code := l.staff("")
		_, err := l.w.reg.DistrustDevice(l.w.Context(), l.w.backend(bank), bank, l.id, symbolon.DistrustRequest{})
		if l.expect("distrust", err, code) {
			l.trusted = time.Time{}
		}
	},
	"approve": func(l *life, _ *rapid.T, _ symbolon.Status) {
		code := l.staff(symbolon.ErrConflict, symbolon.StatusBlocked)
		if l.waitedTooLong() {
			code = symbolon.ErrConflict
		}
		_, err := l.w.reg.ApproveDevice(l.w.Context(), l.w.backend(bank), bank, l.id)
		if l.expect("approve", err, code) {
			l.status = symbolon.StatusActive
		}
	},
	"rotate": func(l *life, _ *rapid.T, _ symbolon.Status) {
		l.lift()
		code := map[symbolon.Status]symbolon.Code{
			"": symbolon.ErrProofInvalid, symbolon.StatusPending: symbolon.ErrConflict, symbolon.StatusBlocked: symbolon.ErrDeviceBlocked,
		}[l.status]
		_, err := l.rotate(l.w.newPair(proof.EdDSA))
		l.expect("rotate", err, code)
	},
	"remove": func(l *life, _ *rapid.T, _ symbolon.Status) {
		code := l.staff("")
		if l.expect("remove", l.w.reg.RemoveDevice(l.w.Context(), l.w.backend(bank), bank, l.id), code) {
			l.buried = l.buried || l.status == symbolon.StatusBlocked
			l.status, l.ends, l.trusted = "", time.Time{}, time.Time{}
			l.kid = symbolon.KeyID(l.public.Thumbprint())
		}
	},
	"lift the tombstones": func(l *life, _ *rapid.T, _ symbolon.Status) {
		_, err := l.w.reg.LiftTombstones(l.w.Context(), l.w.backend(bank), bank, l.user)
		l.w.ok(err)
		l.buried = false
	},
	"change the password": func(l *life, _ *rapid.T, _ symbolon.Status) {
		l.revoke(symbolon.CausePasswordChanged)
		l.trusted = time.Time{}
	},
	"let time pass": func(l *life, rt *rapid.T, _ symbolon.Status) {
		l.w.pass(rapid.SampledFrom([]time.Duration{time.Minute, symbolon.Day, 8 * symbolon.Day, 31 * symbolon.Day}).Draw(rt, "passes"))
	},
	"sweep": func(l *life, _ *rapid.T, _ symbolon.Status) {
		l.w.ok(l.w.reg.Sweep(l.w.Context(), l.w.now))
		if l.waitedTooLong() {
			l.status = ""
		}
	},
}

// Whatever happens in whatever order, a sign-in comes to what the rules say.
func TestADevicesLifeIsAsTheRulesSay(t *testing.T) {
	shared := newWorld(t)
	run := 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		w := *shared
		w.tb = rt
		approval := rapid.SampledFrom([]string{"none", "admin"}).Draw(rt, "approval")
		first := map[string]symbolon.Status{"none": symbolon.StatusActive, "admin": symbolon.StatusPending}[approval]
		w.policy(bank, `{"registration":{"approval":"`+approval+`"}}`)
		l := &life{fake: w.browser(symbolon.UserID(fmt.Sprintf("user %d", run)))}
		l.id = "dev_none_yet"
		actions := map[string]func(*rapid.T){"": func(*rapid.T) {
			w.saw("a sign-in while "+string(l.status), l.decide(), l.recommendation(), factorFor(l.recommendation()))
		}}
		for name, rule := range rules {
			actions[name] = func(rt *rapid.T) { rule(l, rt, first) }
		}
		rt.Repeat(actions)
	})
}

func factorFor(r symbolon.Recommendation) symbolon.SecondFactor {
	if r == symbolon.RecommendTrust {
		return symbolon.FactorSkip
	}
	return symbolon.FactorRequire
}
