package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/client"
	"github.com/symbolon-id/symbolon/registry"
)

type adminCommands struct {
	Link    adminLinkCommand    `cmd:"" help:"Make the link by which the first admin comes in, while there is none."`
	Create  adminCreateCommand  `cmd:"" help:"Create an account at the portal, with an invitation."`
	List    adminListCommand    `cmd:"" help:"List the accounts."`
	Invite  adminInviteCommand  `cmd:"" help:"Give an admin a new way in, such as after a forgotten password."`
	Disable adminDisableCommand `cmd:"" help:"Keep an admin out, and end their sessions."`
	Enable  adminEnableCommand  `cmd:"" help:"Let an admin in again."`
	Remove  adminRemoveCommand  `cmd:"" help:"Remove an account with its sessions."`
}

type adminLinkCommand struct {
	remote `embed:""`
	output `embed:""`
}

func (c *adminLinkCommand) Run(ctx context.Context, m *Main) error {
	service, err := c.admin()
	if err != nil {
		return err
	}
	link, err := service.CreateSetupLink(ctx)
	if err != nil {
		return err
	}
	return c.one(m, link, func(w io.Writer) { printWayIn(w, "The first admin comes in by this address:", link) })
}

// printWayIn shows an address that is a secret.
func printWayIn(w io.Writer, what string, link symbolon.Invitation) {
	fmt.Fprintf(w, "%s\n\n  %s\n\nIt counts once, until %s. Whoever has it gets in.\n", what, link.URL, link.ExpiresAt.Local().Format("15:04 on 2 January"))
}

type adminCreateCommand struct {
	remote `embed:""`
	output `embed:""`
	Login  string        `arg:"" help:"What they sign in by: an e-mail address or a name, in lower case."`
	Name   string        `placeholder:"TEXT" help:"What people call them. Default: the login."`
	Role   symbolon.Role `required:"" enum:"viewer,operator,admin" placeholder:"ROLE" help:"What they may do: ${enum}."`
	App    []string      `placeholder:"APP" help:"On which app. May be repeated. Default: on all apps."`
}

func (c *adminCreateCommand) Run(ctx context.Context, m *Main) error {
	service, err := c.admin()
	if err != nil {
		return err
	}
	grants := []symbolon.Grant{{Role: c.Role}}
	if len(c.App) > 0 {
		grants = nil
	}
	for _, app := range c.App {
		grants = append(grants, symbolon.Grant{AppID: symbolon.AppID(app), Role: c.Role})
	}
	made, err := service.CreateAdmin(ctx, symbolon.NewAdmin{Login: c.Login, Name: c.Name, Grants: grants})
	if err != nil {
		return err
	}
	return c.one(m, made, func(w io.Writer) { printInvited(w, "Created the admin %s.", made) })
}

func printInvited(w io.Writer, what string, made symbolon.InvitedAdmin) {
	fmt.Fprintf(w, what+"\n\n", plain(made.Admin.Login))
	printWayIn(w, "They choose a password at this address:", made.Invitation)
}

type adminListCommand struct {
	remote `embed:""`
	output `embed:""`
}

func (c *adminListCommand) Run(ctx context.Context, m *Main) error {
	service, err := c.admin()
	if err != nil {
		return err
	}
	all, err := admins(ctx, service)
	if err != nil {
		return err
	}
	now := time.Now()
	return printList(m, c.output, table[symbolon.Admin]{"admins", []column[symbolon.Admin]{
		{"login", func(a symbolon.Admin) string { return a.Login }},
		{"name", func(a symbolon.Admin) string { return a.Name }},
		{"may", grantsOf},
		{"signed in", func(a symbolon.Admin) string { return ago(a.LastSignInAt, now) }},
		{"state", func(a symbolon.Admin) string {
			if a.DisabledAt != nil {
				return "disabled"
			}
			return "active"
		}},
	}}, each(all))
}

func admins(ctx context.Context, service *client.Client) (all []symbolon.Admin, err error) {
	for page := (client.Page{}); ; {
		got, err := service.ListAdmins(ctx, page)
		if err != nil {
			return nil, err
		}
		all = append(all, got.Items...)
		if page.Cursor = got.NextCursor; page.Cursor == "" {
			return all, nil
		}
	}
}

func grantsOf(a symbolon.Admin) string {
	var texts []string
	for _, g := range a.Grants {
		on := string(g.AppID)
		if on == "" {
			on = "all apps"
		}
		texts = append(texts, string(g.Role)+" of "+on)
	}
	return strings.Join(texts, ", ")
}

// oneAdmin is whom a command is about, by login.
type oneAdmin struct {
	remote `embed:""`
	output `embed:""`
	Login  string `arg:"" help:"The admin's login."`
}

func (c oneAdmin) find(ctx context.Context) (*client.Client, symbolon.Admin, error) {
	service, err := c.admin()
	if err != nil {
		return nil, symbolon.Admin{}, err
	}
	all, err := admins(ctx, service)
	if err != nil {
		return nil, symbolon.Admin{}, err
	}
	for _, a := range all {
		if a.Login == c.Login {
			return service, a, nil
		}
	}
	return nil, symbolon.Admin{}, symbolon.Errorf(symbolon.ErrNotFound, "there is no admin with the login %q", c.Login)
}

type adminInviteCommand struct {
	oneAdmin `embed:""`
}

func (c *adminInviteCommand) Run(ctx context.Context, m *Main) error {
	service, a, err := c.find(ctx)
	if err != nil {
		return err
	}
	made, err := service.InviteAdmin(ctx, a.ID)
	if err != nil {
		return err
	}
	return c.one(m, made, func(w io.Writer) { printInvited(w, "Invited the admin %s.", made) })
}

type adminDisableCommand struct {
	oneAdmin `embed:""`
}

func (c *adminDisableCommand) Run(ctx context.Context, m *Main) error {
	return c.disable(ctx, m, true, "Disabled")
}

type adminEnableCommand struct {
	oneAdmin `embed:""`
}

func (c *adminEnableCommand) Run(ctx context.Context, m *Main) error {
	return c.disable(ctx, m, false, "Enabled")
}

func (c oneAdmin) disable(ctx context.Context, m *Main, out bool, did string) error {
	service, a, err := c.find(ctx)
	if err != nil {
		return err
	}
	if a, err = service.UpdateAdmin(ctx, a.ID, symbolon.AdminPatch{Disabled: &out}); err != nil {
		return err
	}
	return c.one(m, a, func(w io.Writer) { fmt.Fprintf(w, "%s the admin %s.\n", did, plain(a.Login)) })
}

type adminRemoveCommand struct {
	oneAdmin  `embed:""`
	confirmed `embed:""`
}

func (c *adminRemoveCommand) Run(ctx context.Context, m *Main) error {
	service, a, err := c.find(ctx)
	if err != nil {
		return err
	}
	if err := c.ask(ctx, m, "This removes the account of %s and signs them out.", plain(a.Login)); err != nil {
		return err
	}
	if err := service.RemoveAdmin(ctx, a.ID); err != nil {
		return err
	}
	return c.one(m, a, func(w io.Writer) { fmt.Fprintf(w, "Removed the admin %s.\n", plain(a.Login)) })
}

// showWayIn tells whoever starts the service at a terminal how the first admin comes in. It
// is never logged, nor printed where what is printed is kept.
func showWayIn(ctx context.Context, w io.Writer, r *registry.Registry, now time.Time) error {
	if !isTerminal(w) {
		return nil
	}
	link, err := r.SetupLink(ctx, symbolon.Caller{Kind: symbolon.CallerSystem, At: now})
	switch {
	case errors.Is(err, symbolon.ErrConflict):
		return nil
	case err != nil:
		return err
	}
	fmt.Fprintln(w)
	printWayIn(w, "There is no admin yet. The first one comes in by this address:", link)
	return nil
}
