package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestTheProgramRuns(t *testing.T) {
	var out, usage bytes.Buffer
	if err := run([]string{"-users", "30", "-seeds", "2"}, &out, &usage); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(out.String(), "attacker ") || usage.Len() > 0 {
		t.Errorf("got %q and %q", &out, &usage)
	}
}

func TestWhatTheProgramRefuses(t *testing.T) {
	for _, args := range [][]string{{"-users", "0"}, {"-seeds", "0"}, {"fast"}, {"-fast"}} {
		var out, usage bytes.Buffer
		if err := run(args, &out, &usage); err == nil || out.Len() > 0 {
			t.Errorf("%v: got %v and %q", args, err, &out)
		}
	}
}
