package symbolon

import (
	"regexp"
	"slices"
	"time"
)

// AdminID names a person who administers Symbolon.
type AdminID string

// NewAdminID makes an id for an admin.
func NewAdminID() AdminID { return AdminID("adm_" + random(10)) }

// Grant is a role on one app, or on all of them.
type Grant struct {
	AppID AppID `json:"appId,omitempty" doc:"The app; absent for all apps"`
	Role  Role  `json:"role" enum:"viewer,operator,admin"`
}

// Admin is a person with an account at the portal.
type Admin struct {
	ID           AdminID    `json:"adminId"`
	Login        string     `json:"login" doc:"What they sign in by: an e-mail address or a name, in lower case"`
	Name         string     `json:"name" doc:"What people call them"`
	Grants       []Grant    `json:"grants" doc:"Their roles, each on one app or on all"`
	DisabledAt   *time.Time `json:"disabledAt,omitempty" doc:"Since when they may not sign in"`
	LastSignInAt *time.Time `json:"lastSignInAt,omitempty"`
	CreatedAt    time.Time  `json:"createdAt"`
	UpdatedAt    time.Time  `json:"updatedAt"`

	External *External `json:"external,omitempty" doc:"Who they are at the OIDC provider that the service trusts; absent for an account of its own"`

	Password string `json:"-"` // argon2id (RFC 9106) as a PHC string, or "" for none
	Epoch    int64  `json:"-"` // rises with each invitation and reset: what was given away in an earlier one is worthless
	Version  int64  `json:"-"` // rises with each change; 0 for one not stored yet
}

// MaxGrants is the most roles that one admin may have.
const MaxGrants = 100

var loginForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._%+@-]{0,253}$`)

// Check refuses an admin whose login, name or grants break their rules.
func (a Admin) Check() error {
	if !loginForm.MatchString(a.Login) {
		return InvalidField("login", "must be 1 to 254 characters of a-z, 0-9 and . _ %% + @ -, and begin with a letter or a digit")
	}
	if err := CheckText("name", a.Name); err != nil {
		return err
	}
	if len(a.Grants) == 0 || len(a.Grants) > MaxGrants {
		return InvalidField("grants", "must have from 1 to %d entries", MaxGrants)
	}
	seen := map[AppID]bool{}
	for _, g := range a.Grants {
		if !g.Role.Includes(RoleViewer) {
			return InvalidField("grants", "must have the role viewer, operator or admin; got %q", g.Role)
		}
		if seen[g.AppID] {
			return InvalidField("grants", "must name each app once")
		}
		seen[g.AppID] = true
	}
	return nil
}

// RoleOn is the role that the admin has on the app, by a grant on it or on all; with app ""
// it is the one on all. "" where they have none. On [AdminApp] only admins of all apps have one.
func (a Admin) RoleOn(app AppID) Role {
	var best Role
	for _, g := range a.Grants {
		if (g.AppID == "" || g.AppID == app && app != AdminApp) && !best.Includes(g.Role) {
			best = g.Role
		}
	}
	return overAdmins(app, best)
}

// OverAll tells whether the admin may do everything on every app, other admins included.
func (a Admin) OverAll() bool { return a.RoleOn("") == RoleAdmin && a.DisabledAt == nil }

// Apps are those on which the admin has a role, and whether it is all of them.
func (a Admin) Apps() (apps []AppID, all bool) {
	for _, g := range a.Grants {
		if g.AppID == "" {
			all = true
		} else {
			apps = append(apps, g.AppID)
		}
	}
	slices.Sort(apps)
	return apps, all
}

// SignInMethod is how an admin showed who they are.
type SignInMethod string

// The methods.
const (
	SignInSetup    SignInMethod = "setup" // by the link that the first start prints
	SignInPassword SignInMethod = "password"
	SignInPasskey  SignInMethod = "passkey" // WebAuthn Level 3
	SignInOIDC     SignInMethod = "oidc"    // OpenID Connect Core 1.0
)

// AdminSession is an admin who is signed in.
type AdminSession struct {
	ID              string       `json:"sessionId"`
	AdminID         AdminID      `json:"adminId"`
	Method          SignInMethod `json:"method" enum:"setup,password,passkey,oidc"`
	IPAddress       string       `json:"ipAddress,omitempty"`
	UserAgent       string       `json:"userAgent,omitempty"`
	CreatedAt       time.Time    `json:"createdAt"`
	LastSeenAt      time.Time    `json:"lastSeenAt" doc:"To the minute"`
	AuthenticatedAt time.Time    `json:"authenticatedAt" doc:"When they last showed who they are: dangerous actions want that to be recent"`
	ExpiresAt       time.Time    `json:"expiresAt" doc:"When it ends, however busy it is"`
	IsCurrent       bool         `json:"isCurrent,omitempty" doc:"Whether it is the one that asks"`

	DeviceID DeviceID `json:"deviceId,omitempty" doc:"The device of the app admin that the session showed; absent where it showed none"`

	Hash []byte `json:"-"` // SHA-256 of the secret in the cookie
}

// The life of an admin's session.
const (
	AdminSessionLife = 12 * time.Hour
	AdminSessionIdle = 30 * time.Minute
	RecentSignIn     = 10 * time.Minute // what counts as recent for dangerous actions
)

// Live tells whether the session counts at the given time.
func (s AdminSession) Live(now time.Time) bool {
	return now.Before(s.ExpiresAt) && now.Before(s.LastSeenAt.Add(AdminSessionIdle))
}

// Recent tells whether the admin showed lately who they are.
func (s AdminSession) Recent(now time.Time) bool {
	return now.Before(s.AuthenticatedAt.Add(RecentSignIn))
}

// SignedIn is an admin in one of their sessions.
type SignedIn struct {
	Admin   Admin        `json:"admin"`
	Session AdminSession `json:"session"`

	DeviceRequired Requirement `json:"deviceRequired,omitempty" enum:"known,trusted" doc:"Which device the policy of the app admin demands, while the session has shown none such: until then it may do no more than show one"`
}

// SetupRequest makes the first admin, or gives an invited one a password.
type SetupRequest struct {
	Token    string `json:"token" doc:"Of the link that the first start printed, or of an invitation"`
	Login    string `json:"login,omitempty" doc:"Of the first admin; an invited one has theirs"`
	Name     string `json:"name,omitempty" doc:"Of the first admin; the login where absent"`
	Password string `json:"password,omitempty" doc:"Either this or a passkey"`

	Passkey *NewPasskey `json:"passkey,omitempty" doc:"Made by the options for this link"`
}

// SignInRequest signs an admin in.
type SignInRequest struct {
	Login    string `json:"login"`
	Password string `json:"password"`
}

// ConfirmRequest shows again who an admin is: by a password or a passkey.
type ConfirmRequest struct {
	Password string         `json:"password,omitempty"`
	Passkey  *PasskeyAnswer `json:"passkey,omitempty"`
}

// PasswordRequest replaces an admin's own password.
type PasswordRequest struct {
	Password string `json:"password"`
}

// NewAdmin asks for an account.
type NewAdmin struct {
	Login  string  `json:"login"`
	Name   string  `json:"name,omitempty" doc:"The login where absent"`
	Grants []Grant `json:"grants"`
}

// AdminPatch changes what is named.
type AdminPatch struct {
	Name     *string  `json:"name,omitempty"`
	Grants   *[]Grant `json:"grants,omitempty"`
	Disabled *bool    `json:"disabled,omitempty" doc:"Whether they are kept from signing in; it ends their sessions"`
}

// Invitation lets an admin choose a password, once, by the portal's page at /admin/setup.
type Invitation struct {
	Token     string    `json:"token"`
	URL       string    `json:"url"`
	ExpiresAt time.Time `json:"expiresAt"`
}

// InvitedAdmin is a new admin with what lets them in.
type InvitedAdmin struct {
	Admin      Admin      `json:"admin"`
	Invitation Invitation `json:"invitation"`
}
