package symbolon

import (
	"encoding/json"
	"time"
)

// NewApp asks for an app.
type NewApp struct {
	ID      AppID    `json:"id,omitempty" doc:"1 to 64 characters of a-z, 0-9, _ and -; made up where absent"`
	Name    string   `json:"name" doc:"What people call it"`
	Origins []string `json:"origins,omitempty" doc:"Web origins whose pages may call the public operations, such as https://app.example.com"`
	Issuers []Issuer `json:"issuers,omitempty" doc:"OpenID providers whose tokens say who a user is"`
}

// AppPatch changes what is named.
type AppPatch struct {
	Name    *string   `json:"name,omitempty"`
	Origins *[]string `json:"origins,omitempty"`
	Issuers *[]Issuer `json:"issuers,omitempty" doc:"The whole list; an introspection without clientSecret keeps the one there is"`
}

// NewCredential asks for a bearer secret: of a backend (scopes) or of an admin (role).
type NewCredential struct {
	Name   string    `json:"name" doc:"Says where it is used"`
	Scopes []Scope   `json:"scopes,omitempty" doc:"What a backend credential opens"`
	Role   Role      `json:"role,omitempty" doc:"What an admin credential may do"`
	TTL    *Duration `json:"ttl,omitempty" doc:"ISO 8601; absent for no end"`
}

// IssuedCredential is a credential with its secret, which is shown this once.
type IssuedCredential struct {
	Credential
	Key string `json:"key" doc:"The bearer secret; it is not kept and can't be shown again"`
}

// CreatedApp is a new app with its first credential, which holds every scope.
type CreatedApp struct {
	App        App              `json:"app"`
	Credential IssuedCredential `json:"credential"`
}

// ChallengeRequest asks for a challenge.
type ChallengeRequest struct {
	Purpose string `json:"purpose" enum:"register,prove,rotate,approve" doc:"What the proof will be for"`
}

// Challenge is a nonce to sign.
type Challenge struct {
	Challenge string    `json:"challenge" doc:"Opaque; signed as it is"`
	ExpiresAt time.Time `json:"expiresAt"`
}

// ClientContext is what a backend passes on of its own client's connection.
type ClientContext struct {
	IPAddress      string            `json:"ipAddress,omitempty" doc:"Of the user's connection, as the backend knows it"`
	UserAgent      string            `json:"userAgent,omitempty" doc:"The User-Agent header, as it came"`
	AcceptLanguage string            `json:"acceptLanguage,omitempty" doc:"The Accept-Language header, as it came"`
	ClientHints    map[string]string `json:"clientHints,omitempty" doc:"Sec-CH-UA headers by name, as they came"`
}

// Registration asks to register the device that signed the proof.
type Registration struct {
	Proof          string          `json:"proof" doc:"JWS over a register challenge, with the key in its header"`
	DeviceName     string          `json:"deviceName,omitempty"`
	DeviceType     DeviceType      `json:"deviceType,omitempty" doc:"On the web what the server derives wins"`
	Platform       Platform        `json:"platform,omitempty"`
	ManufacturerID string          `json:"manufacturerId,omitempty" doc:"Android ID or identifierForVendor; kept as a keyed hash only"`
	Metadata       json.RawMessage `json:"metadata,omitempty" doc:"A JSON object, at most 8 KiB"`
	Signals        json.RawMessage `json:"signals,omitempty" doc:"What the SDK collected; members that the server does not know are ignored"`
	Claim          DeviceID        `json:"claim,omitempty" doc:"An imported, unbound record of this user that this device shall become"`
	Replace        []DeviceID      `json:"replace,omitempty" doc:"Under the overflow user_choose: active devices of this user that are removed to make room, in the same transaction"`

	Context ClientContext `json:"-"` // of the connection, filled in by the server
}

// KeyRegistration registers a key that a backend vouches for. Until its first valid
// proof the device is neither known nor trustable.
type KeyRegistration struct {
	PublicKey      json.RawMessage `json:"publicKey" doc:"JWK (RFC 7517) of the public half; RSA keys name their alg"`
	KeyID          KeyID           `json:"keyId,omitempty" doc:"1 to 255 characters; the RFC 7638 thumbprint where absent"`
	DeviceName     string          `json:"deviceName,omitempty"`
	DeviceType     DeviceType      `json:"deviceType,omitempty"`
	Platform       Platform        `json:"platform,omitempty"`
	ManufacturerID string          `json:"manufacturerId,omitempty"`
	Metadata       json.RawMessage `json:"metadata,omitempty"`
	PushConfig     json.RawMessage `json:"pushConfig,omitempty"`
	Context        ClientContext   `json:"context,omitzero"`
}

// DecisionRequest asks what a request's device is worth.
type DecisionRequest struct {
	UserID      UserID          `json:"userId,omitempty" doc:"Who the backend says the user is"`
	Proof       string          `json:"proof,omitempty" doc:"JWS over a prove challenge"`
	Signals     json.RawMessage `json:"signals,omitempty" doc:"What the SDK collected; members that the server does not know are ignored"`
	Action      string          `json:"action,omitempty" doc:"What the user is about to do; login where absent. Equals the signed one"`
	PayloadHash string          `json:"payloadHash,omitempty" doc:"base64url SHA-256 of what the user was shown. Equals the signed one"`
	Token       *bool           `json:"token,omitempty" doc:"Whether to answer with a device token; clients get one unless they say false, backends only if they say true"`
	Context     ClientContext   `json:"context,omitzero" doc:"The user's connection; from a client it is ignored in favour of the real one"`

	Explain bool `json:"-"` // answer with every signal that was read; backends and admins only
}

// TicketRequest asks for a short-lived statement of who the user is.
type TicketRequest struct {
	UserID   UserID      `json:"userId"`
	TTL      *Duration   `json:"ttl,omitempty" doc:"At most PT10M; PT5M where absent"`
	Factor   string      `json:"factor,omitempty" doc:"The second factor that was just passed, as an RFC 8176 name such as otp"`
	AuthTime *time.Time  `json:"authTime,omitempty" doc:"When the user authenticated; now where absent"`
	Trust    *TrustTerms `json:"trust,omitempty" doc:"Trust to apply when this ticket registers a device; needs factor"`
}

// Ticket is the statement, for the client to present as its bearer.
type Ticket struct {
	Ticket    string    `json:"ticket"`
	ExpiresAt time.Time `json:"expiresAt"`
}

// DevicePatch is a merge patch (RFC 7396): what is absent stays, null clears.
type DevicePatch struct {
	DeviceName *string          `json:"deviceName,omitempty"`
	Metadata   *json.RawMessage `json:"metadata,omitempty"`
	PushConfig *json.RawMessage `json:"pushConfig,omitempty"`
}

// BlockRequest says why a device is blocked, and until when.
type BlockRequest struct {
	Reason   string     `json:"reason" doc:"What support staff will read later"`
	Until    *time.Time `json:"until,omitempty" doc:"When it ends by itself; absent for never"`
	AllUsers bool       `json:"allUsers,omitempty" doc:"Block the key for all its users, present and future"`
}

// UnblockRequest lifts a block.
type UnblockRequest struct {
	AllUsers bool `json:"allUsers,omitempty" doc:"Lift the block of the key for all its users too"`
}

// TrustRequest grants trust.
type TrustRequest struct {
	DecisionID string `json:"decisionId,omitempty" doc:"A decision on a valid proof by this device, less than ten minutes old, not used before; admins need none"`
	Factor     string `json:"factor,omitempty" doc:"The second factor that was passed, as an RFC 8176 name such as otp"`
	TrustTerms
}

// DistrustRequest ends trust.
type DistrustRequest struct {
	Reason string `json:"reason,omitempty"`
}

// Rotation replaces a key: both proofs sign one rotate challenge.
type Rotation struct {
	Proof    string `json:"proof" doc:"By the present key, carrying the new one"`
	NewProof string `json:"newProof" doc:"By the new key"`
}

// RevocationRequest names what happened to the user.
type RevocationRequest struct {
	Cause Cause `json:"cause" enum:"password_changed,factor_reset,user_deactivated,email_changed,suspicious,sign_out_everywhere"`
}

// Revocation is what a cause did to the user's devices.
type Revocation struct {
	Cause     Cause      `json:"cause"`
	Effect    Effect     `json:"effect"`
	NotBefore time.Time  `json:"notBefore" doc:"Assertions authenticated before it are refused"`
	Devices   []DeviceID `json:"devices" doc:"Those that it changed"`
}

// DevicePage is a page of a list.
type DevicePage struct {
	Items      []Device `json:"items"`
	NextCursor string   `json:"nextCursor,omitempty" doc:"For the next page; absent after the last. A page can be short, or empty, and still lead on"`
}

// TrustedDeviceList is a list of flat records.
type TrustedDeviceList struct {
	Items []TrustedDevice `json:"items"`
}

// EventPage is a page of events.
type EventPage struct {
	Items      []Event `json:"items"`
	NextCursor string  `json:"nextCursor,omitempty" doc:"Where the next page begins; in sealed order always given, to poll with"`
}

// LogCheck says what verifying a part of the app's log found.
type LogCheck struct {
	Intact     bool   `json:"intact" doc:"The events are as they were sealed"`
	Problem    string `json:"problem,omitempty" doc:"The first place that differs, where they are not"`
	Events     int64  `json:"events" doc:"Held against the chain in this part"`
	PrunedTo   int64  `json:"prunedTo,omitempty" doc:"The place up to which a signed checkpoint stands for pruned events, where this part began there"`
	Seq        int64  `json:"seq" doc:"The last place that was checked"`
	LastSeq    int64  `json:"lastSeq" doc:"The last place of the log as it is now"`
	NextCursor string `json:"nextCursor,omitempty" doc:"Where the next part begins; absent after the last"`
}

// ImportReport says what an import did with each record.
type ImportReport struct {
	Imported int `json:"imported"`
	Existing int `json:"existing" doc:"Were there already, with the same content"`
}

// UserExport is all that is kept of a user.
type UserExport struct {
	UserID        UserID         `json:"userId"`
	NotBefore     *time.Time     `json:"notBefore,omitempty"`
	DeactivatedAt *time.Time     `json:"deactivatedAt,omitempty"`
	Devices       []Device       `json:"devices"`
	Places        []DevicePlaces `json:"places" doc:"Where the devices were; none of those of which nothing is known"`
	Events        []Event        `json:"events"`
	ExportedAt    time.Time      `json:"exportedAt"`
	NextCursor    string         `json:"nextCursor,omitempty" doc:"For the events before these; absent after the last"`
}

// DevicePlaces is where a device was, as its history has it.
type DevicePlaces struct {
	DeviceID DeviceID `json:"deviceId"`
	Visits   []Visit  `json:"visits" doc:"The latest first, at most 8"`
}

// Erasure says what erasing a user did.
type Erasure struct {
	Devices int  `json:"devices" doc:"Deleted"`
	Pending bool `json:"pending,omitempty" doc:"The personal part of older events is still being stripped, and goes on by itself"`
}

// SignOut says what signing out the other devices did.
type SignOut struct {
	Devices []DeviceID `json:"devices" doc:"Removed"`
}

// LiftedTombstones says how many tombstones were lifted.
type LiftedTombstones struct {
	Lifted int `json:"lifted"`
}
