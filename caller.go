package symbolon

import "time"

// CallerKind says in which part a caller comes.
type CallerKind string

// The kinds of callers (and, in events, of actors).
const (
	CallerClient  CallerKind = "client"  // a device; nobody vouches for its user
	CallerUser    CallerKind = "user"    // an assertion says who the user is
	CallerBackend CallerKind = "backend" // an app's credential
	CallerAdmin   CallerKind = "admin"
	CallerSystem  CallerKind = "system" // Symbolon itself, at its own schedule
)

// Caller is who asks, as far as authentication could tell. The zero value may do nothing.
type Caller struct {
	Kind       CallerKind
	AppID      AppID // the app it may act on; "" for an admin on all apps
	Credential CredentialID
	Scopes     []Scope    // of a backend
	Role       Role       // of an admin's credential
	Admin      *SignedIn  // of an admin who signed in as a person
	Assertion  *Assertion // of a user
	Address    string     // the IP address of the connection, or ""
	At         time.Time  // the moment of the request, read once and passed down
}

// Actor is the caller as events name it.
func (c Caller) Actor() Actor {
	if c.Kind == CallerUser && c.Assertion != nil {
		return Actor{Kind: CallerUser, ID: string(c.Assertion.UserID)}
	}
	if c.Admin != nil {
		return Actor{Kind: c.Kind, ID: string(c.Admin.Admin.ID)}
	}
	return Actor{Kind: c.Kind, ID: string(c.Credential)}
}

// RoleOn is the role that an admin has on the app; on all of them with app "". "" for none.
func (c Caller) RoleOn(app AppID) Role {
	switch {
	case c.Kind != CallerAdmin:
		return ""
	case c.Withheld():
		return ""
	case c.Admin != nil:
		return c.Admin.Admin.RoleOn(app)
	case c.AppID == "" || c.AppID == app && app != AdminApp:
		return overAdmins(app, c.Role)
	}
	return ""
}

// Withheld tells whether an admin's session has to show a device before their roles count.
func (c Caller) Withheld() bool { return c.Admin != nil && c.Admin.DeviceRequired != "" }

// Staff tells whether the caller acts for the app or its operator, not for a user.
func (c Caller) Staff() bool {
	return c.Kind == CallerBackend || c.Kind == CallerAdmin || c.Kind == CallerSystem
}

// Assertion says who the user is: a ticket that we issued, or a token of an OIDC issuer
// that the app has configured.
type Assertion struct {
	Issuer    string // of the OIDC token; "" for a ticket
	AppID     AppID
	UserID    UserID
	AuthTime  time.Time   // when the user authenticated
	AsOfIssue bool        // nobody said when: AuthTime is when the ticket or token was issued
	Epoch     string      // the user's, when the ticket was issued
	Methods   []string    // amr, RFC 8176
	Factor    string      // the second factor that was passed, or ""
	Trust     *TrustTerms // trust to apply at registration, or nil
	ID        string      // of a ticket (jti): a registration spends it
	Expires   time.Time
}

// FactorAge is how long a second factor in an assertion counts as fresh.
const FactorAge = 10 * time.Minute

// FreshFactor tells whether a second factor was passed less than [FactorAge] ago. A token
// that does not say when is none that can tell: a provider renews tokens without its user.
func (a Assertion) FreshFactor(now time.Time) bool {
	age := now.Sub(a.AuthTime)
	renewed := a.Issuer != "" && a.AsOfIssue
	return a.Factor != "" && !renewed && age >= -time.Minute && age < FactorAge
}

// Actor is who caused an event.
type Actor struct {
	Kind CallerKind `json:"kind" enum:"client,user,backend,admin,system"`
	ID   string     `json:"id,omitempty" doc:"The id of the credential, the admin or the user"`
}

// String is the form in which a record names who did it: "admin:cred_…", "system".
func (a Actor) String() string {
	if a.ID == "" {
		return string(a.Kind)
	}
	return string(a.Kind) + ":" + a.ID
}
