package registry_test

import (
	"errors"
	"testing"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/registry"
)

// Where users have no business no issuer sees what was sent, such as an admin's mistyped key,
// and a token that is good elsewhere is nobody's.
func TestWhereUsersHaveNoBusinessNoIssuerIsAsked(t *testing.T) {
	w, p := withProvider(t)
	w.ok(w.knock(bank, "ada's"))
	p.asked = nil
	for token, own := range map[string]bool{
		"ada's": false, adminKey + "x": false, "sk_guess": false, w.ticket(bank, ada): true, adminKey: true, w.keys[string(bank)]: true,
	} {
		b := registry.Bearer{AppID: bank, Token: token, At: w.now}
		_, err := w.reg.Authenticate(t.Context(), b)
		if own {
			w.ok(err)
		} else {
			w.refused(token, err, symbolon.ErrUnauthenticated)
		}
		if w.reg.Recognises(b) != own {
			t.Errorf("%.20q: recognised is %v", token, !own)
		}
	}
	if len(p.asked) != 0 {
		t.Errorf("asked %+v", p.asked)
	}
}

// Whose fault it is that nobody can tell, the error says.
func TestAnIssuersFaultIsMarked(t *testing.T) {
	w, p := withProvider(t)
	p.down = true
	if err := w.knock(bank, "ada's"); !errors.Is(err, registry.ErrIssuer) || !errors.Is(err, symbolon.ErrUnavailable) {
		t.Errorf("while the issuer is down: %v", err)
	}
	p.down = false
	if err := w.knock(bank, "bob's"); errors.Is(err, registry.ErrIssuer) || !errors.Is(err, symbolon.ErrUnauthenticated) {
		t.Errorf("a token that is no good: %v", err)
	}
}
