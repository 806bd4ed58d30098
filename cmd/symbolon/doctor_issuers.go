package main

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/oidc"
	"github.com/symbolon-id/symbolon/registry"
)

// apps are all that the database holds; false where it can't be read as this program would.
func (d *doctor) apps(ctx context.Context, check string) (all []symbolon.App, ok bool) {
	if d.store == nil || d.about.Schema != d.about.Known {
		return nil, false
	}
	for after := symbolon.AppID(""); ; {
		page, err := d.store.ListApps(ctx, after, 100)
		if err != nil {
			d.fail(check, "see to the database first", "the apps can't be read: %v", err)
			return nil, false
		}
		if len(page) == 0 {
			return all, true
		}
		all, after = append(all, page...), page[len(page)-1].ID
	}
}

// issuers asks each OpenID provider that an app lists for its document and its keys.
func (d *doctor) issuers(ctx context.Context) {
	apps, ok := d.apps(ctx, "issuers")
	if !ok {
		return
	}
	listed := map[string][]symbolon.Issuer{}
	for _, app := range apps {
		for _, i := range app.Issuers {
			listed[i.Issuer] = append(listed[i.Issuer], i)
		}
	}
	if len(listed) == 0 {
		d.ok("issuers", "no app lists an OIDC issuer: users come by tickets")
		return
	}
	reader := oidc.New(oidc.Config{})
	for _, name := range slices.Sorted(maps.Keys(listed)) {
		d.issuer(ctx, reader, name, listed[name])
	}
}

func (d *doctor) issuer(ctx context.Context, reader *oidc.Issuers, name string, listed []symbolon.Issuer) {
	said, err := reader.Probe(ctx, name)
	asksNowhere := slices.ContainsFunc(listed, func(i symbolon.Issuer) bool {
		return i.Introspection != nil && i.Introspection.Endpoint == "" && said.Introspection == ""
	})
	switch {
	case err != nil:
		d.warn("issuers", "see that it runs, that this machine reaches it, and that the name is exactly the one in its tokens", "%s can't be asked: %v", name, err)
	case said.Keys == 0:
		d.warn("issuers", "see to its jwks_uri: no JWT of it is taken", "%s publishes no key that verifies tokens", name)
	case asksNowhere:
		d.warn("issuers", "symbolon issuer set … --introspection-endpoint", "%s says not where it takes questions about opaque tokens", name)
	case strings.HasPrefix(name, "http:"):
		d.ok("issuers", "%s, on this machine, publishes %s", name, count(said.Keys, "key"))
	default:
		d.ok("issuers", "%s publishes %s", name, count(said.Keys, "key"))
	}
}

// adminProvider asks the provider by which admins sign in whether they can.
func (d *doctor) adminProvider(ctx context.Context) {
	p, err := d.provider()
	if err != nil || p == nil { // a mistake in the settings is told with them
		return
	}
	said, err := oidc.New(oidc.Config{}).Probe(ctx, p.Issuer)
	switch {
	case err != nil:
		d.warn("admin sign-in", "see that it runs, that this machine reaches it, and that admin.oidc.issuer is exactly the name in its discovery document", "%s can't be asked: %v", p.Issuer, err)
	case said.Keys == 0 || !said.SignsIn:
		d.warn("admin sign-in", "see to its authorization_endpoint, token_endpoint and jwks_uri", "%s publishes too little to sign in by", p.Issuer)
	case d.PublicURL == "":
		d.warn("admin sign-in", "set public-url", "%s sends people back to %s under the public URL, and none is set", p.Issuer, registry.ProviderPath)
	default:
		d.ok("admin sign-in", "%s signs admins in; it must know the address %s%s", p.Issuer, strings.TrimSuffix(d.PublicURL, "/"), registry.ProviderPath)
	}
}
