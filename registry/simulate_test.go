package registry_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
)

// simulate tries a policy on the last days, as a viewer of the bank does.
func (w *world) simulate(doc string, days int) symbolon.Simulation {
	w.Helper()
	out, err := w.reg.SimulatePolicy(w.Context(), w.holder(bank, symbolon.RoleViewer), bank, symbolon.SimulationRequest{Policy: []byte(doc), Days: days}, nil)
	w.ok(err)
	return out
}

// counts are answers as the tables here write them.
func counts(a symbolon.SimulatedAnswers) string {
	return fmt.Sprintf("trust %d allow %d challenge %d deny %d skipped %d lost %d", a.Trust, a.Allow, a.Challenge, a.Deny, a.Skipped, a.Losses)
}

// Two sign-ins with a trusted browser in its private mode, one with a browser that is not
// trusted: what other policies would have answered.
func TestWhatAnotherPolicyWouldHaveAnswered(t *testing.T) {
	w := newWorld(t)
	trusted, plain := w.trusted(ada), w.registered(bob) // trusting begins with a sign-in
	for range 2 {
		w.decision(trusted.ask(trusted.prove(), func(r *symbolon.DecisionRequest) { r.Signals = []byte(`{"privateMode":true}`) }))
	}
	plain.decide()
	w.pass(time.Hour)
	now := "trust 2 allow 2 challenge 0 deny 0 skipped 2 lost 0"
	for doc, want := range map[string]string{
		`{}`: now,
		`{"actions":{"login":{"require":"known"}}}`:                                                                               "trust 2 allow 2 challenge 0 deny 0 skipped 4 lost 0",
		`{"trust":{"enabled":false}}`:                                                                                             "trust 0 allow 4 challenge 0 deny 0 skipped 0 lost 0",
		`{"trust":{"duration":"PT1S","maxDuration":"PT1S"}}`:                                                                      now,
		`{"risk":{"challengeAt":5}}`:                                                                                              "trust 0 allow 0 challenge 4 deny 0 skipped 0 lost 0",
		`{"risk":{"challengeAt":1,"distrustAt":5}}`:                                                                               "trust 0 allow 0 challenge 4 deny 0 skipped 0 lost 1",
		`{"risk":{"challengeAt":1,"distrustAt":1,"denyAt":1}}`:                                                                    "trust 0 allow 2 challenge 0 deny 2 skipped 0 lost 1",
		`{"risk":{"challengeAt":5,"points":{"new_device":1,"private_browsing":1}}}`:                                               now,
		`{"rules":[{"name":"r","priority":1,"when":"user.id == 'ada'","recommend":"CHALLENGE","mode":"production"}]}`:             "trust 0 allow 1 challenge 3 deny 0 skipped 0 lost 0",
		`{"rules":[{"name":"r","priority":1,"when":"user.devices == 1 && trust.active","recommend":"DENY","mode":"production"}]}`: "trust 0 allow 2 challenge 0 deny 2 skipped 0 lost 0",
		`{"rules":[{"name":"r","priority":1,"when":"true","recommend":"DENY","mode":"preview"}]}`:                                 now,
	} {
		out := w.simulate(doc, 7)
		if got := counts(out.Proposed); got != want {
			t.Errorf("%s: %s; want %s", doc, got, want)
		}
		if got := counts(out.Present); got != now || counts(out.Recorded) != now || out.Decisions != 4 || out.Truncated || !out.Until.Equal(w.now) {
			t.Errorf("%s: the present policy: %s; recorded: %s; %+v", doc, got, counts(out.Recorded), out)
		}
		if lost := out.Proposed.Distrusted; out.Proposed.Losses == 1 && !slices.Equal(lost, []symbolon.DeviceID{trusted.id}) {
			t.Errorf("%s: trust lost on %v", doc, lost)
		}
	}
	if out := w.simulate(`{"trust":{"enabled":false}}`, 7); out.Changed != 2 {
		t.Errorf("%d answers change; want those to the trusted browser", out.Changed)
	}
}

// Only the days that were asked for count, and blocked devices stay blocked.
func TestSimulationsGoBackAsFarAsAsked(t *testing.T) {
	w := newWorld(t)
	browser := w.registered(ada)
	browser.decide()
	w.pass(2 * symbolon.Day)
	browser.block()
	browser.decide()
	browser.unblock()
	w.pass(time.Hour)
	for days, want := range map[int]string{
		1: "trust 0 allow 0 challenge 0 deny 1 skipped 0 lost 0",
		3: "trust 0 allow 1 challenge 0 deny 1 skipped 0 lost 0",
	} {
		if out := w.simulate(`{}`, days); counts(out.Present) != want || counts(out.Proposed) != want {
			t.Errorf("%d days: %s and %s; want %s", days, counts(out.Present), counts(out.Proposed), want)
		}
	}
}

// An idle timeout that the policy did not have is held against the times between sign-ins.
func TestASimulatedIdleTimeout(t *testing.T) {
	w := newWorld(t)
	browser := w.trusted(ada)
	for range 3 {
		w.pass(5 * symbolon.Day)
		browser.decide()
	}
	w.pass(time.Hour)
	if got, want := counts(w.simulate(`{"trust":{"idleTimeout":"P4D"}}`, 30).Proposed), "trust 1 allow 3 challenge 0 deny 0 skipped 1 lost 0"; got != want {
		t.Errorf("four days: %s; want %s", got, want)
	}
	if got, want := counts(w.simulate(`{"trust":{"idleTimeout":"P6D"}}`, 30).Proposed), "trust 3 allow 1 challenge 0 deny 0 skipped 3 lost 0"; got != want {
		t.Errorf("six days: %s; want %s", got, want)
	}
}

// What is gone is not guessed at, and of erased users there is nothing left to count.
func TestSimulationsLeaveOutWhatIsGone(t *testing.T) {
	w := newWorld(t)
	for _, user := range []symbolon.UserID{ada, bob, "eve"} {
		w.registered(user).decide()
	}
	_, err := w.reg.EraseUser(t.Context(), w.root(), bank, ada)
	w.ok(err)
	gone, err := w.store.ListUserDevices(t.Context(), bank, bob)
	w.ok(err)
	w.ok(w.reg.RemoveDevice(t.Context(), w.root(), bank, gone[0].ID))
	w.pass(time.Minute)
	out := w.simulate(`{}`, 1)
	if out.Decisions != 1 || out.Gone != 1 || counts(out.Recorded) != "trust 0 allow 1 challenge 0 deny 0 skipped 0 lost 0" {
		t.Errorf("%+v", out)
	}
}

// A dry run of a lower limit.
func TestWhatALowerLimitWouldMean(t *testing.T) {
	w := newWorld(t)
	for range 4 {
		w.registered(ada)
	}
	w.registered(ada).block()
	w.registered(bob)
	for doc, want := range map[string]symbolon.SimulatedLimits{
		`{}`:                       {},
		`{"limits":{"devices":4}}`: {},
		`{"limits":{"devices":3}}`: {Users: 1, Devices: 1},
		`{"limits":{"devices":1}}`: {Users: 1, Devices: 3},
		`{"limits":{"perType":{"laptop":1,"desktop":1}}}`: {Users: 1, Devices: 3},
	} {
		if got := w.simulate(doc, 1).Limits; got != want {
			t.Errorf("%s: %+v; want %+v", doc, got, want)
		}
	}
}

func TestSimulationsThatAreRefused(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		doc   string
		days  int
		field string
	}{
		{`{}`, 0, "days"}, {`{}`, 91, "days"}, {`{"limits":{"devices":-1}}`, 1, "policy.limits.devices"}, {`{"limit":{}}`, 1, "policy.limit"},
	} {
		_, err := w.reg.SimulatePolicy(t.Context(), w.root(), bank, symbolon.SimulationRequest{Policy: []byte(c.doc), Days: c.days}, nil)
		w.refused(c.doc, err, symbolon.ErrInvalidRequest)
		var own *symbolon.Error
		if errors.As(err, &own) && own.Field != c.field {
			t.Errorf("%s: the field named is %q", c.doc, own.Field)
		}
	}
}

// endless has one decision over and over, each a little later.
type endless struct {
	symbolon.Store
	made symbolon.DecisionRecord
	keys uint64
}

func (e *endless) ListDecisions(ctx context.Context, app symbolon.AppID, after []byte, limit int) ([]symbolon.DecisionRecord, error) {
	if e.made.DeviceID == "" {
		return e.Store.ListDecisions(ctx, app, after, limit)
	}
	page := make([]symbolon.DecisionRecord, limit)
	for i := range page {
		e.keys++
		page[i] = e.made
		page[i].Spend = binary.BigEndian.AppendUint64(nil, e.keys)
	}
	return page, ctx.Err()
}

// What one simulation reads is bounded, tells of its progress, writes nothing, and ends
// where nobody listens any more.
func TestSimulationsAreBounded(t *testing.T) {
	heard, spy := spied()
	log := &endless{}
	w := newWorld(t, func(s symbolon.Store) symbolon.Store { log.Store = s; return log }, spy)
	w.registered(ada).decide()
	w.pass(time.Minute)
	made, err := w.store.ListDecisions(t.Context(), bank, nil, 1)
	w.ok(err)
	log.made = made[0]
	heard.take()
	reports, last := 0, symbolon.SimulationProgress{}
	ask := symbolon.SimulationRequest{Policy: []byte(`{"limits":{"devices":1}}`), Days: 1}
	out, err := w.reg.SimulatePolicy(t.Context(), w.root(), bank, ask, func(p symbolon.SimulationProgress) error {
		if p.Decisions < last.Decisions || p.Percent < last.Percent || p.Percent > 100 {
			t.Fatalf("after %+v came %+v", last, p)
		}
		reports, last = reports+1, p
		return nil
	})
	w.ok(err)
	if !out.Truncated || out.Decisions != 200_000 || reports < 100 || out.Until.Equal(w.now) {
		t.Errorf("%d reports; %+v", reports, out)
	}
	if writing := slices.DeleteFunc(heard.take(), func(m string) bool { return !writes(m) }); len(writing) > 0 {
		t.Errorf("it wrote: %v", writing)
	}
	left := errors.New("the client left")
	if _, err := w.reg.SimulatePolicy(t.Context(), w.root(), bank, ask, func(symbolon.SimulationProgress) error { return left }); !errors.Is(err, left) {
		t.Errorf("nobody listens: %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.reg.SimulatePolicy(ended, w.root(), bank, ask, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// A rule sees when and how often the device had been used by the time of each sign-in, not
// what is so today.
func TestASimulationGoesBackToTheUseOfThen(t *testing.T) {
	w := newWorld(t)
	browser := w.registered(ada)
	for range 4 {
		w.pass(5 * symbolon.Day)
		browser.decide()
	}
	w.seal()
	for range 3 {
		w.pass(time.Hour)
		browser.decide()
	}
	w.seal()
	w.pass(symbolon.Day)
	for when, denied := range map[string]int64{
		"device.lastUsedDays < 0":  0,
		"device.lastUsedDays == 0": 3,
		"device.lastUsedDays == 5": 4, // before the first it is the registration
		"device.usageCount == 0":   1,
		"device.usageCount == 2":   1,
		"device.usageCount >= 4":   3,
		"device.usageCount < 4":    4,
		"device.usageCount == 7":   0,
		"device.ageDays < 12":      2,
	} {
		rules := fmt.Sprintf(`{"rules":[{"name":"r","priority":1,"when":%q,"recommend":"DENY","mode":"production"}]}`, when)
		if out := w.simulate(rules, 30); out.Proposed.Deny != denied || out.Decisions != 7 {
			t.Errorf("%s: %d of %d are denied; want %d", when, out.Proposed.Deny, out.Decisions, denied)
		}
	}
	rule := `{"rules":[{"name":"r","priority":1,"when":"device.usageCount == 4","recommend":"DENY","mode":"production"}]}`
	if out := w.simulate(rule, 2); out.Proposed.Deny != 1 || out.Decisions != 4 {
		t.Errorf("of the last days: %d of %d", out.Proposed.Deny, out.Decisions)
	}
}

// slowWalk takes a second for each page of devices, and tells when it was asked for one.
type slowWalk struct {
	symbolon.Store
	asked []time.Time
}

func (s *slowWalk) WalkDevices(ctx context.Context, app symbolon.AppID, after symbolon.DeviceID, limit int) ([]symbolon.Device, error) {
	s.asked = append(s.asked, time.Now())
	<-time.After(time.Second)
	if len(s.asked) > 2 {
		return nil, nil
	}
	return make([]symbolon.Device, limit), nil
}

// Where limits are tried, the store is free for as long as each page took.
func TestSimulatedLimitsRestBetweenPages(t *testing.T) {
	slow := &slowWalk{}
	running(t, func(w *world, _ *counted) {
		w.simulate(`{"limits":{"devices":1}}`, 1)
		if len(slow.asked) != 3 || slow.asked[1].Sub(slow.asked[0]) < 2*time.Second || slow.asked[2].Sub(slow.asked[1]) < 2*time.Second {
			t.Errorf("pages were read at %v", slow.asked)
		}
	}, func(s symbolon.Store) symbolon.Store { slow.Store = s; return slow })
}
