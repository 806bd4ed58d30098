package main

import (
	"net"
	"strings"
	"testing"

	"github.com/symbolon-id/symbolon/symbolontest"
)

// In a script the line after the one that starts the service makes the app.
func TestAppCreateWaitsForAServiceThatStarts(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	create := program(t, "app", "create", "Acme", "--id", "acme", "--url", "http://"+address, "--key", adminKey)
	var said strings.Builder
	create.Stdout, create.Stderr = &said, &said
	if err := create.Start(); err != nil {
		t.Fatal(err)
	}
	p, err := symbolontest.Launch(program(t, "serve", "--listen", address, "--data", t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Kill() //nolint:errcheck // it ends with the test
	if err := create.Wait(); err != nil || !strings.Contains(said.String(), `"id":"acme"`) {
		t.Errorf("the app was not made: %v\n%s", err, said.String())
	}
}
