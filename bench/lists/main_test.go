package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon/bench/rig"
)

// The server under test is this program again.
func TestMain(m *testing.M) {
	rig.Main()
	os.Exit(m.Run())
}

func TestAQuickRunMeasuresEveryKindOfPage(t *testing.T) {
	o, err := parse([]string{"-quick", "-data", t.TempDir()}, t.Output())
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := run(t.Context(), o, &out); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	for _, k := range kinds(o) {
		if !strings.Contains(out.String(), "\n"+k.title(o)+"  ") {
			t.Errorf("the table has no line for %s:\n%s", k.title(o), out.String())
		}
	}
}

func TestWhatTheCheckFails(t *testing.T) {
	const ms = time.Millisecond
	page := func(name string, slow time.Duration, n int) kind {
		k := kind{name: name, latencies: make([]time.Duration, 100)}
		for i := range n {
			k.latencies[i] = slow
		}
		return k
	}
	for _, c := range []struct {
		name  string
		pages []kind
		want  string // what is said; "" where all is as wanted
	}{
		{"as wanted", []kind{page("users", 90*ms, 100)}, ""},
		{"four slow ones of a hundred", []kind{page("users", 500*ms, 4)}, ""},
		{"five", []kind{page("users", 500*ms, 5)}, "users: p95 is 500.0 ms"},
		{"just too slow", []kind{page("users", 1*ms, 100), page("by name", 100*ms, 100)}, "by name: p95 is 100.0 ms"},
	} {
		err := check(c.pages)
		if c.want == "" && err != nil || c.want != "" && (err == nil || err.Error() != c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestWhatTheProgramIsTold(t *testing.T) {
	var out bytes.Buffer
	if o, err := parse([]string{"-check", "-postgres"}, &out); err != nil || !o.check || !o.postgres || o.devices != 1_000_000 {
		t.Errorf("-check -postgres: %+v %v", o, err)
	}
	for _, args := range [][]string{{"-quick", "-check"}, {"-devices", "10"}, {"check"}, {"-page", "0"}} {
		if _, err := parse(args, &out); err == nil {
			t.Errorf("%v is taken", args)
		}
	}
}
