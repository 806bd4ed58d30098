package symbolon_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/symbolon-id/symbolon"
)

func TestIDsAreTextThatNothingIsReadInto(t *testing.T) {
	for _, id := range []string{
		"ada", "..", ".", "a/b", "me", "auth0|1", "%2e%2e", "?", "#", " ", "a b", `"`, "'; --", "<b>", "{user}",
		"ü", "用户", "👩‍💻", "\u202etxt", "\u00a0", "\ufffd", "0",
		strings.Repeat("x", 255), strings.Repeat("ü", 255), strings.Repeat("👩", 255), // 255, 510 and 1020 bytes
	} {
		user, err := symbolon.ParseUserID(id)
		if err != nil || string(user) != id {
			t.Errorf("the user %q: got %q, error %v", id, user, err)
		}
		device, err := symbolon.ParseDeviceID(id)
		if err != nil || string(device) != id {
			t.Errorf("the device %q: got %q, error %v", id, device, err)
		}
		key, err := symbolon.ParseKeyID(id)
		if err != nil || string(key) != id {
			t.Errorf("the key %q: got %q, error %v", id, key, err)
		}
	}
}

func TestIDsThatAreRefused(t *testing.T) {
	for id, words := range map[string]string{
		"":                           "must not be empty",
		strings.Repeat("x", 256):     "at most 255 characters",
		strings.Repeat("👩", 256):     "at most 255 characters",
		"\xff":                       "valid UTF-8",
		"ada\xc3":                    "valid UTF-8",
		"\xed\xa0\x80":               "valid UTF-8", // half of a surrogate pair
		"\xc0\x80":                   "valid UTF-8", // an overlong zero
		strings.Repeat("\xff", 1000): "valid UTF-8",
	} {
		_, err := symbolon.ParseUserID(id)
		wantInvalid(t, err, "userId", words)
		_, err = symbolon.ParseDeviceID(id)
		wantInvalid(t, err, "deviceId", words)
		_, err = symbolon.ParseKeyID(id)
		wantInvalid(t, err, "keyId", words)
	}
}

func TestNoControlCharacterIsText(t *testing.T) {
	for c := rune(0); c <= 0x100; c++ {
		control := c < 0x20 || 0x7f <= c && c <= 0x9f
		for _, text := range []string{string(c), "a" + string(c), string(c) + "b"} {
			if err := symbolon.CheckText("name", text); (err != nil) != control {
				t.Errorf("%q (U+%04X): got %v", text, c, err)
			}
		}
	}
}

func TestTextMayBeEmptyAndOfAnotherLength(t *testing.T) {
	wantNone(t, symbolon.CheckOptionalText("action", "", 3))
	wantNone(t, symbolon.CheckOptionalText("action", "üüü", 3))
	wantInvalid(t, symbolon.CheckOptionalText("action", "abcd", 3), "action", "action must have at most 3 characters")
}

func TestAppIDs(t *testing.T) {
	for _, id := range []string{"a", "acme", "app_x7-9", "0", strings.Repeat("a", 64)} {
		app, err := symbolon.ParseAppID(id)
		if err != nil || string(app) != id {
			t.Errorf("%q: got %q, error %v", id, app, err)
		}
	}
	for _, id := range []string{"", "Acme", "a b", "a.b", "a/b", "ä", "acme\n", "\x00", strings.Repeat("a", 65)} {
		app, err := symbolon.ParseAppID(id)
		wantInvalid(t, err, "app", "1 to 64 characters of a-z, 0-9, _ and -")
		if app != "" {
			t.Errorf("%q was refused, and given as %q", id, app)
		}
	}
}

func TestNewIDsAreWellFormedAndDiffer(t *testing.T) {
	seen := map[string]bool{}
	for range 100 {
		app := string(symbolon.NewAppID())
		_, err := symbolon.ParseAppID(app)
		wantNone(t, err)
		for _, id := range []string{app, string(symbolon.NewCredentialID()), string(symbolon.NewDeviceID()), symbolon.NewCredentialSecret()} {
			if seen[id] {
				t.Errorf("%s was made twice", id)
			}
			seen[id] = true
		}
	}
}

func TestDeviceIDsRiseWithTime(t *testing.T) {
	var ids []symbolon.DeviceID
	for range 1000 {
		ids = append(ids, symbolon.NewDeviceID())
	}
	if !slices.IsSorted(ids) {
		t.Error("they do not")
	}
}

func TestCheckTextNeverPassesWhatTheStoreRefuses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes"))
		if symbolon.CheckText("name", s) == nil && (strings.ContainsRune(s, 0) || strings.ToValidUTF8(s, "") != s || s == "") {
			t.Fatalf("%q passes", s)
		}
	})
}
