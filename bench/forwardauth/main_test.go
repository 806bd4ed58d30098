package main

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func TestWhatTheCheckFails(t *testing.T) {
	const ms = time.Millisecond
	for _, c := range []struct {
		name   string
		ratios []float64 // of rounds
		slow   time.Duration
		want   string // what is said; "" where all is as wanted
	}{
		{"as wanted", []float64{0.80, 0.75, 0.82}, 5 * ms, ""},
		{"just as wanted", []float64{0.60}, 8*ms - 1, ""},
		{"one bad round of three", []float64{0.80, 0.20, 0.70}, 5 * ms, ""},
		{"too few requests", []float64{0.59, 0.59, 0.90}, 5 * ms, "the ratio is 0.590"},
		{"almost enough", []float64{0.5999}, 5 * ms, "the ratio is 0.600"},
		{"too slow", []float64{0.80}, 8 * ms, "p99 is 8.000 ms"},
		{"both", []float64{0.30}, 20 * ms, "the ratio is 0.300"},
	} {
		empty, asked := &kind{}, &kind{latencies: make([]time.Duration, 100)}
		for _, r := range c.ratios {
			empty.rates, asked.rates = append(empty.rates, 1000), append(asked.rates, 1000*r)
		}
		asked.latencies[99] = c.slow
		err := check(empty, asked)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestWhatTheProgramIsTold(t *testing.T) {
	var out bytes.Buffer
	if o, err := parse([]string{"-check"}, &out); err != nil || !o.check {
		t.Errorf("-check: %+v %v", o, err)
	}
	if o, err := parse(nil, &out); err != nil || o.check {
		t.Errorf("nothing: %+v %v", o, err)
	}
	for _, args := range [][]string{{"-quick", "-check"}, {"-rounds", "0"}, {"check"}, {"-checks"}} {
		if _, err := parse(args, &out); err == nil {
			t.Errorf("%v is taken", args)
		}
	}
}
