package registry

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/symbolon-id/symbolon"
)

// lagIsLong is how long events may wait to be sealed before that is worth a word: sealing
// happens several times a second.
const lagIsLong = time.Minute

// Status tells how the service is set up and how it fares. What fails is told in it, and is
// no error.
func (r *Registry) Status(ctx context.Context, c symbolon.Caller) (symbolon.ServiceStatus, error) {
	if err := allow(c, "", opStatus); err != nil {
		return symbolon.ServiceStatus{}, err
	}
	s := symbolon.ServiceStatus{
		Surroundings: r.about(ctx), PublicURL: r.publicURL, At: c.At, SigningKeys: r.secrets.signingKeys(c.At),
		SignIn: r.signInStatus(), UnsealedLag: symbolon.Duration(r.lag.Load()), Issuers: []symbolon.AppIssuers{},
	}
	for i, f := range s.Places {
		age := c.At.Sub(f.BuiltAt)
		s.Places[i].AgeDays, s.Places[i].Old = int(age/symbolon.Day), age > symbolon.PlacesOld
	}
	apps, err := r.everyApp(ctx)
	if err != nil {
		s.Database.OK, s.Database.Detail = false, "it does not answer"
	}
	for _, a := range apps {
		if len(a.Issuers) > 0 {
			s.Issuers = append(s.Issuers, symbolon.AppIssuers{AppID: a.ID, Count: len(a.Issuers)})
		}
	}
	s.Checks = r.checks(ctx, s, apps)
	return s, nil
}

func (r *Registry) everyApp(ctx context.Context) (all []symbolon.App, err error) {
	after := symbolon.AppID("")
	for {
		page, err := r.store.ListApps(ctx, after, MaxPage)
		all = append(all, page...)
		if err != nil || len(page) < MaxPage {
			return all, err
		}
		after = page[len(page)-1].ID
	}
}

func (r *Registry) signInStatus() symbolon.AdminSignIn {
	s := symbolon.AdminSignIn{Passkeys: r.party != nil}
	if p := r.provider; p != nil {
		s.OIDC = &symbolon.AdminOIDC{Issuer: p.Issuer, Label: p.Label, ClientID: p.ClientID}
	}
	return s
}

// checks are what /readyz asks, and what else is amiss as far as the service itself can tell.
func (r *Registry) checks(ctx context.Context, s symbolon.ServiceStatus, apps []symbolon.App) []symbolon.Check {
	checks := []symbolon.Check{
		check("database", r.store.Ping(ctx), "it answers"),
		check("writes", r.Ready(ctx), "a write was tried and went well"),
	}
	if lag := s.UnsealedLag.Std(); lag > lagIsLong {
		checks = append(checks, symbolon.Check{Name: "sealing", Health: "warn", Detail: fmt.Sprintf("an event has waited for %s: webhooks and streams are late", lag.Round(time.Second))})
	} else {
		checks = append(checks, symbolon.Check{Name: "sealing", Health: "ok", Detail: "the log is sealed as it grows"})
	}
	checks = append(checks, publicCheck(r.publicURL), placesCheck(s.Places))
	for _, a := range apps {
		if a.ID == symbolon.AdminApp && !a.BuiltIn {
			checks = append(checks, symbolon.Check{Name: "adminApp", Health: "warn", Detail: "the app admin is one of yours from before it was built in: admins have no devices here"})
		}
	}
	return checks
}

// check is how one came out. What a store says of itself stays in the log.
func check(name string, err error, well string) symbolon.Check {
	var own *symbolon.Error
	switch {
	case err == nil:
		return symbolon.Check{Name: name, Health: "ok", Detail: well}
	case errors.As(err, &own):
		return symbolon.Check{Name: name, Health: "fail", Detail: own.Error()}
	}
	return symbolon.Check{Name: name, Health: "fail", Detail: "it failed; the service's log says why"}
}

func publicCheck(publicURL string) symbolon.Check {
	u, err := url.Parse(publicURL)
	if err != nil || u.Scheme == "https" || isThisMachine(u.Hostname()) {
		return symbolon.Check{Name: "publicUrl", Health: "ok", Detail: "https, or on this machine"}
	}
	return symbolon.Check{Name: "publicUrl", Health: "warn", Detail: "it is not encrypted: bearers and proofs can be read on the way. Put TLS before the service, and set public-url to https://…"}
}

func isThisMachine(host string) bool {
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || strings.HasPrefix(host, "127.") || host == "::1"
}

func placesCheck(files []symbolon.PlaceFile) symbolon.Check {
	for _, f := range files {
		if f.Old {
			return symbolon.Check{Name: "places", Health: "warn", Detail: fmt.Sprintf("%s is %d days old: fetch a new one; the service takes it without a restart", f.File, f.AgeDays)}
		}
	}
	if len(files) == 0 {
		return symbolon.Check{Name: "places", Health: "ok", Detail: "no file is set: risk does without places"}
	}
	return symbolon.Check{Name: "places", Health: "ok", Detail: "every file is recent"}
}

// signingKeys are the keys of the JWKS, with when each signs.
func (all secrets) signingKeys(now time.Time) []symbolon.SigningKey {
	keys := []symbolon.SigningKey{}
	present := periodAt(now)
	for n, s := range all {
		for p := present - 1; p <= present+1; p++ {
			_, kid := signingKey(s, p)
			keys = append(keys, symbolon.SigningKey{
				ID: kid, Alg: "EdDSA", From: beginOf(p), Until: beginOf(p + 1), Current: n == 0 && p == present,
			})
		}
	}
	return keys
}

func beginOf(period int64) time.Time { return time.Unix(period*int64(keyPeriod/time.Second), 0).UTC() }
