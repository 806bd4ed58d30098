package symbolon

import (
	"crypto/sha256"
	"regexp"
	"slices"
	"strings"
	"time"
)

// App is an application whose users have devices. Two apps never share a device.
type App struct {
	ID        AppID     `json:"id" doc:"The app's id, part of every path"`
	Name      string    `json:"name" doc:"What people call it"`
	Origins   []string  `json:"origins" doc:"Web origins whose pages may call the public operations"`
	Issuers   []Issuer  `json:"issuers" doc:"OpenID providers whose tokens say who a user is"`
	CreatedAt time.Time `json:"createdAt"`
	UpdatedAt time.Time `json:"updatedAt"`
	BuiltIn   bool      `json:"builtIn,omitempty" doc:"It is Symbolon's own: its users are the admins, and only admins of all apps manage it"`
	Version   int64     `json:"-"`
}

// MaxOrigins is the most web origins that one app may list.
const MaxOrigins = 50

// Check refuses an app whose name, origins or issuers break their rules.
func (a App) Check() error {
	if _, err := ParseAppID(string(a.ID)); err != nil {
		return err
	}
	if err := CheckText("name", a.Name); err != nil {
		return err
	}
	if len(a.Origins) > MaxOrigins {
		return InvalidField("origins", "must have at most %d entries", MaxOrigins)
	}
	for _, o := range a.Origins {
		if err := checkOrigin(o); err != nil {
			return err
		}
	}
	return CheckIssuers(a.Issuers)
}

// originForm is an origin as browsers write it: a name in lower case and in its ASCII form,
// or an address.
var originForm = regexp.MustCompile(`^https?://([a-z0-9_-]+(\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])(:[1-9][0-9]{0,4})?$`)

// checkOrigin takes what a browser sends in the Origin header (RFC 6454): scheme, host
// and port where it is not the scheme's own, and nothing after them. Anything else would
// be allowed and never match.
func checkOrigin(s string) error {
	ownPort := strings.HasPrefix(s, "https:") && strings.HasSuffix(s, ":443") ||
		strings.HasPrefix(s, "http:") && strings.HasSuffix(s, ":80")
	if !originForm.MatchString(s) || ownPort {
		return InvalidField("origins", "must be web origins as browsers send them, such as https://app.example.com or http://localhost:3000: lower case, no path, no wildcard, no default port; got %q", s)
	}
	return nil
}

// AllowsOrigin tells whether pages of this web origin may call the app's public
// operations.
func (a App) AllowsOrigin(origin string) bool { return slices.Contains(a.Origins, origin) }

// Scope is a part of the API that a backend credential opens.
type Scope string

// The scopes of backend credentials.
const (
	ScopeDevicesRead  Scope = "devices:read"
	ScopeDevicesWrite Scope = "devices:write"
	ScopeDecisions    Scope = "decisions"
	ScopeTickets      Scope = "tickets"
	ScopeUsers        Scope = "users"
	ScopeEventsRead   Scope = "events:read"
)

// AllScopes are what a new app's first credential holds.
var AllScopes = []Scope{ScopeDevicesRead, ScopeDevicesWrite, ScopeDecisions, ScopeTickets, ScopeUsers, ScopeEventsRead}

// Role is what an admin may do.
type Role string

// The roles of admins, each including the ones before it.
const (
	RoleViewer   Role = "viewer"
	RoleOperator Role = "operator"
	RoleAdmin    Role = "admin"
)

// Includes tells whether r may do what want may.
func (r Role) Includes(want Role) bool {
	rank := map[Role]int{RoleViewer: 1, RoleOperator: 2, RoleAdmin: 3}
	return rank[want] > 0 && rank[r] >= rank[want]
}

// Credential is a bearer secret of an app's backend (Scopes) or of an admin (Role).
// Only its SHA-256 is kept: the secret has 256 random bits, so a slow hash adds nothing.
type Credential struct {
	ID        CredentialID `json:"id"`
	AppID     AppID        `json:"appId,omitempty" doc:"Empty for an admin credential on all apps"`
	Name      string       `json:"name"`
	Scopes    []Scope      `json:"scopes,omitempty" doc:"What a backend credential opens"`
	Role      Role         `json:"role,omitempty" doc:"What an admin credential may do"`
	CreatedAt time.Time    `json:"createdAt"`
	ExpiresAt *time.Time   `json:"expiresAt,omitempty"`
	RevokedAt *time.Time   `json:"revokedAt,omitempty"`
	Hash      []byte       `json:"-"`

	LastUsedAt *time.Time `json:"lastUsedAt,omitempty" doc:"To the hour; absent where it was never used"`
}

// CredentialPrefix begins every credential's secret, so that scanners find leaked ones.
const CredentialPrefix = "sk_"

// NewCredentialSecret makes a secret of 256 random bits.
func NewCredentialSecret() string { return CredentialPrefix + random(32) }

// HashCredential is what the store keeps of a secret.
func HashCredential(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

// Live tells whether the credential opens anything at the given time.
func (c Credential) Live(now time.Time) bool {
	return c.RevokedAt == nil && (c.ExpiresAt == nil || now.Before(*c.ExpiresAt))
}

// UsedSince tells whether the credential is known to have been used after the given time.
func (c Credential) UsedSince(t time.Time) bool { return c.LastUsedAt != nil && c.LastUsedAt.After(t) }

// Has tells whether a backend credential holds the scope.
func (c Credential) Has(want Scope) bool { return slices.Contains(c.Scopes, want) }

// Check refuses a credential that is neither a backend's nor an admin's, or both.
func (c Credential) Check() error {
	if err := CheckText("name", c.Name); err != nil {
		return err
	}
	if (len(c.Scopes) == 0) == (c.Role == "") {
		return InvalidField("scopes", "or role must be given, and not both")
	}
	if c.Role != "" && !c.Role.Includes(RoleViewer) {
		return InvalidField("role", "must be viewer, operator or admin")
	}
	if len(c.Scopes) > 0 && c.AppID == "" {
		return InvalidField("scopes", "belong to one app")
	}
	for _, s := range c.Scopes {
		if !slices.Contains(AllScopes, s) {
			return InvalidField("scopes", "must be among %v; got %q", AllScopes, s)
		}
	}
	return nil
}
