package roc_test

import (
	"math"
	"testing"

	"github.com/symbolon-id/symbolon/bench/risk/roc"
)

func TestArea(t *testing.T) {
	for name, c := range map[string]struct {
		honest, attacks []float64
		want            float64
	}{
		"all attacks above":               {[]float64{1, 2, 3}, []float64{4, 5}, 1},
		"all attacks below":               {[]float64{4, 5}, []float64{1, 2, 3}, 0},
		"no difference":                   {[]float64{1, 1}, []float64{1, 1, 1}, 0.5},
		"one of four pairs is wrong":      {[]float64{1, 3}, []float64{2, 4}, 0.75},
		"one of four pairs is a tie":      {[]float64{1, 3}, []float64{3, 4}, 0.875},
		"the order of arrival is nothing": {[]float64{3, 1}, []float64{4, 2}, 0.75},
	} {
		if got := roc.AUC(c.honest, c.attacks); got != c.want {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}

func TestHonestChallenged(t *testing.T) {
	ten := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	for name, c := range map[string]struct {
		attacks []float64
		stop    float64
		want    float64
	}{
		"every attack has to be stopped":         {[]float64{8, 20, 30}, 1, 0.3},
		"one of ten may pass":                    {[]float64{1, 11, 11, 11, 11, 11, 11, 11, 11, 11}, 0.9, 0},
		"one of ten is not 95%":                  {[]float64{1, 11, 11, 11, 11, 11, 11, 11, 11, 11}, 0.95, 1},
		"who scores as the attacker is stopped":  {[]float64{10}, 1, 0.1},
		"who scores a little less goes through":  {[]float64{10.5}, 1, 0},
		"attackers at the bottom stop everybody": {[]float64{0}, 0.99, 1},
	} {
		if got := roc.Challenged(ten, c.attacks, c.stop); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}

func TestNothingToCompare(t *testing.T) {
	if got := roc.AUC(nil, []float64{1}); !math.IsNaN(got) {
		t.Errorf("area without honest logins: got %v", got)
	}
	if got := roc.Challenged([]float64{1}, nil, 0.99); !math.IsNaN(got) {
		t.Errorf("challenged without attacks: got %v", got)
	}
}
