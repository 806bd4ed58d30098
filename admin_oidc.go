package symbolon

import (
	"slices"
	"strconv"
	"time"
)

// External is who an admin is at an OIDC provider: an issuer and its subject.
type External struct {
	Issuer  string `json:"issuer"`
	Subject string `json:"subject"`
}

// AdminProvider is the OpenID provider by which admins sign in, and what its claims open.
type AdminProvider struct {
	Issuer       string
	ClientID     string
	ClientSecret string // "" for a public client
	Label        string // what the portal's button says
	Scopes       []string
	LoginClaim   string // "" for email, else preferred_username, else sub
	Roles        []RoleRule
}

// RoleRule gives a role to whoever has the value in the claim, which is a text or a list.
type RoleRule struct {
	Claim string `json:"claim"`
	Value string `json:"value"`
	Role  Role   `json:"role"`
	AppID AppID  `json:"app,omitempty"` // "" for all apps
}

// Check refuses a provider that can't be meant.
func (p AdminProvider) Check() error {
	if !isIssuerURL(p.Issuer) {
		return InvalidField("issuer", "must be a URL of https (or http on this machine), without query and fragment, as the provider's discovery document has it")
	}
	if p.ClientID == "" {
		return InvalidField("client-id", "must be the id that the provider gave to this service")
	}
	if !slices.Contains(p.Scopes, "openid") {
		return InvalidField("scopes", "must have openid among them")
	}
	if len(p.Roles) == 0 {
		return InvalidField("roles", "must say which claims open what: nobody could come in")
	}
	for n, rule := range p.Roles {
		at := "roles[" + strconv.Itoa(n) + "]."
		switch {
		case rule.Claim == "" || rule.Value == "":
			return InvalidField(at+"claim", "must name a claim, and value one of its values")
		case !rule.Role.Includes(RoleViewer):
			return InvalidField(at+"role", "must be viewer, operator or admin; got %q", rule.Role)
		case rule.AppID == AdminApp:
			return InvalidField(at+"app", "must not be the app admin: admins of all apps manage it, and nobody else")
		}
	}
	return nil
}

// Grants are those of the rules that fit: on each app the highest role. None where none fits.
func (p AdminProvider) Grants(claims map[string][]string) []Grant {
	grants := []Grant{}
	for _, rule := range p.Roles {
		if !slices.Contains(claims[rule.Claim], rule.Value) {
			continue
		}
		at := slices.IndexFunc(grants, func(g Grant) bool { return g.AppID == rule.AppID })
		switch {
		case at < 0:
			grants = append(grants, Grant{AppID: rule.AppID, Role: rule.Role})
		case !grants[at].Role.Includes(rule.Role):
			grants[at].Role = rule.Role
		}
	}
	return grants
}

// SignInQuestion is what a browser is sent to the provider with (OpenID Connect Core
// §3.1.2.1, RFC 7636).
type SignInQuestion struct {
	RedirectURI string
	State       string
	Nonce       string
	Verifier    string // of PKCE; its SHA-256 is sent
	Again       bool   // show anew who one is, even if signed in there
	Now         time.Time
}

// SignInCode is what the browser came back with, and what it was sent with.
type SignInCode struct {
	SignInQuestion
	Code string
}

// AdminIdentity is who somebody is at the provider.
type AdminIdentity struct {
	External
	Login    string
	Name     string
	AuthTime time.Time           // when they showed who they are; zero where it was not said
	Claims   map[string][]string // those that roles are given by
}

// SignInWays are the ways in that the service offers beside passwords.
type SignInWays struct {
	Passkeys *PasskeyPlace `json:"passkeys,omitempty" doc:"Absent where the service is under no name that WebAuthn takes"`
	OIDC     *ProviderWay  `json:"oidc,omitempty" doc:"Absent where no provider is set"`
}

// PasskeyPlace is where passkeys work.
type PasskeyPlace struct {
	Origin string `json:"origin" doc:"The only one whose pages may use them"`
}

// ProviderWay is the button that leads to the provider.
type ProviderWay struct {
	Label string `json:"label"`
}
