package registry

import (
	"context"
	"encoding/binary"
	"errors"
	"slices"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/policy"
)

// What one simulation reads and keeps in mind, at most.
const (
	maxSimulated      = 200_000 // decisions
	maxLimited        = 200_000 // devices that are held against the limits
	simulationPage    = 200
	simulationDevices = 4096 // of which each is read once, where they come close together
	maxLossesNamed    = 100
)

// unwatchedFor is how long a simulation goes on that nobody hears of before its end.
const unwatchedFor = 10 * time.Second

// SimulatePolicy tells what a proposed policy would have made of the decisions that were
// recorded lately, beside the present one. It writes nothing. tell hears now and then how
// far it is, and ends it with an error; nil ends it after ten seconds with what it has.
func (r *Registry) SimulatePolicy(ctx context.Context, c symbolon.Caller, app symbolon.AppID, req symbolon.SimulationRequest, tell func(symbolon.SimulationProgress) error) (symbolon.Simulation, error) {
	if _, err := r.open(ctx, c, app, opReadApp); err != nil {
		return symbolon.Simulation{}, err
	}
	if req.Days < 1 || req.Days > symbolon.MaxSimulatedDays {
		return symbolon.Simulation{}, symbolon.InvalidField("days", "must be from 1 to %d; got %d", symbolon.MaxSimulatedDays, req.Days)
	}
	s := simulation{
		store: r.store, app: app, now: c.At, tell: tell,
		spent: func() bool { return false }, devices: map[symbolon.DeviceID]subject{}, uses: newUses(),
	}
	var err error
	if s.proposed, err = newTrial(req.Policy, &s.out.Proposed); err != nil {
		return symbolon.Simulation{}, inPolicy(err)
	}
	present, err := policyIn(ctx, r.store, app)
	if err != nil {
		return symbolon.Simulation{}, err
	}
	if s.present, err = newTrial(present.Document, &s.out.Present); err != nil {
		return symbolon.Simulation{}, symbolon.Errorf(symbolon.ErrConflict, "the present policy no longer holds: %v", err)
	}
	s.out.Moves, s.out.Rules = []symbolon.SimulatedMove{}, []symbolon.SimulatedRule{}
	for _, rule := range s.proposed.policy.Rules {
		s.out.Rules = append(s.out.Rules, symbolon.SimulatedRule{Name: rule.Name, Mode: rule.Mode})
	}
	if tell == nil {
		budget, cancel := context.WithTimeout(ctx, unwatchedFor)
		defer cancel()
		s.spent = func() bool { return budget.Err() != nil }
	}
	s.out.From = c.At.Add(-time.Duration(req.Days) * symbolon.Day)
	return s.run(ctx)
}

// inPolicy names a field of the proposed policy as the request spells it.
func inPolicy(err error) error {
	var own *symbolon.Error
	if errors.As(err, &own) && own.Field != "" {
		return &symbolon.Error{Code: own.Code, Field: "policy." + own.Field, Message: "policy." + own.Message}
	}
	return err
}

// simulation is one run of two policies over recorded decisions.
type simulation struct {
	store    symbolon.Store
	app      symbolon.AppID
	now      time.Time
	tell     func(symbolon.SimulationProgress) error
	spent    func() bool // its time is over: it ends after the present step with what it has
	present  *trial
	proposed *trial
	devices  map[symbolon.DeviceID]subject
	uses     uses
	progress symbolon.SimulationProgress
	out      symbolon.Simulation
}

func (s *simulation) run(ctx context.Context) (symbolon.Simulation, error) {
	s.out.Until = s.out.From
	if s.present.asksUsage() || s.proposed.asksUsage() {
		if _, err := s.walk(ctx, s.uses.count); err != nil {
			return symbolon.Simulation{}, err
		}
	}
	whole, err := s.walk(ctx, func(rec symbolon.DecisionRecord) error { return s.try(ctx, rec) })
	if err != nil {
		return symbolon.Simulation{}, err
	}
	if s.out.Truncated = !whole; whole {
		s.out.Until = s.now
	}
	err = s.limits(ctx)
	return s.out, err
}

// walk reads the decisions in their order; whole is false where there are more than it may
// read.
func (s *simulation) walk(ctx context.Context, each func(symbolon.DecisionRecord) error) (whole bool, err error) {
	// A spend key begins with when the challenge would have ended, which is after the
	// decision; so all decisions since then come after this key.
	after := binary.BigEndian.AppendUint64(nil, uint64(s.out.From.UnixMicro()))
	for read := 0; ; {
		var page []symbolon.DecisionRecord
		err := leisurely(ctx, func() (err error) {
			page, err = s.store.ListDecisions(ctx, s.app, after, simulationPage)
			for _, rec := range page {
				if err == nil {
					err = each(rec)
				}
			}
			return err
		})
		if err != nil || len(page) < simulationPage {
			return true, err
		}
		after = page[len(page)-1].Spend
		if read += len(page); read >= maxSimulated || s.spent() {
			return false, nil
		}
		if err := s.report(); err != nil {
			return false, err
		}
	}
}

func (s *simulation) report() error {
	if s.tell == nil {
		return nil
	}
	s.progress.Percent = int(100 * s.out.Until.Sub(s.out.From) / s.now.Sub(s.out.From))
	return s.tell(s.progress)
}

// try makes both policies answer to one recorded decision.
func (s *simulation) try(ctx context.Context, rec symbolon.DecisionRecord) error {
	defer s.uses.pass(rec)
	if rec.Event.At.Before(s.out.From) {
		return nil
	}
	s.progress.Decisions++
	if rec.Event.At.After(s.out.Until) {
		s.out.Until = rec.Event.At
	}
	found, err := s.subject(ctx, rec.DeviceID)
	if err != nil {
		return err
	}
	made, ok := replay(rec, found)
	if !ok {
		s.out.Gone++
		return nil
	}
	s.uses.before(&made.device)
	s.out.Decisions++
	s.out.Recorded.Count(made.Recommendation, made.SecondFactor)
	before, after := s.present.answer(made), s.proposed.answer(made)
	if before.Recommendation != after.Recommendation || before.SecondFactor != after.SecondFactor {
		s.out.Changed++
		s.out.Moved(before.Recommendation, after.Recommendation)
	}
	s.held(after)
	return nil
}

// held counts the proposed rules that hold.
func (s *simulation) held(v policy.Verdict) {
	for _, m := range slices.Concat(v.Rules, v.Previews) {
		for i := range s.out.Rules {
			if s.out.Rules[i].Name == m.Name {
				s.out.Rules[i].Matches++
			}
		}
	}
}

// subject is a device as it is now, and what is near it.
type subject struct {
	device *symbolon.Device // nil where it is gone
	around symbolon.Around
}

func (s *simulation) subject(ctx context.Context, id symbolon.DeviceID) (subject, error) {
	found, ok := s.devices[id]
	if ok {
		return found, nil
	}
	d, err := s.store.GetDevice(ctx, s.app, id)
	switch {
	case errors.Is(err, symbolon.ErrNotFound):
	case err != nil:
		return subject{}, err
	default:
		found.device = &d
		if s.present.asksAround() || s.proposed.asksAround() {
			seen, err := s.store.GetIdentity(ctx, s.app, d.UserID, d.KeyID)
			if err != nil {
				return subject{}, err
			}
			found.around = seen.Around
		}
	}
	if len(s.devices) >= simulationDevices {
		clear(s.devices)
	}
	s.devices[id] = found
	return found, nil
}

// limits counts what the proposed limits mean, where they are others than the present.
func (s *simulation) limits(ctx context.Context) error {
	if sameLimits(s.present.policy.Limits, s.proposed.policy.Limits) {
		return nil
	}
	count := newLimitCount()
	for after := symbolon.DeviceID(""); ; {
		var page []symbolon.Device
		err := leisurely(ctx, func() (err error) {
			page, err = s.store.WalkDevices(ctx, s.app, after, simulationPage)
			return err
		})
		if err != nil {
			return err
		}
		for _, d := range page {
			count.add(d)
			after = d.ID
		}
		s.progress.Devices += int64(len(page))
		if len(page) < simulationPage {
			break
		}
		if s.out.Limits.Truncated = s.progress.Devices >= maxLimited || s.spent(); s.out.Limits.Truncated {
			break
		}
		if err := s.report(); err != nil {
			return err
		}
	}
	s.out.Limits.Users, s.out.Limits.Devices = count.over(s.proposed.policy.Limits)
	return nil
}

// limitCount counts the active devices of each user by type, in a few bytes for each.
type limitCount struct {
	users map[symbolon.UserID]*[typesCounted]uint16
}

const typesCounted = 8

func newLimitCount() limitCount {
	return limitCount{map[symbolon.UserID]*[typesCounted]uint16{}}
}

func (c limitCount) add(d symbolon.Device) {
	if d.Status != symbolon.StatusActive {
		return
	}
	n := c.users[d.UserID]
	if n == nil {
		n = new([typesCounted]uint16)
		c.users[d.UserID] = n
	}
	for i, t := range symbolon.DeviceTypes {
		if t == d.Type && n[i] < 1<<16-1 {
			n[i]++
		}
	}
}

// over is how many users have too many devices, and how many too many.
func (c limitCount) over(l symbolon.LimitPolicy) (users, devices int64) {
	var have []symbolon.Device
	for _, n := range c.users {
		have = have[:0]
		for i, t := range symbolon.DeviceTypes {
			for range n[i] {
				have = append(have, symbolon.Device{Status: symbolon.StatusActive, Type: t})
			}
		}
		if over := policy.Overfull(have, l); over > 0 {
			users, devices = users+1, devices+int64(over)
		}
	}
	return users, devices
}
