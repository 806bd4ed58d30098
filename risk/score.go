package risk

import (
	"cmp"
	"slices"

	"github.com/symbolon-id/symbolon"
)

// fromStrangers are reasons that someone who does not hold the key can cause: by naming
// it, or by asking from behind the same address.
var fromStrangers = map[string]bool{
	symbolon.RiskProofFailures:     true,
	symbolon.RiskChallengeReplayed: true,
	symbolon.RiskVelocityIP:        true,
}

// circumstances are reasons that rest on the network address alone, and that the device
// is new, which says nothing against it. An honest traveller has many of them at once.
var circumstances = map[string]bool{
	symbolon.RiskNewCountry:       true,
	symbolon.RiskNewNetwork:       true,
	symbolon.RiskImpossibleTravel: true,
	symbolon.RiskTimeZoneMismatch: true,
	symbolon.RiskAnonymousNetwork: true,
	symbolon.RiskNewDevice:        true,
}

// Score gives found reasons the policy's points and combines them. It reads their codes,
// weights and details; those of weight 0 are not about risk and left out. The reasons of
// the answer stand strongest first.
//
// The strongest counts whole, the next half, the third a quarter and so on, so that all
// others together never outweigh the strongest; the sum is rounded down and at most 100.
// What strangers cause never carries it over a threshold, and circumstances bring it at
// most to one below distrustAt: all points beyond come from other reasons. A device that
// resembles a blocked one is at challengeAt at least.
func Score(found []symbolon.Reason, p symbolon.RiskPolicy) symbolon.Risk {
	reasons := make([]symbolon.Reason, 0, len(found))
	for _, r := range found {
		if r.Weight <= 0 {
			continue
		}
		r.Weight = min(r.Weight, 100)
		r.Points = (r.Weight*p.Points[r.Code] + 50) / 100
		reasons = append(reasons, r)
	}
	slices.SortStableFunc(reasons, func(a, b symbolon.Reason) int { return cmp.Compare(b.Points, a.Points) })
	score := capped(reasons, p)
	return symbolon.Risk{Score: score, Level: Level(score, p), Reasons: reasons}
}

// capped combines reasons that stand strongest first.
func capped(reasons []symbolon.Reason, p symbolon.RiskPolicy) int {
	var all, owners, firm sum
	resembles := false
	for _, r := range reasons {
		all.add(r.Points)
		if fromStrangers[r.Code] {
			continue
		}
		owners.add(r.Points)
		if !circumstances[r.Code] {
			firm.add(r.Points)
		}
		resembles = resembles || r.Code == symbolon.RiskResemblesBlocked && p.Points[r.Code] > 0
	}
	most := min(p.DistrustAt-1+firm.points(), 100)
	score, own := min(all.points(), most), min(owners.points(), most)
	for _, at := range []int{p.ChallengeAt, p.DistrustAt, p.DenyAt} {
		if own < at {
			score = min(score, at-1)
			break
		}
	}
	if resembles && p.ChallengeAt <= 100 {
		score = max(score, p.ChallengeAt)
	}
	return score
}

// sum adds up points that come strongest first, each with half the share of the one
// before it.
type sum struct{ total, halvings int }

// sumBits is how exact a sum is kept: far below what all reasons together could lose.
const sumBits = 40

func (s *sum) add(points int) {
	s.total += points << sumBits >> s.halvings
	s.halvings++
}

func (s *sum) points() int { return s.total >> sumBits }

// Level is the level of a score under the policy's thresholds.
func Level(score int, p symbolon.RiskPolicy) string {
	switch {
	case score >= p.DistrustAt:
		return symbolon.RiskHigh
	case score >= p.ChallengeAt:
		return symbolon.RiskMedium
	}
	return symbolon.RiskLow
}
