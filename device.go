package symbolon

import (
	"encoding/json"
	"time"
)

// KeyStorage says where the private key lives, as far as it was shown.
type KeyStorage string

// The storages, from weak to strong.
const (
	StorageSoftware KeyStorage = "software"
	StorageBrowser  KeyStorage = "browser"
	StorageHardware KeyStorage = "hardware"
	StorageAttested KeyStorage = "attested"
)

// KeyStorages lists every storage, the weakest first.
var KeyStorages = []KeyStorage{StorageSoftware, StorageBrowser, StorageHardware, StorageAttested}

// Grade orders storages: a higher grade keeps a key better.
func (k KeyStorage) Grade() int {
	return map[KeyStorage]int{StorageSoftware: 1, StorageBrowser: 2, StorageHardware: 3, StorageAttested: 4}[k]
}

// DeviceType is what kind of thing a device is.
type DeviceType string

// The device types.
const (
	TypeDesktop   DeviceType = "desktop"
	TypeLaptop    DeviceType = "laptop"
	TypeMobile    DeviceType = "mobile"
	TypeTablet    DeviceType = "tablet"
	TypeBrowser   DeviceType = "browser"
	TypeAPIClient DeviceType = "api_client"
	TypeSmartTV   DeviceType = "smart_tv"
	TypeWearable  DeviceType = "wearable"
)

// DeviceTypes lists every device type.
var DeviceTypes = []DeviceType{
	TypeDesktop, TypeLaptop, TypeMobile, TypeTablet, TypeBrowser, TypeAPIClient, TypeSmartTV, TypeWearable,
}

// Platform is the ground on which a client runs.
type Platform string

// The platforms.
const (
	PlatformWeb     Platform = "web"
	PlatformAndroid Platform = "android"
	PlatformIOS     Platform = "ios"
	PlatformOther   Platform = "other"
)

// Platforms lists every platform.
var Platforms = []Platform{PlatformWeb, PlatformAndroid, PlatformIOS, PlatformOther}

// Device is the identity (app, user, key). What a member may hold is said in its doc
// tag; a member that is absent is unknown.
type Device struct {
	ID              DeviceID        `json:"deviceId"`
	AppID           AppID           `json:"appId"`
	UserID          UserID          `json:"userId"`
	KeyID           KeyID           `json:"keyId,omitempty" doc:"Locates the key; never changes, also when the key is rotated"`
	EndpointID      string          `json:"endpointId,omitempty" doc:"Joins devices on one installation or piece of hardware"`
	PublicKey       json.RawMessage `json:"publicKey,omitempty" doc:"JWK (RFC 7517) of the public half; backends and admins only"`
	KeyStorage      KeyStorage      `json:"keyStorage,omitempty" enum:"software,browser,hardware,attested"`
	Status          Status          `json:"status" enum:"active,pending,blocked,unbound"`
	Name            string          `json:"deviceName" doc:"Never empty: made from what the device is, until a person renames it"`
	Type            DeviceType      `json:"deviceType" enum:"desktop,laptop,mobile,tablet,browser,api_client,smart_tv,wearable"`
	Platform        Platform        `json:"platform" enum:"web,android,ios,other"`
	UserAgent       string          `json:"userAgent,omitempty"`
	OperatingSystem string          `json:"operatingSystem,omitempty"`
	Browser         string          `json:"browser,omitempty"`
	IPAddress       string          `json:"ipAddress,omitempty" doc:"Of the last valid proof"`
	Location        string          `json:"location,omitempty" doc:"Of the last valid proof"`
	UsageCount      int64           `json:"usageCount" doc:"Valid proofs for the action login"`
	LastUsedAt      *time.Time      `json:"lastUsedAt,omitempty" doc:"The last valid proof"`
	LastVerifiedAt  *time.Time      `json:"lastVerifiedAt,omitempty" doc:"The last decision that said TRUST"`
	RiskScore       int             `json:"riskScore" minimum:"0" maximum:"100" doc:"Of the last decision"`
	SessionBoundAt  *time.Time      `json:"sessionBoundAt,omitempty" doc:"When the browser last bound a session to a key of its own (DBSC)"`
	Metadata        json.RawMessage `json:"metadata,omitempty" doc:"An object of the app's own"`
	PushConfig      json.RawMessage `json:"pushConfig,omitempty" doc:"An object that says how to push to it"`
	Block           *Block          `json:"block,omitempty"`
	Trust           *Trust          `json:"trust,omitempty"`
	IsCurrent       *bool           `json:"isCurrent,omitempty" doc:"In self-service: whether this device asks"`
	RotateAfter     *time.Time      `json:"rotateAfter,omitempty" doc:"To the device that asks: when it should replace its key, where the policy sets an age"`
	CreatedAt       time.Time       `json:"createdAt"`
	UpdatedAt       time.Time       `json:"updatedAt"`

	Thumbprint     string     `json:"-"` // RFC 7638, of the present key
	Fingerprint    string     `json:"-"` // an HMAC with its version before it, or ""
	ManufacturerID string     `json:"-"` // an HMAC, or ""
	Traits         string     `json:"-"` // the components of the fingerprint, each as an HMAC, or ""
	Country        string     `json:"-"` // ISO 3166-1 alpha-2 of Location, or "": to list by
	History        History    `json:"-"` // folded, as UsageCount is
	ProvenAt       *time.Time `json:"-"` // the first valid proof: before it, neither known nor trustable
	Renamed        bool       `json:"-"` // a person chose the name
	Version        int64      `json:"-"` // rises with each change of the row; 0 for one not stored yet
}

// Block says that a device is refused, and why.
type Block struct {
	At     time.Time  `json:"at"`
	By     string     `json:"by"`
	Reason string     `json:"reason,omitempty"`
	Cause  Cause      `json:"cause,omitempty" doc:"The revocation that blocked it, if one did"`
	Until  *time.Time `json:"until,omitempty" doc:"When it ends by itself; absent for never"`

	Incident string `json:"incident,omitempty" doc:"The incident that blocked it, if one did and nothing else has since: undoing that lifts it"`

	Before  Status `json:"-"` // the state to which unblock goes back
	Beneath *Block `json:"-"` // one that ends by itself, and holds again once the incident is undone
}

// Strengthened is the block with a further one on top: it ends at the later of the two
// ends, and with a cause or an incident only if both have that one. It is false where the
// further one adds nothing. An incident's block lies over one that ends by itself, so that
// undoing it neither frees the device early nor keeps it blocked for ever.
func (b Block) Strengthened(by Block) (Block, bool) {
	switch {
	case b.Until != nil && by.Until == nil && by.Incident != "":
		by.Before, b.Before = b.Before, ""
		by.Beneath = &b
		return by, true
	case b.Incident != "" && b.Until == nil && by.Until != nil && by.Incident == "":
		return b.over(by)
	}
	longer := b.Until != nil && (by.Until == nil || by.Until.After(*b.Until))
	harder := b.Cause != "" && by.Cause != b.Cause || b.Incident != "" && by.Incident != b.Incident
	if !longer && !harder {
		return b, false
	}
	by.Before = b.Before
	if !longer {
		by.Until = b.Until
	}
	if by.Cause != b.Cause {
		by.Cause = ""
	}
	if by.Incident != b.Incident {
		by.Incident = ""
	}
	return by, true
}

// over is the incident's block with one that ends by itself beneath it.
func (b Block) over(by Block) (Block, bool) {
	by.Before = ""
	if b.Beneath != nil {
		stronger := false
		if by, stronger = b.Beneath.Strengthened(by); !stronger {
			return b, false
		}
	}
	b.Beneath = &by
	return b, true
}

// BlockEnded tells whether the device's block has run out by itself.
func (d Device) BlockEnded(now time.Time) bool {
	return d.Status == StatusBlocked && d.Block != nil && d.Block.Until != nil && !now.Before(*d.Block.Until)
}

// Known tells whether a valid proof by the device's key makes the request the user's
// own device: it is active, and has shown its key at least once.
func (d Device) Known() bool { return d.Status == StatusActive && d.ProvenAt != nil }

// LastSeen is the last valid proof, or the registration where there was none.
func (d Device) LastSeen() time.Time {
	if d.LastUsedAt != nil {
		return *d.LastUsedAt
	}
	return d.CreatedAt
}

// ForSelf is the device as its user or its client may see it: without the key, with
// whether it is the one that asks, and without what staff noted.
func (d Device) ForSelf(current bool) Device {
	d.PublicKey, d.PushConfig = nil, nil
	d.IsCurrent = &current
	own := Actor{Kind: CallerUser, ID: string(d.UserID)}.String()
	if d.Block != nil && d.Block.By != own {
		d.Block = &Block{At: d.Block.At, Until: d.Block.Until} // why is for staff
	}
	if d.Trust != nil && d.Trust.RevokedBy != own {
		t := *d.Trust
		t.RevokedBy, t.RevokedReason, d.Trust = "", "", &t
	}
	return d
}

// Key is a public key of an app. Several users of one browser are several devices with
// one key; all of them change together when it is rotated.
type Key struct {
	AppID      AppID
	ID         KeyID
	Thumbprint string // RFC 7638, of the present key
	PublicKey  json.RawMessage
	Storage    KeyStorage
	Rotations  int
	BlockedAt  *time.Time // set while the key is blocked for all users, present and future
	CreatedAt  time.Time
	RotatedAt  *time.Time
	Version    int64
}

// Since is when the present key was registered.
func (k Key) Since() time.Time {
	if k.RotatedAt != nil {
		return *k.RotatedAt
	}
	return k.CreatedAt
}

// DeviceUse is what folds out of a device's events: see [DeviceUse.Fold].
type DeviceUse struct {
	UsageCount     int64
	LastUsedAt     *time.Time
	LastVerifiedAt *time.Time
	IPAddress      string
	Location       string
	Country        string
	RiskScore      int
	History        History
}

// Fold takes in one event; all but decisions on valid proofs leave it as it is.
func (u *DeviceUse) Fold(e Event) {
	if d, ok := e.Decided(); ok {
		u.FoldDecided(e, d)
	}
}

// FoldDecided is Fold of an event whose data has been read.
func (u *DeviceUse) FoldDecided(e Event, d Decided) {
	if d.ProofResult != ProofValid {
		return
	}
	at := e.At
	if u.LastUsedAt == nil || at.After(*u.LastUsedAt) {
		u.LastUsedAt, u.IPAddress, u.Location, u.Country, u.RiskScore = &at, e.IPAddress, "", "", d.Score
		if d.Place != nil {
			u.Location, u.Country = d.Place.Location, d.Place.Country
		}
	}
	if d.Moved && d.Place != nil {
		u.History = u.History.With(*d.Place, at)
	}
	if d.Action == ActionLogin {
		u.UsageCount++
	}
	if d.Recommendation == RecommendTrust && (u.LastVerifiedAt == nil || at.After(*u.LastVerifiedAt)) {
		u.LastVerifiedAt = &at
	}
}
