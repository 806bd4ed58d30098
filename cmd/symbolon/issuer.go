package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/symbolon-id/symbolon"
)

type issuerCommands struct {
	Add    issuerAddCommand    `cmd:"" help:"Let an app take the tokens of an OpenID provider."`
	Set    issuerSetCommand    `cmd:"" help:"Change how an app takes the tokens of an OpenID provider that it lists."`
	List   issuerListCommand   `cmd:"" help:"List the OpenID providers whose tokens an app takes."`
	Remove issuerRemoveCommand `cmd:"" help:"Take an OpenID provider off an app's list."`
	Check  issuerCheckCommand  `cmd:"" help:"Hold a token against an app's list, and say why it is good or not."`
}

type issuerAddCommand struct {
	inApp       `embed:""`
	output      `embed:""`
	Issuer      string   `arg:"" help:"The provider's identifier, exactly as its tokens have it in iss."`
	Audience    []string `required:"" sep:"none" placeholder:"TEXT" help:"Whom tokens must be for: the app's client id at the provider, or the identifier of its API. May be repeated."`
	issuerFlags `embed:""`
}

func (c *issuerAddCommand) Run(ctx context.Context, m *Main) error {
	wanted := symbolon.Issuer{Issuer: c.Issuer, Audiences: c.Audience}
	if err := c.onto(m, &wanted); err != nil {
		return err
	}
	app, err := changeIssuers(ctx, c.inApp, func(all []symbolon.Issuer) ([]symbolon.Issuer, error) {
		if issuerAt(all, c.Issuer) >= 0 {
			return nil, symbolon.Errorf(symbolon.ErrConflict, "%s is listed; change it by: symbolon issuer set %[1]s …", plain(c.Issuer))
		}
		return append(all, wanted), nil
	})
	if err != nil {
		return err
	}
	return c.one(m, app.Issuers[issuerAt(app.Issuers, c.Issuer)], func(w io.Writer) {
		fmt.Fprintf(w, "The app %s takes tokens of %s.\n", app.ID, plain(c.Issuer))
	})
}

// issuerAt is the place of an issuer in a list, or -1.
func issuerAt(all []symbolon.Issuer, name string) int {
	return slices.IndexFunc(all, func(i symbolon.Issuer) bool { return i.Issuer == name })
}

// listedAt is the place of an issuer that must be in the list.
func listedAt(all []symbolon.Issuer, name string) (int, error) {
	at := issuerAt(all, name)
	if at < 0 {
		return at, fmt.Errorf("the app lists no issuer %q; symbolon issuer list shows those that it does: %w", name, symbolon.ErrNotFound)
	}
	return at, nil
}

// changeIssuers changes the app's list at the version that it read: two who change it at the
// same time don't overwrite each other.
func changeIssuers(ctx context.Context, at inApp, change func([]symbolon.Issuer) ([]symbolon.Issuer, error)) (symbolon.App, error) {
	service, err := at.admin(ctx)
	if err != nil {
		return symbolon.App{}, err
	}
	app, err := service.GetApp(ctx)
	if err != nil {
		return symbolon.App{}, err
	}
	all, err := change(app.Issuers)
	if err != nil {
		return symbolon.App{}, err
	}
	return service.UpdateApp(ctx, symbolon.AppPatch{Issuers: &all}, app.Version)
}

type issuerListCommand struct {
	inApp  `embed:""`
	output `embed:""`
}

func (c *issuerListCommand) Run(ctx context.Context, m *Main) error {
	service, err := c.admin(ctx)
	if err != nil {
		return err
	}
	app, err := service.GetApp(ctx)
	if err != nil {
		return err
	}
	return printList(m, c.output, table[symbolon.Issuer]{"issuers", []column[symbolon.Issuer]{
		{"issuer", func(i symbolon.Issuer) string { return i.Issuer }},
		{"audiences", func(i symbolon.Issuer) string { return strings.Join(i.Audiences, ", ") }},
		{"user", symbolon.Issuer.User},
		{"requires", func(i symbolon.Issuer) string { return claimText(i.Require) }},
		{"factor", func(i symbolon.Issuer) string { return claimText(i.Factor) }},
		{"opaque tokens", func(i symbolon.Issuer) string {
			if i.Introspection == nil {
				return "none"
			}
			return "as " + i.Introspection.ClientID
		}},
	}}, each(app.Issuers))
}

// claimText is what claimFlags reads.
func claimText(claims map[string][]string) string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(claims)) {
		if values := claims[name]; len(values) > 0 {
			name += "=" + strings.Join(values, ",")
		}
		all = append(all, name)
	}
	return orNone(all)
}

type issuerRemoveCommand struct {
	inApp  `embed:""`
	output `embed:""`
	Issuer string `arg:"" help:"The provider's identifier, as issuer list shows it."`
}

func (c *issuerRemoveCommand) Run(ctx context.Context, m *Main) error {
	var gone symbolon.Issuer
	app, err := changeIssuers(ctx, c.inApp, func(all []symbolon.Issuer) ([]symbolon.Issuer, error) {
		at, err := listedAt(all, c.Issuer)
		if err != nil {
			return nil, err
		}
		gone = all[at]
		return slices.Delete(all, at, at+1), nil
	})
	if err != nil {
		return err
	}
	return c.one(m, gone, func(w io.Writer) {
		fmt.Fprintf(w, "The app %s takes no tokens of %s any more.\n", app.ID, plain(gone.Issuer))
	})
}
