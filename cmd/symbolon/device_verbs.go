package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/client"
)

// change does something to the device, and says what.
func (c inDevice) change(ctx context.Context, m *Main, did string, do func(*client.Client) (symbolon.Device, error)) error {
	service, err := c.admin(ctx)
	if err != nil {
		return err
	}
	d, err := do(service)
	if err != nil {
		return err
	}
	return c.one(m, d, func(w io.Writer) {
		fmt.Fprintf(w, "%s %s: it is %s, trust: %s.\n", did, plain(describeDevice(d)), d.Status, trustIn(d, time.Now()))
	})
}

func describeDevice(d symbolon.Device) string {
	return fmt.Sprintf("%q (%s) of the user %q", d.Name, d.ID, d.UserID)
}

type deviceBlockCommand struct {
	inDevice
	Reason   string             `required:"" placeholder:"TEXT" help:"What support staff will read later."`
	Until    *time.Time         `xor:"end" placeholder:"TIME" help:"When it ends by itself, such as 2027-01-31T12:00:00Z. Default: never."`
	For      *symbolon.Duration `xor:"end" placeholder:"DURATION" help:"After how long it ends by itself, such as P7D."`
	AllUsers bool               `help:"Block the key for all its users, present and future."`
}

func (c *deviceBlockCommand) Run(ctx context.Context, m *Main) error {
	return c.change(ctx, m, "Blocked", func(service *client.Client) (symbolon.Device, error) {
		until := c.Until
		if c.For != nil {
			end := time.Now().Add(c.For.Std())
			until = &end
		}
		return service.BlockDevice(ctx, c.ID, symbolon.BlockRequest{Reason: c.Reason, Until: until, AllUsers: c.AllUsers})
	})
}

type deviceUnblockCommand struct {
	inDevice
	AllUsers bool `help:"Lift the block of the key for all its users too."`
}

func (c *deviceUnblockCommand) Run(ctx context.Context, m *Main) error {
	return c.change(ctx, m, "Unblocked", func(service *client.Client) (symbolon.Device, error) {
		return service.UnblockDevice(ctx, c.ID, symbolon.UnblockRequest{AllUsers: c.AllUsers})
	})
}

type deviceTrustCommand struct {
	inDevice
	For       *symbolon.Duration `xor:"end" placeholder:"DURATION" help:"For how long, such as P30D. Default: what the policy says."`
	Until     *time.Time         `xor:"end" placeholder:"TIME" help:"Until when, such as 2027-01-31T12:00:00Z."`
	Permanent bool               `xor:"end" help:"For good, where the policy allows it."`
	Factor    string             `placeholder:"NAME" help:"The second factor that was passed, as an RFC 8176 name such as otp."`
}

func (c *deviceTrustCommand) Run(ctx context.Context, m *Main) error {
	return c.change(ctx, m, "Trusted", func(service *client.Client) (symbolon.Device, error) {
		terms := symbolon.TrustTerms{Duration: c.For, Until: c.Until, Permanent: c.Permanent}
		return service.TrustDevice(ctx, c.ID, symbolon.TrustRequest{Factor: c.Factor, TrustTerms: terms})
	})
}

type deviceDistrustCommand struct {
	inDevice
	Reason string `placeholder:"TEXT" help:"What support staff will read later."`
}

func (c *deviceDistrustCommand) Run(ctx context.Context, m *Main) error {
	return c.change(ctx, m, "Ended the trust in", func(service *client.Client) (symbolon.Device, error) {
		return service.DistrustDevice(ctx, c.ID, symbolon.DistrustRequest{Reason: c.Reason})
	})
}

type deviceApproveCommand struct{ inDevice }

func (c *deviceApproveCommand) Run(ctx context.Context, m *Main) error {
	return c.change(ctx, m, "Approved", func(service *client.Client) (symbolon.Device, error) {
		return service.ApproveDevice(ctx, c.ID)
	})
}

type deviceRemoveCommand struct {
	inDevice
	confirmed `embed:""`
}

func (c *deviceRemoveCommand) Run(ctx context.Context, m *Main) error {
	service, err := c.admin(ctx)
	if err != nil {
		return err
	}
	d, err := service.GetDevice(ctx, c.ID)
	if err != nil {
		return err
	}
	if err := c.ask(ctx, m, "This removes the device %s. It has to register again to come back.", describeDevice(d)); err != nil {
		return err
	}
	if err := service.RemoveDevice(ctx, c.ID); err != nil {
		return err
	}
	return c.one(m, d, func(w io.Writer) { fmt.Fprintf(w, "Removed %s.\n", plain(describeDevice(d))) })
}
