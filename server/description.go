package server

import (
	"encoding/json"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/symbolon-id/symbolon"
)

const aboutAPI = `Whether the device in front of an app belongs to the user who claims it, whether that
user trusts it, and how risky it looks. A device is known only by a key that can't leave it.

Who calls: a **client** (a device; no credential), a **user** (bearer: a ticket that the app's backend
obtained, or a token of an OIDC issuer that the app lists), an app's **backend** (bearer: a credential with scopes) or an **admin** (bearer: a credential with
a role). Errors are RFC 9457 problems with a stable ` + "`code`" + `. Writes that list it take an
` + "`Idempotency-Key`" + `. Ids are opaque and percent-encoded in paths; the ids . and .. as %2E and %2E%2E.`

// OpenAPI is the description of the API as YAML. It is the same for the same code.
func OpenAPI() ([]byte, error) { return New(Config{}).api.OpenAPI().YAML() }

func (s *Server) newAPI(publicURL string) huma.API {
	schemas := huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)
	schemas.RegisterTypeAlias(reflect.TypeFor[json.RawMessage](), reflect.TypeFor[freeObject]())
	schemas.RegisterTypeAlias(reflect.TypeFor[symbolon.Duration](), reflect.TypeFor[isoDuration]())
	schemas.RegisterTypeAlias(reflect.TypeFor[symbolon.Span](), reflect.TypeFor[isoDuration]())
	description := &huma.OpenAPI{
		OpenAPI: "3.1.0",
		Info: &huma.Info{
			Title: "Symbolon", Version: "1", Description: aboutAPI,
			License: &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"},
		},
		Components: &huma.Components{Schemas: schemas, SecuritySchemes: securitySchemes()},
		Tags:       tags,
	}
	if publicURL != "" {
		description.Servers = []*huma.Server{{URL: strings.TrimSuffix(publicURL, "/")}}
	}
	return huma.NewAPI(huma.Config{
		OpenAPI: description, DefaultFormat: jsonType, RejectUnknownQueryParameters: true,
		Formats: map[string]huma.Format{jsonType: strictJSON, "json": strictJSON},
	}, adapter{s})
}

var tags = []*huma.Tag{
	{Name: "Decisions", Description: "Challenges, the decisions over their proofs, and tickets"},
	{Name: "Devices", Description: "The identities (app, user, key), and what may be done to them"},
	{Name: "Users", Description: "All devices of one user"},
	{Name: "Self-service", Description: "What users do with their own devices"},
	{Name: "Events", Description: "The log: audit trail and outbox at once"},
	{Name: "Incidents", Description: "Work on all devices that match, which goes on by itself"},
	{Name: "Admins", Description: "The people who administer Symbolon, and their sessions at the portal"},
	{Name: "Apps", Description: "Apps, their policy and their credentials"},
}

func securitySchemes() map[string]*huma.SecurityScheme {
	bearer := func(description string) *huma.SecurityScheme {
		return &huma.SecurityScheme{Type: "http", Scheme: "bearer", Description: description}
	}
	return map[string]*huma.SecurityScheme{
		"user":    bearer("A ticket that the app's backend obtained for its user, or a token of one of the app's OIDC issuers"),
		"backend": bearer("A credential of the app's backend, sk_…"),
		"session": {Type: "apiKey", In: "cookie", Name: sessionCookie, Description: "An admin who signed in at the portal. Over https its name begins with __Host-"},
		"admin":   bearer("A credential of an admin, sk_…, or the service's admin key"),
	}
}

var callerNames = []struct {
	who    callers
	scheme string
	name   string
}{{clients, "", "clients"}, {users, "user", "users"}, {backends, "backend", "backends"}, {admins, "admin", "admins"}, {admins | people, "session", "admins in a session"}}

func (c callers) security() []map[string][]string {
	var alternatives []map[string][]string
	for _, n := range callerNames {
		switch {
		case c&n.who == 0:
		case n.scheme == "":
			alternatives = append(alternatives, map[string][]string{})
		default:
			alternatives = append(alternatives, map[string][]string{n.scheme: {}})
		}
	}
	return alternatives
}

func (c callers) describe() string { return "For " + c.names() + "." }

func (c callers) names() string {
	var names []string
	for _, n := range callerNames {
		if c&n.who != 0 && (n.who&people == 0 || c&admins == 0) {
			names = append(names, n.name)
		}
	}
	if last := len(names) - 1; last > 1 {
		names = []string{strings.Join(names[:last], ", "), names[last]}
	}
	return strings.Join(names, " and ")
}

func idempotencyParam() *huma.Param {
	return &huma.Param{
		Name: "Idempotency-Key", In: "header",
		Description: "1 to 255 characters that name this write: a repeat of what was done gets the same answer again, for 24 hours",
		Schema:      &huma.Schema{Type: huma.TypeString},
	}
}

func (s *Server) problemSchema() *huma.Schema {
	return s.api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Problem](), true, "")
}

// freeObject stands for a JSON object whose members are the app's own.
type freeObject struct{}

// Schema implements huma.SchemaProvider.
func (freeObject) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeObject, Nullable: true, AdditionalProperties: true}
}

// isoDuration stands for an ISO 8601 duration.
type isoDuration struct{}

// Schema implements huma.SchemaProvider.
func (isoDuration) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Type: huma.TypeString, Nullable: true, Examples: []any{"P30D"},
		Pattern: `^P(\d+W)?(\d+D)?(T(\d+H)?(\d+M)?(\d+S)?)?$`, PatternDescription: "an ISO 8601 duration such as P30D or PT10M",
	}
}
