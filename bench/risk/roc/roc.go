// Package roc says how well a score tells attackers from honest users. Higher scores are
// more suspicious.
package roc

import (
	"math"
	"slices"
	"sort"
)

// AUC is the area under the receiver operating characteristic: how likely a random
// attacker scores above a random honest user, ties counting half. 1 is perfect, 0.5 is a
// coin. It is NaN where one side is empty.
func AUC(honest, attacks []float64) float64 {
	sorted := slices.Sorted(slices.Values(honest))
	var wins float64
	for _, a := range attacks {
		below := sort.SearchFloat64s(sorted, a)
		notAbove := sort.Search(len(sorted), func(i int) bool { return sorted[i] > a })
		wins += float64(below) + float64(notAbove-below)/2
	}
	return wins / (float64(len(honest)) * float64(len(attacks)))
}

// Challenged is the share of honest logins that are challenged when every score at or
// above a threshold is, and that threshold is the highest that stops the given share of
// the attacks. It is NaN where one side is empty.
func Challenged(honest, attacks []float64, stop float64) float64 {
	if len(attacks) == 0 || len(honest) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(attacks))
	const rounding = 1e-9 // so that 99% of 1,000 are 990
	missed := int((1-stop)*float64(len(sorted)) + rounding)
	return Above(honest, sorted[min(missed, len(sorted)-1)])
}

// Above is the share of the scores at or above the threshold.
func Above(scores []float64, threshold float64) float64 {
	n := 0
	for _, s := range scores {
		if s >= threshold {
			n++
		}
	}
	return float64(n) / float64(len(scores))
}
