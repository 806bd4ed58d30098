package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/client"
)

type credentialCommands struct {
	Create credentialCreateCommand `cmd:"" help:"Create a credential of an app's backend, or of an admin."`
	List   credentialListCommand   `cmd:"" help:"List credentials, without their keys."`
	Revoke credentialRevokeCommand `cmd:"" help:"End a credential."`
}

// ofApp is inApp for what may also be about all apps.
type ofApp struct {
	inApp   `embed:""`
	AllApps bool `help:"Credentials of admins on all apps, instead of one app's."`
}

func (o ofApp) admin(ctx context.Context) (*client.Client, error) {
	if o.AllApps {
		return o.remote.admin()
	}
	return o.inApp.admin(ctx)
}

type credentialCreateCommand struct {
	ofApp  `embed:""`
	output `embed:""`
	Name   string             `arg:"" help:"Says where it is used."`
	Scope  []symbolon.Scope   `placeholder:"SCOPE" xor:"opens" enum:"devices:read,devices:write,decisions,tickets,users,events:read" help:"What a backend's credential opens: ${enum}. May be repeated. Default: all of them."`
	Role   symbolon.Role      `placeholder:"ROLE" xor:"opens" help:"What an admin's credential may do: viewer, operator or admin."`
	TTL    *symbolon.Duration `name:"ttl" placeholder:"DURATION" help:"How long it counts, such as P90D. Default: for good."`
}

func (c *credentialCreateCommand) Run(ctx context.Context, m *Main) error {
	if c.AllApps && c.Role == "" {
		return invalid("role", "must be given with --all-apps: viewer, operator or admin")
	}
	if c.Role == "" && len(c.Scope) == 0 {
		c.Scope = symbolon.AllScopes
	}
	service, err := c.admin(ctx)
	if err != nil {
		return err
	}
	made, err := service.CreateCredential(ctx, symbolon.NewCredential{Name: c.Name, Scopes: c.Scope, Role: c.Role, TTL: c.TTL})
	if err != nil {
		return err
	}
	return c.one(m, made, func(w io.Writer) {
		printFacts(w, fmt.Sprintf("Created the credential %q.", made.Name), fact{"Credential", string(made.ID)},
			fact{"Opens", opens(made.Credential)}, fact{"Expires", moment(made.ExpiresAt, time.Now())}, fact{"Key", made.Key})
		fmt.Fprintln(w, "\nThe key is shown this once.")
	})
}

type credentialListCommand struct {
	ofApp  `embed:""`
	output `embed:""`
}

func (c *credentialListCommand) Run(ctx context.Context, m *Main) error {
	service, err := c.admin(ctx)
	if err != nil {
		return err
	}
	list, err := service.ListCredentials(ctx)
	if err != nil {
		return err
	}
	now := time.Now()
	return printList(m, c.output, table[symbolon.Credential]{"credentials", []column[symbolon.Credential]{
		{"credential", func(c symbolon.Credential) string { return string(c.ID) }},
		{"name", func(c symbolon.Credential) string { return c.Name }},
		{"opens", opens},
		{"created", func(c symbolon.Credential) string { return ago(&c.CreatedAt, now) }},
		{"state", func(c symbolon.Credential) string { return credentialState(c, now) }},
	}}, each(list.Items))
}

type credentialRevokeCommand struct {
	ofApp  `embed:""`
	output `embed:""`
	ID     symbolon.CredentialID `arg:"" name:"credential" help:"The credential's id, cred_…."`
}

func (c *credentialRevokeCommand) Run(ctx context.Context, m *Main) error {
	service, err := c.admin(ctx)
	if err != nil {
		return err
	}
	ended, err := service.RevokeCredential(ctx, c.ID)
	if err != nil {
		return err
	}
	return c.one(m, ended, func(w io.Writer) { fmt.Fprintf(w, "Revoked the credential %q (%s).\n", plain(ended.Name), ended.ID) })
}

// opens is what a credential may do.
func opens(c symbolon.Credential) string {
	switch {
	case c.Role != "":
		return "as " + string(c.Role)
	case len(c.Scopes) == len(symbolon.AllScopes):
		return "all scopes"
	}
	return orNone(c.Scopes)
}

func credentialState(c symbolon.Credential, now time.Time) string {
	switch {
	case c.RevokedAt != nil:
		return "revoked " + ago(c.RevokedAt, now)
	case !c.Live(now):
		return "expired " + ago(c.ExpiresAt, now)
	case c.ExpiresAt != nil:
		return "ends " + ago(c.ExpiresAt, now)
	}
	return "live"
}
