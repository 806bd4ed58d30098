// Package trial lets Symbolon and the baseline score the same simulated logins, and
// compares them.
package trial

import (
	"strconv"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/bench/risk/freeman"
	"github.com/symbolon-id/symbolon/bench/risk/logins"
	"github.com/symbolon-id/symbolon/risk"
)

var policy = symbolon.DefaultRiskPolicy()

// Scores are what one model gave, by kind of login.
type Scores map[logins.Kind][]float64

// Result is what one seed gave.
type Result struct {
	Ours     Scores
	Baseline Scores // as published
	Keyed    Scores // the baseline, with the device's key as a third feature

	Known   []float64      // our scores of honest logins by known devices
	Reasons map[string]int // how often each reason was given to an honest login
}

// Run scores the logins of that many users. Every login is scored before anything is
// learnt from it, and attackers teach nothing.
func Run(seed uint64, users int) (Result, error) {
	t := trial{
		ours: newProduct(), baseline: freeman.New(freeman.Address, freeman.UserAgent),
		keyed:  freeman.New(freeman.Address, freeman.UserAgent, freeman.Exact),
		agents: map[string][]string{},
		result: Result{Ours: Scores{}, Baseline: Scores{}, Keyed: Scores{}, Reasons: map[string]int{}},
		met:    map[int]bool{},
	}
	for _, l := range logins.Simulate(seed, users) {
		if err := t.login(l); err != nil {
			return Result{}, err
		}
	}
	return t.result, nil
}

type trial struct {
	ours            *product
	baseline, keyed *freeman.Model
	agents          map[string][]string // what a user agent says, by user agent
	result          Result
	met             map[int]bool // users who have logged in before
}

func (t *trial) login(l logins.Login) error {
	s, err := t.ours.read(l)
	if err != nil {
		return err
	}
	x := t.values(s)
	r := t.ours.assess(s)
	// A first login has no history: no model can say anything of it.
	if l.Scored() && t.met[l.User] {
		t.score(s, r, x)
	}
	if l.Kind == logins.Honest {
		t.met[l.User] = true
		t.ours.learn(s, r)
		t.baseline.Learn(l.User, x[:2])
		t.keyed.Learn(l.User, x)
	}
	return nil
}

func (t *trial) score(s seen, r symbolon.Risk, x freeman.Values) {
	add := func(to Scores, score float64) { to[s.Kind] = append(to[s.Kind], score) }
	add(t.result.Ours, float64(r.Score))
	add(t.result.Baseline, t.baseline.Score(s.User, x[:2]))
	add(t.result.Keyed, t.keyed.Score(s.User, x))
	if s.Kind != logins.Honest {
		return
	}
	if s.device != nil {
		t.result.Known = append(t.result.Known, float64(r.Score))
	}
	for _, reason := range r.Reasons {
		t.result.Reasons[reason.Code]++
	}
}

// values are the login's as the baseline reads it: the address, the user agent and, for
// the keyed one, the key.
func (t *trial) values(s seen) freeman.Values {
	ua := s.Connection.UserAgent
	if t.agents[ua] == nil {
		c := risk.ParseClient(risk.Connection{UserAgent: ua}, risk.Signals{})
		t.agents[ua] = []string{ua, c.Browser, c.OperatingSystem, c.DeviceType}
	}
	key := "none"
	if s.device != nil {
		key = string(s.device.KeyID)
	}
	return freeman.Values{
		{s.Address, strconv.Itoa(int(s.Place.ASN)), s.Place.Country}, t.agents[ua], {key},
	}
}
