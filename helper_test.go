package symbolon_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
)

// noon is when things begin in these tests.
var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func after(d time.Duration) *time.Time {
	t := noon.Add(d)
	return &t
}

func span(d time.Duration) *symbolon.Duration {
	s := symbolon.Duration(d)
	return &s
}

// laptop is Ada's own, registered a day before noon and trusted at noon for 30 days.
func laptop() symbolon.Device {
	return symbolon.Device{
		ID: "0195-laptop", AppID: "acme", UserID: "ada", KeyID: "key-1", Status: symbolon.StatusActive,
		Name: "Chrome on macOS", Type: symbolon.TypeBrowser, Platform: symbolon.PlatformWeb,
		ProvenAt: after(-symbolon.Day), CreatedAt: noon.Add(-symbolon.Day), UpdatedAt: noon,
		Trust: &symbolon.Trust{TrustedAt: noon, GrantedAt: noon, TrustedUntil: after(30 * symbolon.Day)},
	}
}

// wantError asks for an error of the code, about the field, that has the words in it.
func wantError(t *testing.T, err error, code symbolon.Code, field, words string) {
	t.Helper()
	var own *symbolon.Error
	switch {
	case !errors.As(err, &own):
		t.Errorf("got the error %v, want %s", err, code)
	case own.Code != code || own.Field != field || !strings.Contains(own.Message, words):
		t.Errorf("got %s about %q: %q\nwant %s about %q with the words %q", own.Code, own.Field, own.Message, code, field, words)
	}
}

// wantInvalid is wantError for a request that breaks a rule.
func wantInvalid(t *testing.T, err error, field, words string) {
	t.Helper()
	wantError(t, err, symbolon.ErrInvalidRequest, field, words)
}

func wantNone(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Errorf("got the error %v, want none", err)
	}
}
