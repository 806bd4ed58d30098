package registry_test

import (
	"encoding/base64"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/proof"
	"github.com/symbolon-id/symbolon/registry"
)

func TestTrustRestsOnAFreshDecisionByThisDevice(t *testing.T) {
	w := newWorld(t)
	phone, other, bobs := w.registered(ada), w.registered(ada), w.registered(bob)
	there := w.fake(shop, ada, proof.ES256)
	there.register()
	twin := phone.as(bob)
	twin.register()
	trust := func(id string) error {
		_, err := w.reg.TrustDevice(t.Context(), w.backend(bank), bank, phone.id, symbolon.TrustRequest{DecisionID: id, Factor: "otp"})
		return err
	}
	good := phone.decide().ID
	for what, id := range map[string]string{
		"none":                         "",
		"no id at all":                 "dec_",
		"another device's":             other.decide().ID,
		"another user's":               bobs.decide().ID,
		"the same key's, by another":   twin.decide().ID,
		"another app's":                there.decide().ID,
		"one on no proof":              w.decision(phone.ask("")).ID,
		"one on a proof used before":   w.decision(phone.ask(spentProof(phone))).ID,
		"a guess":                      "dec_" + base64.RawURLEncoding.EncodeToString(make([]byte, 16)),
		"another spelling of the same": respelt(good),
		"with a line in it":            good[:10] + "\n" + good[10:],
	} {
		w.refused(what, trust(id), symbolon.ErrInvalidRequest)
	}
	if phone.stored().Trust != nil {
		t.Fatal("refused, and trusted")
	}
	w.ok(trust(good))
	w.refused("the same again", trust(good), symbolon.ErrInvalidRequest)
	w.refused("the same again, spelt otherwise", trust(respelt(good)), symbolon.ErrInvalidRequest)
	_, err := w.reg.TrustDevice(t.Context(), w.backend(bank), bank, phone.id, symbolon.TrustRequest{DecisionID: phone.decide().ID})
	w.refused("without a factor", err, symbolon.ErrInvalidRequest)
	w.refused("with text for a decision", trust("\x00"), symbolon.ErrInvalidRequest)
}

// respelt is the same id as base64 reads it, with a bit set that it ignores.
func respelt(id string) string {
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := len(id) - 1
	for i := range digits {
		if digits[i] == id[last] {
			return id[:last] + string(digits[i+1])
		}
	}
	return ""
}

func TestADecisionIsGoodForTenMinutes(t *testing.T) {
	for age, good := range map[time.Duration]bool{10*time.Minute - time.Microsecond: true, 10 * time.Minute: false} {
		w := newWorld(t)
		phone := w.registered(ada)
		id := phone.decide().ID
		w.pass(age)
		_, err := w.reg.TrustDevice(t.Context(), w.backend(bank), bank, phone.id, symbolon.TrustRequest{DecisionID: id, Factor: "otp"})
		if good {
			w.ok(err)
		} else {
			w.refused("after "+age.String(), err, symbolon.ErrInvalidRequest)
		}
	}
}

func TestOneDecisionGrantsTrustOnceAmong32(t *testing.T) {
	w := newWorld(t)
	phone := w.registered(ada)
	id, backend := phone.decide().ID, w.backend(bank)
	got := race(32, func(int) bool {
		_, err := w.reg.TrustDevice(t.Context(), backend, bank, phone.id, symbolon.TrustRequest{DecisionID: id, Factor: "otp"})
		return err == nil
	})
	if got[true] != 1 {
		t.Errorf("%d grants by one decision", got[true])
	}
}

func TestAnAdminNeedsNoDecision(t *testing.T) {
	w := newWorld(t)
	phone := w.registered(ada)
	d := w.device(w.reg.TrustDevice(t.Context(), w.holder(bank, symbolon.RoleAdmin), bank, phone.id, symbolon.TrustRequest{}))
	if d.Trust == nil {
		t.Fatal("not trusted")
	}
	_, err := w.reg.TrustDevice(t.Context(), w.root(), bank, phone.id, symbolon.TrustRequest{DecisionID: "dec_x"})
	w.refused("but one that they name must be good", err, symbolon.ErrInvalidRequest)
}

func TestWhatTrustMayBe(t *testing.T) {
	days := func(n int) *symbolon.Duration { d := symbolon.Duration(time.Duration(n) * symbolon.Day); return &d }
	at := func(d time.Duration) *time.Time { end := noon.Add(d); return &end }
	const strict = `{"trust":{"duration":"P7D","maxDuration":"P14D"}}`
	for what, row := range map[string]struct {
		policy string
		terms  symbolon.TrustTerms
		until  *time.Time
		code   symbolon.Code
	}{
		"as the policy says":         {policy: strict, until: at(7 * symbolon.Day)},
		"a duration":                 {policy: strict, terms: symbolon.TrustTerms{Duration: days(14)}, until: at(14 * symbolon.Day)},
		"an end":                     {policy: strict, terms: symbolon.TrustTerms{Until: at(symbolon.Day)}, until: at(symbolon.Day)},
		"too long":                   {policy: strict, terms: symbolon.TrustTerms{Duration: days(15)}, code: symbolon.ErrInvalidRequest},
		"an end that is too far off": {policy: strict, terms: symbolon.TrustTerms{Until: at(14*symbolon.Day + 1000)}, code: symbolon.ErrInvalidRequest},
		"an end in the past":         {policy: strict, terms: symbolon.TrustTerms{Until: at(0)}, code: symbolon.ErrInvalidRequest},
		"two ends":                   {policy: strict, terms: symbolon.TrustTerms{Duration: days(1), Until: at(symbolon.Day)}, code: symbolon.ErrInvalidRequest},
		"no end":                     {policy: strict, terms: symbolon.TrustTerms{Permanent: true}, code: symbolon.ErrInvalidRequest},
		"no end, where it may be":    {policy: `{"trust":{"permanent":true}}`, terms: symbolon.TrustTerms{Permanent: true}},
		"none at all":                {policy: `{"trust":{"enabled":false}}`, code: symbolon.ErrForbidden},
	} {
		w := newWorld(t)
		phone := w.registered(ada)
		w.policy(bank, row.policy)
		d, err := phone.tryTrust(func(r *symbolon.TrustRequest) { r.TrustTerms = row.terms })
		if row.code != "" {
			w.refused(what, err, row.code)
			continue
		}
		w.ok(err)
		if got := d.Trust.TrustedUntil; (got == nil) != (row.until == nil) || got != nil && !got.Equal(*row.until) {
			t.Errorf("%s: until %v; want %v", what, got, row.until)
		}
	}
}

// A policy applies to the trust that is there, and gives it back when it is mild again.
func TestAPolicyAppliesToTrustThatExists(t *testing.T) {
	for what, row := range map[string]struct {
		policy string
		wait   time.Duration
		reason string
	}{
		"switched off":   {policy: `{"trust":{"enabled":false}}`, reason: symbolon.ReasonTrustPaused},
		"shortened":      {policy: `{"trust":{"duration":"P1D","maxDuration":"P1D"}}`, wait: symbolon.Day, reason: symbolon.ReasonTrustExpired},
		"idle too long":  {policy: `{"trust":{"idleTimeout":"PT1H"}}`, wait: time.Hour, reason: symbolon.ReasonTrustIdle},
		"not idle yet":   {policy: `{"trust":{"idleTimeout":"PT1H"}}`, wait: time.Hour - time.Microsecond},
		"no longer than": {policy: `{"trust":{"duration":"P1D","maxDuration":"P1D"}}`, wait: symbolon.Day - time.Microsecond},
	} {
		w := newWorld(t)
		phone := w.trusted(ada)
		w.policy(bank, row.policy)
		w.pass(row.wait)
		d := phone.decide()
		if row.reason == "" {
			w.saw(what, d, symbolon.RecommendTrust, symbolon.FactorSkip)
			continue
		}
		w.saw(what, d, symbolon.RecommendAllow, symbolon.FactorRequire)
		if d.Risk.Reasons[0].Code != row.reason {
			t.Errorf("%s: %v; want %s", what, d.Risk.Reasons, row.reason)
		}
		w.policy(bank, `{}`)
		w.saw(what+", and mild again", phone.decide(), symbolon.RecommendTrust, symbolon.FactorSkip)
	}
}

// A device that is used is not idle: idle time counts from the last TRUST.
func TestUseKeepsTrustFromBeingIdle(t *testing.T) {
	w := newWorld(t)
	w.policy(bank, `{"trust":{"idleTimeout":"PT1H"}}`)
	phone := w.trusted(ada)
	for range 4 {
		w.pass(50 * time.Minute)
		w.saw("used within the hour", phone.decide(), symbolon.RecommendTrust, symbolon.FactorSkip)
		w.seal()
	}
	w.pass(time.Hour)
	w.saw("not used for an hour", phone.decide(), symbolon.RecommendAllow, symbolon.FactorRequire)
}

func TestDistrustAndTrustAgain(t *testing.T) {
	w := newWorld(t)
	phone := w.registered(ada)
	first := phone.trust().Trust.TrustedAt
	w.pass(time.Hour)
	distrust := func() symbolon.Device {
		return w.device(w.reg.DistrustDevice(t.Context(), w.backend(bank), bank, phone.id, symbolon.DistrustRequest{Reason: "sold"}))
	}
	d := distrust()
	if d.Trust.RevokedReason != "sold" || !d.Trust.RevokedAt.Equal(w.now) || d.Trust.RevokedBy != w.backend(bank).Actor().String() {
		t.Errorf("distrusted: %+v", d.Trust)
	}
	w.saw("distrusted", phone.decide(), symbolon.RecommendAllow, symbolon.FactorRequire)
	w.pass(time.Hour)
	if again := distrust(); !again.Trust.RevokedAt.Equal(*d.Trust.RevokedAt) {
		t.Errorf("distrusted again at %v", again.Trust.RevokedAt)
	}
	if d := phone.trust(); !d.Trust.TrustedAt.Equal(first) || !d.Trust.GrantedAt.Equal(w.now) || d.Trust.RevokedAt != nil {
		t.Errorf("trusted again: %+v", d.Trust)
	}
	types := map[symbolon.EventType]int{}
	for _, e := range w.events(bank, phone.id) {
		types[e.Type]++
	}
	if types[symbolon.EventDeviceTrusted] != 2 || types[symbolon.EventDeviceDistrusted] != 1 {
		t.Errorf("events: %v", types)
	}
}

// Whoever reads a device learns whether its trust counts under the policy of now, and until
// when it would.
func TestADeviceTellsWhetherItsTrustCountsNow(t *testing.T) {
	at := func(d time.Duration) *time.Time { end := noon.Add(d); return &end }
	for what, row := range map[string]struct {
		policy string
		wait   time.Duration
		ends   *time.Time // nil where it does not count
	}{
		"as granted":             {policy: `{}`, ends: at(30 * symbolon.Day)},
		"its end has come":       {policy: `{}`, wait: 30 * symbolon.Day},
		"may idle for an hour":   {policy: `{"trust":{"idleTimeout":"PT1H"}}`, wait: time.Hour - 1000, ends: at(time.Hour)},
		"idle for an hour":       {policy: `{"trust":{"idleTimeout":"PT1H"}}`, wait: time.Hour},
		"shortened":              {policy: `{"trust":{"duration":"P1D","maxDuration":"P1D"}}`, ends: at(symbolon.Day)},
		"shortened to what went": {policy: `{"trust":{"duration":"P1D","maxDuration":"P1D"}}`, wait: symbolon.Day},
		"switched off":           {policy: `{"trust":{"enabled":false}}`},
	} {
		w := newWorld(t)
		phone, laptop := w.trusted(ada), w.registered(ada)
		w.policy(bank, row.policy)
		w.pass(row.wait)
		for where, d := range w.everywhere(phone, laptop) {
			if d.Trust == nil || d.Trust.RevokedAt != nil || d.Trust.Active != (row.ends != nil) {
				t.Errorf("%s, in %s: %+v", what, where, d.Trust)
				continue
			}
			if got := d.Trust.EndsAt; (got == nil) != (row.ends == nil) || got != nil && !got.Equal(*row.ends) {
				t.Errorf("%s, in %s: ends %v; want %v", what, where, got, row.ends)
			}
		}
		if kept := phone.stored().Trust; kept.Active || kept.EndsAt != nil {
			t.Errorf("%s: the store keeps %+v", what, kept)
		}
	}
}

// everywhere is the phone as each answer has it that holds devices.
func (w *world) everywhere(phone, laptop *fake) map[string]symbolon.Device {
	w.Helper()
	ctx, root, seen := w.Context(), w.root(), map[string]symbolon.Device{}
	among := func(where string, devices []symbolon.Device) {
		for _, d := range devices {
			if d.ID == phone.id {
				seen[where] = d
			}
		}
		if _, ok := seen[where]; !ok {
			w.Errorf("%s lacks the phone", where)
		}
	}
	list, err := w.reg.ListDevices(ctx, root, bank, symbolon.DeviceQuery{}, nil)
	w.ok(err)
	among("the list", list.Items)
	users, err := w.reg.ListUserDevices(ctx, root, bank, ada)
	w.ok(err)
	among("the user's list", users.Items)
	mine, err := w.reg.MyDevices(ctx, w.user(bank, ada), bank, laptop.self())
	w.ok(err)
	among("their own list", mine.Items)
	export, err := w.reg.ExportUser(ctx, root, bank, ada, "")
	w.ok(err)
	among("the export", export.Devices)
	name := "Phone"
	seen["a change"] = w.device(w.reg.UpdateDevice(ctx, root, bank, phone.id, symbolon.DevicePatch{DeviceName: &name}))
	seen["the device"] = w.device(w.reg.GetDevice(ctx, root, bank, phone.id))
	seen["a change by its user"] = w.device(w.reg.UpdateMine(ctx, w.user(bank, ada, withFactor), bank, phone.id, registry.Self{}, symbolon.DevicePatch{DeviceName: &name}))
	seen["a decision"] = *phone.decide().Device
	return seen
}

func TestTrustWithoutEndNamesNone(t *testing.T) {
	w := newWorld(t)
	w.policy(bank, `{"trust":{"permanent":true}}`)
	phone := w.registered(ada)
	d, err := phone.tryTrust(func(r *symbolon.TrustRequest) { r.Permanent = true })
	w.ok(err)
	if !d.Trust.Active || d.Trust.EndsAt != nil {
		t.Errorf("trusted for good: %+v", d.Trust)
	}
	if phone.block(); w.device(w.reg.GetDevice(t.Context(), w.root(), bank, phone.id)).Trust.Active {
		t.Error("blocked, and its trust counts")
	}
}
