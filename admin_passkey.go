package symbolon

import (
	"encoding/json"
	"time"
)

// Passkey is a WebAuthn credential of an admin.
type Passkey struct {
	ID         string     `json:"passkeyId"`
	Name       string     `json:"name" doc:"What its owner calls it"`
	CreatedAt  time.Time  `json:"createdAt"`
	LastUsedAt *time.Time `json:"lastUsedAt,omitempty"`

	AdminID    AdminID         `json:"-"`
	Credential []byte          `json:"-"` // the credential's id, as the authenticator made it
	Document   json.RawMessage `json:"-"` // public key, counter and flags
}

// PasskeyList is an admin's passkeys, the latest first.
type PasskeyList struct {
	Items       []Passkey `json:"items"`
	HasPassword bool      `json:"hasPassword" doc:"Whether the account has a password beside them"`
}

// MaxPasskeys is the most that one admin may have.
const MaxPasskeys = 20

// PasskeyOptions are what a browser makes or shows a passkey by (WebAuthn Level 3 §5.4.1
// and §5.5, in the forms of §5.1).
type PasskeyOptions struct {
	Options json.RawMessage `json:"options" doc:"For PublicKeyCredential.parseCreationOptionsFromJSON, or parseRequestOptionsFromJSON"`
	State   string          `json:"state" doc:"Goes back with the credential: once, within 5 minutes"`
}

// PasskeyAnswer is what the browser gave.
type PasskeyAnswer struct {
	Credential json.RawMessage `json:"credential" doc:"toJSON() of the PublicKeyCredential"`
	State      string          `json:"state" doc:"Of the options"`
}

// NewPasskey adds a passkey.
type NewPasskey struct {
	Name       string          `json:"name" doc:"What its owner calls it"`
	Credential json.RawMessage `json:"credential" doc:"toJSON() of the PublicKeyCredential"`
	State      string          `json:"state" doc:"Of the options"`
}

// PasskeyPatch renames a passkey.
type PasskeyPatch struct {
	Name string `json:"name"`
}

// SetupPasskeyRequest asks for the options to come in by a link with a passkey.
type SetupPasskeyRequest struct {
	Token string `json:"token" doc:"As for the set-up itself"`
	Login string `json:"login,omitempty" doc:"Of the first admin"`
}
