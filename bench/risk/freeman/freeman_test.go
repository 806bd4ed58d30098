package freeman_test

import (
	"math"
	"testing"

	"github.com/symbolon-id/symbolon/bench/risk/freeman"
)

// Two users. Ann has logged in three times, twice from address a and once from b, both of
// network N in country C. Bob has logged in once, from address c of network O in C.
func model() *freeman.Model {
	m := freeman.New(freeman.Feature{0.6, 0.3, 0.1})
	m.Learn(ann, at("a", "N"))
	m.Learn(ann, at("a", "N"))
	m.Learn(ann, at("b", "N"))
	m.Learn(bob, at("c", "O"))
	return m
}

const ann, bob, carol = 1, 2, 3

func at(address, network string) freeman.Values { return freeman.Values{{address, network, "C"}} }

// Ann has two coarser values, N and C, so M = 1+1+1 = 3 and β = 3/(3+3) = 1/2. Her share
// of the logins is 3/4 and one of two users is attacked, so the last factor is
// (1/2)/(3/4) = 2/3.
func TestWorkedExample(t *testing.T) {
	for name, c := range map[string]struct {
		user  int
		login freeman.Values
		want  float64
	}{
		// Σ = 0.6·(2/3)/(2/4) + 0.3·1/(3/4) + 0.1·1/1 = 0.8+0.4+0.1 = 1.3; lift (1.3+1)/2.
		"Ann from her usual address": {ann, at("a", "N"), 2.0 / 3 / 1.15},
		// Σ = 0.6·(1/3)/(1/4) + 0.5 = 1.3 as well: rarer of hers, rarer of all.
		"Ann from her other address": {ann, at("b", "N"), 2.0 / 3 / 1.15},
		// Σ = 0.3·1/(3/4) + 0.1 = 0.5; lift (0.5+1)/2.
		"Ann from a new address of her network": {ann, at("d", "N"), 2.0 / 3 / 0.75},
		// Σ = 0.1; lift (0.1+1)/2.
		"Ann from Bob's address": {ann, at("c", "O"), 2.0 / 3 / 0.55},
		// Bob: M = 3, β = 3/4. Σ = 0.6·1/(1/4) + 0.3·1/(1/4) + 0.1 = 3.7; lift 3.7/4+3/4;
		// the last factor (1/2)/(1/4) = 2.
		"Bob from his address":                      {bob, at("c", "O"), 2 / 1.675},
		"a user of whom nothing is known, and so 1": {carol, at("a", "N"), 1},
	} {
		if got := model().Score(c.user, c.login); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}

func TestFeaturesMultiply(t *testing.T) {
	m := freeman.New(freeman.Exact, freeman.Exact)
	m.Learn(ann, freeman.Values{{"a"}, {"x"}})
	m.Learn(bob, freeman.Values{{"b"}, {"y"}})
	// Of each feature: β = 1/2, lift (1/(1/2)+1)/2 = 1.5 where seen and 1/2 where not;
	// the last factor is (1/2)/(1/2) = 1.
	for name, c := range map[string]struct {
		login freeman.Values
		want  float64
	}{
		"both usual": {freeman.Values{{"a"}, {"x"}}, 1 / 2.25},
		"one usual":  {freeman.Values{{"a"}, {"y"}}, 1 / 0.75},
		"none usual": {freeman.Values{{"b"}, {"z"}}, 4},
	} {
		if got := m.Score(ann, c.login); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}
