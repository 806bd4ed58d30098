package symbolon

import (
	"crypto/rand"
	"encoding/base32"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
)

// The ids of the domain. Each is opaque: nothing reads meaning out of one.
type (
	// AppID names an app: 1 to 64 of a-z, 0-9, "_" and "-".
	AppID string
	// UserID is chosen by the app or its identity provider: see [ParseUserID].
	UserID string
	// DeviceID is a UUIDv7, or the id that an imported record came with.
	DeviceID string
	// KeyID locates a key within an app. It never changes, also when the key is
	// rotated; for keys that our SDKs make it is the RFC 7638 thumbprint of the first.
	KeyID string
	// CredentialID names a credential; it is not the secret.
	CredentialID string
)

// MaxText is the most characters that an id or a name may have.
const MaxText = 255

var (
	appIDForm  = regexp.MustCompile(`^[a-z0-9_-]{1,64}$`)
	randomText = base32.NewEncoding("abcdefghijkmnpqrstuvwxyz23456789").WithPadding(base32.NoPadding)
)

// NewAppID makes an id for an app.
func NewAppID() AppID { return AppID("app_" + random(10)) }

// NewCredentialID makes an id for a credential.
func NewCredentialID() CredentialID { return CredentialID("cred_" + random(10)) }

// NewDeviceID makes a UUIDv7 (RFC 9562), so that ids rise with time.
func NewDeviceID() DeviceID { return DeviceID(uuid.Must(uuid.NewV7()).String()) }

func random(n int) string {
	b := make([]byte, n)
	rand.Read(b)
	return randomText.EncodeToString(b)
}

// ParseAppID checks the form of an app's id.
func ParseAppID(s string) (AppID, error) {
	if !appIDForm.MatchString(s) {
		return "", InvalidField("app", "must be 1 to 64 characters of a-z, 0-9, _ and -")
	}
	return AppID(s), nil
}

// ParseUserID accepts 1 to 255 characters of UTF-8 without control characters, and
// reads nothing into them: "..", "a/b", "me" and "auth0|1" are ids like any other.
func ParseUserID(s string) (UserID, error) {
	return UserID(s), CheckText("userId", s)
}

// ParseDeviceID checks the form of a device's id: 1 to 255 characters of text.
func ParseDeviceID(s string) (DeviceID, error) {
	return DeviceID(s), CheckText("deviceId", s)
}

// ParseKeyID checks the form of a key's id: 1 to 255 characters of text.
func ParseKeyID(s string) (KeyID, error) {
	return KeyID(s), CheckText("keyId", s)
}

// CheckText refuses what is empty, longer than [MaxText] characters, not UTF-8, or
// holds control characters: none of them ever reaches the store.
func CheckText(field, s string) error {
	if s == "" {
		return InvalidField(field, "must not be empty")
	}
	return CheckOptionalText(field, s, MaxText)
}

// CheckOptionalText is [CheckText] for what may be empty, with a limit of its own.
func CheckOptionalText(field, s string, maxChars int) error {
	if !utf8.ValidString(s) {
		return InvalidField(field, "must be valid UTF-8")
	}
	if len(s) > maxChars && utf8.RuneCountInString(s) > maxChars {
		return InvalidField(field, "must have at most %d characters", maxChars)
	}
	if strings.IndexFunc(s, unicode.IsControl) >= 0 {
		return InvalidField(field, "must not contain control characters")
	}
	return nil
}
