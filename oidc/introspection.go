package oidc

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/symbolon-id/symbolon"
)

const (
	maxAnswer  = 32 << 10       // bytes of an answer about a token
	refusedFor = time.Second    // how long it counts that a token is not active
	bearerOnly = "bearer"       // the token_type that needs nothing beside it
	accessOnly = "access_token" // what some providers call that type, or the use
	access     = "access"       // what Amazon Cognito calls the use
	tokenUse   = "token_use"    // Ory's and Amazon Cognito's claim for the use
	form       = "application/x-www-form-urlencoded"
)

// openOpaque asks the issuers that take such questions (RFC 7662), one after the other. The
// first that knows the token has the last word.
func (o *Issuers) openOpaque(ctx context.Context, q symbolon.IssuerQuestion) (symbolon.Assertion, error) {
	asked := false
	var fault error
	for _, i := range q.Issuers {
		if i.Introspection == nil {
			continue
		}
		asked = true
		said, err := o.introspect(ctx, q, i)
		switch {
		case err != nil:
			fault = err
		case said != nil:
			return reading{q: q, issuer: i, claims: said, access: true}.ofAnswer()
		}
	}
	switch {
	case !asked:
		return symbolon.Assertion{}, refuse("is neither a ticket nor a JWT, and no issuer of the app is asked about opaque tokens")
	case fault != nil:
		return symbolon.Assertion{}, fault
	}
	return symbolon.Assertion{}, refuse("is not active at any issuer of the app that was asked")
}

// ofAnswer holds an answer against the app's settings (RFC 7662 §2.2, §4).
func (r reading) ofAnswer() (symbolon.Assertion, error) {
	if err := follows(r.isAssertion, r.isBearer, r.isByIssuer, r.isForAppOrClient, r.isLive); err != nil {
		return symbolon.Assertion{}, err
	}
	return r.assertion()
}

// isBearer refuses tokens that need a proof beside them, and refresh tokens.
func (r reading) isBearer() error {
	kind, _ := r.claims.text("token_type")
	use, _ := r.claims.text(tokenUse)
	switch {
	case r.claims.has("token_type") && !slices.Contains([]string{bearerOnly, accessOnly}, strings.ToLower(kind)):
		return refuse("is of the type %s and not a bearer's", shown(kind))
	case r.claims.has(tokenUse) && use != accessOnly:
		return refuse("is a %s and no access token", shown(use))
	}
	return nil
}

func (r reading) isByIssuer() error {
	if iss, ok := r.claims.text("iss"); r.claims.has("iss") && (!ok || iss != r.issuer.Issuer) {
		return refuse("is by the issuer %s, says %s", shown(iss), r.issuer.Issuer)
	}
	return nil
}

// isForAppOrClient wants one of the app's audiences. Where an opaque token has none, or an
// empty list of them, it is for the client that it was issued to.
func (r reading) isForAppOrClient() error {
	client, ok := r.claims.text("client_id")
	if list, empty := r.claims["aud"].([]any); r.claims.has("aud") && !(empty && len(list) == 0) || !ok {
		return r.isForApp()
	}
	if slices.Contains(r.issuer.Audiences, client) {
		return nil
	}
	return refuse("has no audience and was issued to the client %s; the app takes %s", shown(client), list(r.issuer.Audiences))
}

// introspect asks an issuer about a token, or remembers what it said; nil where the token is
// not active. Those who ask the same at once share one question.
func (o *Issuers) introspect(ctx context.Context, q symbolon.IssuerQuestion, i symbolon.Issuer) (claims, error) {
	in := *i.Introspection
	if in.ClientSecret == "" {
		return nil, unavailable(nil, "the secret for asking %s can't be read with the service's present secrets; set it again", i.Issuer)
	}
	key := questionKey(i.Issuer, in.Endpoint, in.ClientID, in.ClientSecret, in.Remember().String(), q.Token)
	if said, ok := o.answers.get(key, q.Now); ok {
		return said, nil
	}
	said, err := await[claims](ctx, o.asks.DoChan(string(key[:]), func() (any, error) {
		if said, ok := o.answers.get(key, q.Now); ok {
			return said, nil
		}
		said, err := o.ask(ctx, q, i)
		if err == nil {
			o.answers.put(key, said, until(said, in, q.Now))
		}
		return said, err
	}))
	var own *symbolon.Error
	if err != nil && !errors.As(err, &own) {
		err = unavailable(err, "the issuer %s can't be asked about the token now; try again later", i.Issuer)
	}
	return said, err
}

// questionKey is SHA-256 over what makes two questions the same, so that no token is kept.
func questionKey(parts ...string) answerKey {
	h := sha256.New()
	for _, p := range parts {
		h.Write(binary.BigEndian.AppendUint32(nil, uint32(len(p))))
		h.Write([]byte(p))
	}
	return answerKey(h.Sum(nil))
}

// until is when an answer stops counting: never after the token's end.
func until(said claims, in symbolon.Introspector, now time.Time) time.Time {
	if said == nil {
		return now.Add(refusedFor)
	}
	end := now.Add(in.Remember())
	if exp, there, err := said.moment("exp"); err == nil && there && exp.Before(end) {
		return exp
	}
	return end
}

// ask sends one question (RFC 7662 §2.1), as a client by HTTP Basic (RFC 6749 §2.3.1).
func (o *Issuers) ask(ctx context.Context, q symbolon.IssuerQuestion, i symbolon.Issuer) (claims, error) {
	place := i.Issuer + " " + i.Introspection.Endpoint // another app may list the issuer with one of its own
	if !o.turns.take(place) {
		return nil, unavailable(nil, "too many questions to the issuer %s are under way; try again later", i.Issuer)
	}
	defer o.turns.giveBack(place)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), askTime)
	defer cancel()
	endpoint, err := o.introspectionOf(ctx, i, q.Now)
	if err != nil {
		return nil, err
	}
	body := url.Values{"token": {q.Token}, "token_type_hint": {accessOnly}}.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", form)
	req.SetBasicAuth(url.QueryEscape(i.Introspection.ClientID), url.QueryEscape(i.Introspection.ClientSecret))
	var text json.RawMessage
	if _, err := o.do(req, maxAnswer, &text); err != nil {
		return nil, err
	}
	return activeClaims(text)
}

// activeClaims are those of an active token, or nil.
func activeClaims(text []byte) (claims, error) {
	var said claims
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.UseNumber()
	if err := d.Decode(&said); err != nil {
		return nil, err
	}
	active, ok := said["active"].(bool)
	if !ok {
		return nil, errors.New("the answer does not say whether the token is active")
	}
	if !active {
		return nil, nil
	}
	return said, nil
}

// introspectionOf is where the issuer takes questions, as the app says or else the issuer.
func (o *Issuers) introspectionOf(ctx context.Context, i symbolon.Issuer, now time.Time) (string, error) {
	if i.Introspection.Endpoint != "" {
		return i.Introspection.Endpoint, nil
	}
	said, _, err := o.published(ctx, o.provider(i.Issuer), now)
	if err != nil {
		return "", err
	}
	if said.introspection == "" {
		return "", unavailable(nil, "the issuer %s publishes no introspection_endpoint; set introspection.endpoint", i.Issuer)
	}
	return said.introspection, nil
}
