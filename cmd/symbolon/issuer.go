package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/symbolon-id/symbolon"
)

type issuerCommands struct {
	Add    issuerAddCommand    `cmd:"" help:"Let an app take the tokens of an OpenID provider, or change how."`
	List   issuerListCommand   `cmd:"" help:"List the OpenID providers whose tokens an app takes."`
	Remove issuerRemoveCommand `cmd:"" help:"Take an OpenID provider off an app's list."`
	Check  issuerCheckCommand  `cmd:"" help:"Hold a token against an app's list, and say why it is good or not."`
}

type issuerAddCommand struct {
	inApp      `embed:""`
	output     `embed:""`
	Issuer     string             `arg:"" help:"The provider's identifier, exactly as its tokens have it in iss."`
	Audience   []string           `required:"" sep:"none" placeholder:"TEXT" help:"Whom tokens must be for: the app's client id at the provider, or the identifier of its API. May be repeated."`
	UserClaim  string             `placeholder:"CLAIM" help:"The claim that is the user's id. Default: sub."`
	Require    []string           `sep:"none" placeholder:"CLAIM=VALUE,…" help:"A claim that tokens must have, with the values of which it must hold one; any value, where none is given. May be repeated."`
	Factor     []string           `sep:"none" placeholder:"CLAIM=VALUE,…" help:"A claim that says, by these values, that a second factor was passed, such as amr=otp,hwk. May be repeated."`
	Algorithms []string           `placeholder:"NAME,…" help:"Signature algorithms that count. Default: RS256, PS256, ES256 and EdDSA."`
	Leeway     *symbolon.Duration `placeholder:"DURATION" help:"How far the provider's clock may be off. Default: PT30S."`

	IntrospectionClient     string         `group:"Opaque tokens:" placeholder:"ID" help:"Ask the provider about opaque tokens, as this client."`
	IntrospectionSecretFile string         `group:"Opaque tokens:" placeholder:"FILE" help:"A file with the client's secret, or - for standard input. Default: the one that is stored."`
	IntrospectionEndpoint   string         `group:"Opaque tokens:" placeholder:"URL" help:"Where to ask. Default: where discovery says."`
	IntrospectionCache      *symbolon.Span `group:"Opaque tokens:" placeholder:"DURATION" help:"How long an answer counts; PT0S for asking each time. Default: PT10S."`
}

func (c *issuerAddCommand) Run(ctx context.Context, m *Main) error {
	wanted, err := c.issuer(m)
	if err != nil {
		return err
	}
	added := false
	app, err := changeIssuers(ctx, c.inApp, func(all []symbolon.Issuer) ([]symbolon.Issuer, error) {
		at := issuerAt(all, wanted.Issuer)
		if added = at < 0; added {
			return append(all, wanted), nil
		}
		all[at] = wanted
		return all, nil
	})
	if err != nil {
		return err
	}
	did := "Changed how the app %s takes tokens of %s.\n"
	if added {
		did = "The app %s takes tokens of %s.\n"
	}
	kept := app.Issuers[issuerAt(app.Issuers, wanted.Issuer)]
	return c.one(m, kept, func(w io.Writer) { fmt.Fprintf(w, did, app.ID, plain(wanted.Issuer)) })
}

// issuerAt is the place of an issuer in a list, or -1.
func issuerAt(all []symbolon.Issuer, name string) int {
	return slices.IndexFunc(all, func(i symbolon.Issuer) bool { return i.Issuer == name })
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

func (c *issuerAddCommand) issuer(m *Main) (symbolon.Issuer, error) {
	i := symbolon.Issuer{Issuer: c.Issuer, Audiences: c.Audience, UserClaim: c.UserClaim, Algorithms: c.Algorithms, Leeway: c.Leeway}
	var err error
	if i.Require, err = claimFlags("require", c.Require); err != nil {
		return i, err
	}
	if i.Factor, err = claimFlags("factor", c.Factor); err != nil {
		return i, err
	}
	if c.IntrospectionClient == "" {
		if c.IntrospectionSecretFile != "" || c.IntrospectionEndpoint != "" || c.IntrospectionCache != nil {
			return i, invalid("introspection-client", "must be given with the other flags for opaque tokens")
		}
		return i, nil
	}
	i.Introspection = &symbolon.Introspector{Endpoint: c.IntrospectionEndpoint, ClientID: c.IntrospectionClient, CacheFor: c.IntrospectionCache}
	i.Introspection.ClientSecret, err = c.secret(m)
	return i, err
}

func (c *issuerAddCommand) secret(m *Main) (string, error) {
	var text []byte
	var err error
	switch c.IntrospectionSecretFile {
	case "":
		return "", nil
	case "-":
		text, err = io.ReadAll(m.Stdin)
	default:
		text, err = os.ReadFile(c.IntrospectionSecretFile)
	}
	if err != nil {
		return "", usageError{err}
	}
	secret := strings.TrimRight(string(text), "\r\n")
	if secret == "" {
		return "", invalid("introspection-secret-file", "must hold the client's secret; it is empty")
	}
	return secret, nil
}

// claimFlags reads flags of the form CLAIM=VALUE,VALUE. A claim may be a URL, so the last =
// counts.
func claimFlags(flag string, values []string) (map[string][]string, error) {
	claims := map[string][]string{}
	for _, v := range values {
		name, wanted := v, []string{}
		if at := strings.LastIndex(v, "="); at >= 0 {
			name, wanted = v[:at], strings.Split(v[at+1:], ",")
		}
		if name == "" || slices.Contains(wanted, "") {
			return nil, invalid(flag, "must be a claim and its values, such as amr=otp,hwk; got %q", v)
		}
		claims[name] = append(wanted, claims[name]...)
	}
	return claims, nil
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
		at := issuerAt(all, c.Issuer)
		if at < 0 {
			return nil, fmt.Errorf("the app lists no issuer %q; symbolon issuer list shows those that it does: %w", c.Issuer, symbolon.ErrNotFound)
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
