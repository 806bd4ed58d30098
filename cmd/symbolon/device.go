package main

import (
	"context"
	"io"
	"strconv"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/client"
)

type deviceCommands struct {
	List     deviceListCommand     `cmd:"" help:"List devices."`
	Show     deviceShowCommand     `cmd:"" help:"Show a device."`
	Events   deviceEventsCommand   `cmd:"" help:"Show a device's timeline, the latest first."`
	Block    deviceBlockCommand    `cmd:"" help:"Block a device from its next request on."`
	Unblock  deviceUnblockCommand  `cmd:"" help:"Lift a block. Trust that the device had stays gone."`
	Trust    deviceTrustCommand    `cmd:"" help:"Trust a device."`
	Distrust deviceDistrustCommand `cmd:"" help:"End the trust in a device."`
	Approve  deviceApproveCommand  `cmd:"" help:"Let a pending device in."`
	Remove   deviceRemoveCommand   `cmd:"" help:"Remove a device."`
}

type deviceListCommand struct {
	inApp   `embed:""`
	output  `embed:""`
	User    symbolon.UserID     `placeholder:"ID" help:"Of this user only."`
	Status  symbolon.Status     `placeholder:"STATUS" enum:",active,pending,blocked,unbound" default:"" help:"In this state only: active, pending, blocked or unbound."`
	Type    symbolon.DeviceType `placeholder:"TYPE" enum:",desktop,laptop,mobile,tablet,browser,api_client,smart_tv,wearable" default:"" help:"Of this type only: desktop, laptop, mobile, tablet, browser, api_client, smart_tv or wearable."`
	Trusted *bool               `negatable:"" help:"Only those that are trusted now, or are not."`
	KeyID   symbolon.KeyID      `name:"key-id" placeholder:"ID" help:"Of this key only."`
	Search  string              `placeholder:"TEXT" help:"Only where a user, key or name begins so."`
	Sort    symbolon.DeviceSort `placeholder:"ORDER" enum:"lastUsed,created,risk,name" default:"lastUsed" help:"lastUsed, created, risk or name. Default: ${default}."`
	Limit   int                 `short:"n" placeholder:"N" help:"At most this many. Default: all."`
}

func (c *deviceListCommand) Run(ctx context.Context, m *Main) error {
	service, err := c.admin(ctx)
	if err != nil {
		return err
	}
	if c.Limit < 0 {
		return invalid("limit", "must not be negative; got %d", c.Limit)
	}
	devices := service.Devices(ctx, client.DeviceFilter{
		User: c.User, Status: c.Status, Type: c.Type, Trusted: c.Trusted, KeyID: c.KeyID, Prefix: c.Search, Sort: c.Sort,
	})
	return printList(m, c.output, deviceTable(time.Now(), c.User == ""), first(c.Limit, devices))
}

func deviceTable(now time.Time, withUser bool) table[symbolon.Device] {
	columns := []column[symbolon.Device]{
		{"device", func(d symbolon.Device) string { return string(d.ID) }},
		{"user", func(d symbolon.Device) string { return string(d.UserID) }},
		{"name", func(d symbolon.Device) string { return d.Name }},
		{"type", func(d symbolon.Device) string { return string(d.Type) }},
		{"status", func(d symbolon.Device) string { return string(d.Status) }},
		{"trust", func(d symbolon.Device) string { return trustIn(d, now) }},
		{"last used", func(d symbolon.Device) string { return ago(d.LastUsedAt, now) }},
		{"risk", func(d symbolon.Device) string { return strconv.Itoa(d.RiskScore) }},
	}
	if !withUser {
		columns = append(columns[:1], columns[2:]...)
	}
	return table[symbolon.Device]{"devices", columns}
}

// trustIn is what a device's record says of its trust. That the policy may end it earlier
// only the service knows.
func trustIn(d symbolon.Device, now time.Time) string {
	switch t := d.Trust; {
	case t == nil:
		return "no"
	case t.RevokedAt != nil:
		return "revoked"
	case t.TrustedUntil == nil:
		return "permanent"
	case !now.Before(*t.TrustedUntil):
		return "ended"
	default:
		return "ends " + ago(t.TrustedUntil, now)
	}
}

// inDevice is inApp for what is about one device.
type inDevice struct {
	inApp  `embed:""`
	output `embed:""`
	ID     symbolon.DeviceID `arg:"" name:"device" help:"The device's id."`
}

type deviceShowCommand struct{ inDevice }

func (c *deviceShowCommand) Run(ctx context.Context, m *Main) error {
	service, err := c.admin(ctx)
	if err != nil {
		return err
	}
	d, err := service.GetDevice(ctx, c.ID)
	if err != nil {
		return err
	}
	return c.one(m, d, func(w io.Writer) { printDevice(w, d, time.Now()) })
}

func printDevice(w io.Writer, d symbolon.Device, now time.Time) {
	facts := []fact{
		{"Device", string(d.ID)},
		{"User", string(d.UserID)},
		{"Status", string(d.Status)},
		{"Trust", trustIn(d, now)},
		{"Type", string(d.Type)},
		{"System", d.OperatingSystem},
		{"Browser", d.Browser},
		{"Address", d.IPAddress},
		{"Location", d.Location},
		{"Key", string(d.KeyID)},
		{"Kept in", string(d.KeyStorage)},
		{"Risk", strconv.Itoa(d.RiskScore)},
		{"Sign-ins", strconv.FormatInt(d.UsageCount, 10)},
		{"Last used", moment(d.LastUsedAt, now)},
		{"Last trusted", moment(d.LastVerifiedAt, now)},
		{"Created", moment(&d.CreatedAt, now)},
		{"Updated", moment(&d.UpdatedAt, now)},
		{"Metadata", string(d.Metadata)},
	}
	if b := d.Block; b != nil {
		facts = append(facts, fact{"Blocked", moment(&b.At, now)}, fact{"By", b.By}, fact{"Because", b.Reason + string(b.Cause)}, fact{"Until", moment(b.Until, now)})
	}
	if t := d.Trust; t != nil {
		facts = append(facts, fact{"Trusted", moment(&t.TrustedAt, now)}, fact{"Trusted until", moment(t.TrustedUntil, now)},
			fact{"Revoked", moment(t.RevokedAt, now)}, fact{"Revoked for", t.RevokedReason})
	}
	printFacts(w, d.Name, facts...)
}

type deviceEventsCommand struct {
	inDevice
	Limit int `short:"n" default:"20" placeholder:"N" help:"At most this many, 0 for all. Default: ${default}."`
}

func (c *deviceEventsCommand) Run(ctx context.Context, m *Main) error {
	service, err := c.admin(ctx)
	if err != nil {
		return err
	}
	if c.Limit < 0 {
		return invalid("limit", "must not be negative; got %d", c.Limit)
	}
	return printList(m, c.output, eventTable(), first(c.Limit, service.DeviceEvents(ctx, c.ID)))
}
