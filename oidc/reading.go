package oidc

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/symbolon-id/symbolon"
)

// reading is what an issuer said, by its signature or on being asked, in the hands of those
// who asked.
type reading struct {
	q      symbolon.IssuerQuestion
	issuer symbolon.Issuer
	claims claims
	access bool // an access token, not an ID token
}

// validate holds the claims of a JWT against the app's settings (OpenID Connect Core
// §3.1.3.7, RFC 9068 §4), but for those that name the user.
func (r reading) validate() error {
	return follows(r.isAssertion, r.isForApp, r.isForUs, r.isLive, r.hasEnd)
}

// follows is the first refusal by the rules.
func follows(rules ...func() error) error {
	for _, rule := range rules {
		if err := rule(); err != nil {
			return err
		}
	}
	return nil
}

// isAssertion refuses what carries claims of an issuer but is no bearer's.
func (r reading) isAssertion() error {
	switch {
	case r.claims.has("cnf"):
		return refuse("is bound to a key (cnf) and counts only with a proof by it, which is not taken here; send one that is not bound")
	case r.claims.has("events"):
		return refuse("tells of an event (RFC 8417), such as a logout, and is no ID token or access token")
	}
	return r.isNoRefreshToken()
}

// isNoRefreshToken refuses what says that it is for the issuer alone: by token_use, or as
// Keycloak says it.
func (r reading) isNoRefreshToken() error {
	use, _ := r.claims.text(tokenUse)
	if r.claims.has(tokenUse) && !slices.Contains([]string{"id", "id_token", access, accessOnly}, use) {
		return refuse("is a %s (token_use) and no ID token or access token", shown(use))
	}
	kind, _ := r.claims.text("typ")
	if slices.Contains([]string{"refresh", "offline"}, strings.ToLower(kind)) {
		return refuse("is of the type %s (its claim typ) and no ID token or access token", shown(kind))
	}
	return nil
}

// isForApp wants one of the app's audiences (Core §3.1.3.7 step 3).
func (r reading) isForApp() error {
	for _, aud := range r.claims.audience() {
		if slices.Contains(r.issuer.Audiences, aud) {
			return nil
		}
	}
	return refuse("is for the audience %s; the app takes %s", list(r.claims.audience()), list(r.issuer.Audiences))
}

// isForUs wants a token for several audiences to be issued to one of the app's, unless it says
// that it is an access token (Core §3.1.3.7 steps 4 and 5).
func (r reading) isForUs() error {
	azp, ok := r.claims.text("azp")
	if r.access || len(r.claims.audience()) < 2 || !r.claims.has("azp") || ok && slices.Contains(r.issuer.Audiences, azp) {
		return nil
	}
	return refuse("is for several audiences and was issued to %s (azp), and does not say that it is an access token (typ at+jwt); the app takes %s", shown(azp), list(r.issuer.Audiences))
}

// isLive holds the times against now (steps 9 and 10, RFC 7519 §4.1.4 to §4.1.6).
func (r reading) isLive() error {
	now, leeway := r.q.Now, r.issuer.ClockLeeway()
	if exp, there, err := r.claims.moment("exp"); err != nil {
		return err
	} else if there && !now.Before(exp.Add(leeway)) {
		return refuse("expired at %s", exp.Format(time.RFC3339))
	}
	if nbf, there, err := r.claims.moment("nbf"); err != nil {
		return err
	} else if there && now.Before(nbf.Add(-leeway)) {
		return refuse("is not valid before %s", nbf.Format(time.RFC3339))
	}
	for _, name := range []string{"iat", "auth_time"} {
		if at, there, err := r.claims.moment(name); err != nil {
			return err
		} else if there && at.After(now.Add(leeway)) {
			return refuse("is from the future: its %s is %s; compare the clocks", name, at.Format(time.RFC3339))
		}
	}
	return nil
}

func (r reading) hasEnd() error {
	if !r.claims.has("exp") {
		return refuse("has no end (exp)")
	}
	return nil
}

// assertion is whom and what the claims name.
func (r reading) assertion() (symbolon.Assertion, error) {
	user, err := r.user()
	if err != nil {
		return symbolon.Assertion{}, err
	}
	if err := r.required(); err != nil {
		return symbolon.Assertion{}, err
	}
	issued, there, err := r.claims.moment("iat")
	if err != nil || !there {
		return symbolon.Assertion{}, refuse("does not say when it was issued (iat)")
	}
	at, said, err := r.claims.moment("auth_time")
	if err != nil {
		return symbolon.Assertion{}, err
	}
	if !said {
		at = issued
	}
	if at.After(r.q.Now) {
		at = r.q.Now // so that nobody else meets the future; a fast clock outruns a revocation all the same
	}
	expires, _, err := r.claims.moment("exp")
	return symbolon.Assertion{
		Issuer: r.issuer.Issuer, AppID: r.q.App, UserID: user, AuthTime: at, AsOfIssue: !said,
		Methods: r.claims.texts("amr"), Factor: r.factor(), Expires: expires,
	}, err
}

// user is the claim that the app takes for its users' ids.
func (r reading) user() (symbolon.UserID, error) {
	claim := r.issuer.User()
	name, ok := r.claims.name(claim)
	if !ok {
		return "", refuse("has no claim %s that is a text or a whole number, which would be the user's id", claim)
	}
	if claim == "email" && r.claims.has("email_verified") && !slices.Contains(r.claims.texts("email_verified"), "true") {
		return "", refuse("has an address as the user's id that its issuer has not verified (email_verified)")
	}
	user, err := symbolon.ParseUserID(name)
	if err != nil {
		return "", refuse("has a claim %s that can't be a user's id: %v", claim, err)
	}
	return user, nil
}

func (r reading) required() error {
	for _, name := range slices.Sorted(maps.Keys(r.issuer.Require)) {
		values := r.issuer.Require[name]
		if !r.claims.has(name) {
			return refuse("has no claim %s, which the app requires", name)
		}
		if _, ok := r.claims.matched(name, values); !ok && len(values) > 0 {
			return refuse("has a claim %s with none of the values that the app requires: %s", name, list(values))
		}
	}
	return nil
}

// factor is the first value that says that a second factor was passed.
func (r reading) factor() string {
	for _, name := range slices.Sorted(maps.Keys(r.issuer.Factor)) {
		if value, ok := r.claims.matched(name, r.issuer.Factor[name]); ok {
			return value
		}
	}
	return ""
}

func list(texts []string) string {
	if len(texts) == 0 {
		return "nobody"
	}
	return shown(strings.Join(texts, ", "))
}
