package main

import (
	"context"
	"fmt"
	"io"
	"reflect"

	"github.com/symbolon-id/symbolon"
)

type issuerSetCommand struct {
	inApp       `embed:""`
	output      `embed:""`
	Issuer      string   `arg:"" help:"The provider's identifier, as issuer list shows it."`
	Clear       []string `enum:"user-claim,require,factor,algorithms,leeway,introspection,introspection-endpoint,introspection-cache" placeholder:"NAME,…" help:"Settings to take away before the others are set: ${enum}."`
	Audience    []string `sep:"none" placeholder:"TEXT" help:"Whom tokens must be for, in place of those that are listed. May be repeated."`
	issuerFlags `embed:""`
}

// Help implements kong.HelpProvider.
func (issuerSetCommand) Help() string {
	return `A flag replaces all that the issuer has under it: --require tenant leaves no other claim required. What no flag names stays as it is, a stored secret too, as long as it goes to the same client and endpoint.`
}

func (c *issuerSetCommand) Run(ctx context.Context, m *Main) error {
	if len(c.Clear) == 0 && len(c.Audience) == 0 && reflect.ValueOf(c.issuerFlags).IsZero() {
		return invalid("issuer set", "must be told by a flag what to change")
	}
	app, err := changeIssuers(ctx, c.inApp, func(all []symbolon.Issuer) ([]symbolon.Issuer, error) {
		at, err := listedAt(all, c.Issuer)
		if err != nil {
			return nil, err
		}
		return all, c.change(m, &all[at])
	})
	if err != nil {
		return err
	}
	return c.one(m, app.Issuers[issuerAt(app.Issuers, c.Issuer)], func(w io.Writer) {
		fmt.Fprintf(w, "Changed how the app %s takes tokens of %s.\n", app.ID, plain(c.Issuer))
	})
}

func (c *issuerSetCommand) change(m *Main, i *symbolon.Issuer) error {
	for _, name := range c.Clear {
		clearSetting(i, name)
	}
	if len(c.Audience) > 0 {
		i.Audiences = c.Audience
	}
	return c.onto(m, i)
}

func clearSetting(i *symbolon.Issuer, name string) {
	in := i.Introspection
	switch {
	case name == "user-claim":
		i.UserClaim = ""
	case name == "require":
		i.Require = nil
	case name == "factor":
		i.Factor = nil
	case name == "algorithms":
		i.Algorithms = nil
	case name == "leeway":
		i.Leeway = nil
	case name == "introspection":
		i.Introspection = nil
	case name == "introspection-endpoint" && in != nil:
		in.Endpoint = ""
	case name == "introspection-cache" && in != nil:
		in.CacheFor = nil
	}
}
