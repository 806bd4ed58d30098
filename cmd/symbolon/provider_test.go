package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/symbolon-id/symbolon/symbolontest"
)

// scriptProvider runs an OpenID provider, which has signed alice in for the client acme, with
// a second factor.
func scriptProvider(t *testing.T, ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: provider NAME")
	}
	p := symbolontest.NewProvider(t, "acme")
	ts.Setenv(args[0], p.URL)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]+".token"), []byte(p.Token(t, "alice", nil)+"\n"), 0o600))
}
