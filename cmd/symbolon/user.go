package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/client"
)

type userCommands struct {
	Devices        userDevicesCommand    `cmd:"" help:"List a user's devices."`
	Export         userExportCommand     `cmd:"" help:"Print all that is kept of a user, as JSON."`
	Erase          userEraseCommand      `cmd:"" help:"Erase all that is kept of a user."`
	Revoke         userRevokeCommand     `cmd:"" help:"Do to a user's devices what the policy says for what happened."`
	Reactivate     userReactivateCommand `cmd:"" help:"Admit a deactivated user again."`
	LiftTombstones userLiftCommand       `cmd:"" help:"Let the keys of a user's blocked and removed devices come back."`
}

// inUser is inApp for what is about one user.
type inUser struct {
	inApp  `embed:""`
	output `embed:""`
	ID     symbolon.UserID `arg:"" name:"user" help:"The user's id, as the app has it."`
}

// change does something to the user, and says what.
func change[T any](ctx context.Context, m *Main, c inUser, do func(*client.Client) (T, error), say func(io.Writer, T)) error {
	service, err := c.admin(ctx)
	if err != nil {
		return err
	}
	done, err := do(service)
	if err != nil {
		return err
	}
	return c.one(m, done, func(w io.Writer) { say(w, done) })
}

type userDevicesCommand struct {
	inUser
	Trusted bool `help:"The flat records of those that are or were trusted."`
}

func (c *userDevicesCommand) Run(ctx context.Context, m *Main) error {
	service, err := c.admin(ctx)
	if err != nil {
		return err
	}
	now := time.Now()
	if c.Trusted {
		list, err := service.ListTrustedDevices(ctx, c.ID)
		if err != nil {
			return err
		}
		return printList(m, c.output, trustedTable(now), each(list.Items))
	}
	page, err := service.ListUserDevices(ctx, c.ID)
	if err != nil {
		return err
	}
	return printList(m, c.output, deviceTable(now, false), each(page.Items))
}

func trustedTable(now time.Time) table[symbolon.TrustedDevice] {
	type record = symbolon.TrustedDevice
	return table[record]{"trusted devices", []column[record]{
		{"device", func(r record) string { return string(r.DeviceID) }},
		{"name", func(r record) string { return r.DeviceName }},
		{"type", func(r record) string { return string(r.DeviceType) }},
		{"trusted", func(r record) string { return ago(&r.TrustedAt, now) }},
		{"now", func(r record) string {
			switch {
			case r.IsActive:
				return "yes"
			case r.RevokedAt != nil:
				return "revoked " + ago(r.RevokedAt, now)
			}
			return "no"
		}},
		{"last used", func(r record) string { return ago(r.LastUsedAt, now) }},
	}}
}

type userExportCommand struct {
	inApp `embed:""`
	ID    symbolon.UserID `arg:"" name:"user" help:"The user's id, as the app has it."`
}

func (c *userExportCommand) Run(ctx context.Context, m *Main) error {
	service, err := c.admin(ctx)
	if err != nil {
		return err
	}
	all, err := service.ExportUser(ctx, c.ID)
	if err != nil {
		return err
	}
	e := json.NewEncoder(m.Stdout)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(all)
}

type userEraseCommand struct {
	inUser
	confirmed `embed:""`
}

func (c *userEraseCommand) Run(ctx context.Context, m *Main) error {
	if err := c.ask(ctx, m, "This erases all that is kept of the user %q: devices, trust and history.", c.ID); err != nil {
		return err
	}
	return change(ctx, m, c.inUser, func(service *client.Client) (symbolon.Erasure, error) {
		return service.EraseUser(ctx, c.ID)
	}, func(w io.Writer, e symbolon.Erasure) {
		fmt.Fprintf(w, "Erased the user, with %s.\n", count(e.Devices, "device"))
	})
}

type userRevokeCommand struct {
	inUser
	Cause symbolon.Cause `arg:"" enum:"password_changed,factor_reset,user_deactivated,email_changed,suspicious,sign_out_everywhere" help:"What happened: ${enum}."`
}

func (c *userRevokeCommand) Run(ctx context.Context, m *Main) error {
	return change(ctx, m, c.inUser, func(service *client.Client) (symbolon.Revocation, error) {
		return service.RevokeUser(ctx, c.ID, c.Cause)
	}, func(w io.Writer, r symbolon.Revocation) {
		fmt.Fprintf(w, "The policy says %s for %s: it changed %s. Sign-ins from before now no longer count.\n", r.Effect, r.Cause, count(len(r.Devices), "device"))
	})
}

type userReactivateCommand struct{ inUser }

func (c *userReactivateCommand) Run(ctx context.Context, m *Main) error {
	return change(ctx, m, c.inUser, func(service *client.Client) (symbolon.Revocation, error) {
		return service.ReactivateUser(ctx, c.ID)
	}, func(w io.Writer, r symbolon.Revocation) {
		fmt.Fprintf(w, "The user may sign in again; %s unblocked.\n", count(len(r.Devices), "device"))
	})
}

type userLiftCommand struct{ inUser }

func (c *userLiftCommand) Run(ctx context.Context, m *Main) error {
	return change(ctx, m, c.inUser, func(service *client.Client) (symbolon.LiftedTombstones, error) {
		return service.LiftTombstones(ctx, c.ID)
	}, func(w io.Writer, l symbolon.LiftedTombstones) {
		fmt.Fprintf(w, "Lifted %s.\n", count(l.Lifted, "tombstone"))
	})
}

// count is a number of things in words.
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
