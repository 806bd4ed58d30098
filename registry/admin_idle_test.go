package registry_test

import (
	"testing"

	"github.com/symbolon-id/symbolon"
)

// A list that follows what happens asks every other second, also when nobody looks.
func TestAPageThatAsksByItselfKeepsNoSession(t *testing.T) {
	w := newWorld(t)
	mia := w.mia()
	asks := func() error {
		from := w.visitor()
		from.Idle = true
		_, err := w.reg.AuthenticateSession(t.Context(), mia.Secret, "", from)
		return err
	}
	for range 9 {
		w.pass(symbolon.AdminSessionIdle / 10)
		w.ok(asks())
	}
	w.pass(symbolon.AdminSessionIdle / 10)
	w.refused("after the idle time", asks(), symbolon.ErrUnauthenticated)
}
