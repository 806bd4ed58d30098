package symbolon_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/symbolon-id/symbolon"
)

func TestAnErrorIsOfItsCode(t *testing.T) {
	err := fmt.Errorf("registering: %w", symbolon.Errorf(symbolon.ErrConflict, "the device is %s", "pending"))
	if !errors.Is(err, symbolon.ErrConflict) || errors.Is(err, symbolon.ErrNotFound) {
		t.Errorf("%v is not a conflict, or is more than that", err)
	}
	if got := err.Error(); got != "registering: the device is pending" {
		t.Errorf("got %q", got)
	}
}

func TestAnErrorWithoutWordsSaysItsCode(t *testing.T) {
	if got := (&symbolon.Error{Code: symbolon.ErrUnavailable}).Error(); got != "unavailable" {
		t.Errorf("got %q", got)
	}
}

func TestAnInvalidFieldBeginsWithItsName(t *testing.T) {
	err := symbolon.InvalidField("limit", "must be from 1 to %d", 200)
	wantInvalid(t, err, "limit", "limit must be from 1 to 200")
}

// A record that changed meanwhile is read again, and no client is ever told.
func TestWhatIsStaleHasNoCode(t *testing.T) {
	var own *symbolon.Error
	var code symbolon.Code
	if errors.As(symbolon.ErrStale, &own) || errors.As(symbolon.ErrStale, &code) {
		t.Error("it has one")
	}
}
