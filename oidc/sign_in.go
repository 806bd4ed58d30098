package oidc

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/symbolon-id/symbolon"
)

// entrance is the part of a provider's document by which people sign in (OpenID Connect
// Discovery §3). It is checked where it is used: an issuer that only signs tokens has none.
type entrance struct {
	Authorization string   `json:"authorization_endpoint"`
	Token         string   `json:"token_endpoint"`
	UserInfo      string   `json:"userinfo_endpoint"`
	Methods       []string `json:"token_endpoint_auth_methods_supported"`
}

func (o *Issuers) entrance(ctx context.Context, p symbolon.AdminProvider, now time.Time) (entrance, error) {
	said, _, err := o.published(ctx, o.provider(p.Issuer), now)
	if err != nil {
		return entrance{}, err
	}
	if err := said.entrance.check(p.Issuer); err != nil {
		return entrance{}, unavailable(err, "%s can't be used to sign in: its discovery document is not fit for it", p.Issuer)
	}
	return said.entrance, nil
}

func (e entrance) check(issuer string) error {
	if err := checkPublished("authorization_endpoint", e.Authorization, issuer); err != nil {
		return err
	}
	return checkPublished("token_endpoint", e.Token, issuer)
}

// AuthorizationURL is where a browser is sent to sign in by the authorization code flow with
// PKCE (OpenID Connect Core §3.1.2.1, RFC 7636 §4.3). ErrUnavailable where the provider can't
// be asked where that is.
func (o *Issuers) AuthorizationURL(ctx context.Context, p symbolon.AdminProvider, q symbolon.SignInQuestion) (string, error) {
	in, err := o.entrance(ctx, p, q.Now)
	if err != nil {
		return "", err
	}
	to, err := url.Parse(in.Authorization)
	if err != nil {
		return "", unavailable(err, "%s has an authorization_endpoint that is no URL", p.Issuer)
	}
	challenge := sha256.Sum256([]byte(q.Verifier))
	query := to.Query()
	for name, value := range map[string]string{
		"response_type": "code", "client_id": p.ClientID, "redirect_uri": q.RedirectURI, "scope": strings.Join(p.Scopes, " "),
		"state": q.State, "nonce": q.Nonce, "code_challenge": base64.RawURLEncoding.EncodeToString(challenge[:]), "code_challenge_method": "S256",
	} {
		query.Set(name, value)
	}
	if q.Again {
		query.Set("prompt", "login")
		query.Set("max_age", "0")
	}
	to.RawQuery = query.Encode()
	return to.String(), nil
}

// Identify redeems a code (Core §3.1.3.1) and tells whose it is. What is no good is
// ErrUnauthenticated, and the message says why, for the log; ErrUnavailable says that the
// provider can't be asked.
func (o *Issuers) Identify(ctx context.Context, p symbolon.AdminProvider, code symbolon.SignInCode) (symbolon.AdminIdentity, error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	in, err := o.entrance(ctx, p, code.Now)
	if err != nil {
		return symbolon.AdminIdentity{}, err
	}
	given, err := o.redeem(ctx, in, p, code)
	if err != nil {
		return symbolon.AdminIdentity{}, err
	}
	c, err := o.openIDToken(ctx, p, code, given.IDToken)
	if err != nil {
		return symbolon.AdminIdentity{}, err
	}
	if err := o.addUserInfo(ctx, in, p, userInfo{c, given.AccessToken}); err != nil {
		return symbolon.AdminIdentity{}, err
	}
	return identity(p, c)
}

// granted is the part of a token response that matters here (Core §3.1.3.3).
type granted struct {
	AccessToken string `json:"access_token"`
	IDToken     string `json:"id_token"`
}

func (o *Issuers) redeem(ctx context.Context, in entrance, p symbolon.AdminProvider, code symbolon.SignInCode) (given granted, err error) {
	body := url.Values{
		"grant_type": {"authorization_code"}, "code": {code.Code}, "redirect_uri": {code.RedirectURI}, "code_verifier": {code.Verifier},
	}
	basic := p.ClientSecret != "" && (len(in.Methods) == 0 || slices.Contains(in.Methods, "client_secret_basic"))
	if !basic {
		body.Set("client_id", p.ClientID)
		if p.ClientSecret != "" {
			body.Set("client_secret", p.ClientSecret)
		}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, in.Token, strings.NewReader(body.Encode()))
	if err != nil {
		return given, err
	}
	req.Header.Set("Content-Type", form)
	if basic { // RFC 6749 §2.3.1
		req.SetBasicAuth(url.QueryEscape(p.ClientID), url.QueryEscape(p.ClientSecret))
	}
	switch _, err = o.do(req, maxDocument, &given); {
	case isStatus(err, http.StatusBadRequest):
		return given, symbolon.Errorf(symbolon.ErrUnauthenticated, "the code is not taken: %v", err)
	case err != nil:
		return given, unavailable(err, "the provider %s gives no tokens now; try again later", p.Issuer)
	}
	return given, nil
}

// openIDToken verifies an ID token (Core §3.1.3.7).
func (o *Issuers) openIDToken(ctx context.Context, p symbolon.AdminProvider, code symbolon.SignInCode, text string) (claims, error) {
	t, ok := parse(text)
	if !ok || len(text) > maxToken {
		return nil, refuse("is no ID token")
	}
	i := symbolon.Issuer{Issuer: p.Issuer, Audiences: []string{p.ClientID}}
	q := symbolon.IssuerQuestion{Issuers: []symbolon.Issuer{i}, Token: text, Now: code.Now}
	if _, err := t.issuer(q.Issuers); err != nil { // step 2
		return nil, err
	}
	if err := t.validate(i); err != nil { // step 7
		return nil, err
	}
	r := reading{q: q, issuer: i, claims: t.claims}
	if err := follows(r.validate, r.isToClient, func() error { return r.answers(code.Nonce) }, func() error { return isIDToken(t) }); err != nil {
		return nil, err
	}
	return t.claims, o.verify(ctx, q, i, t) // step 6
}

// isToClient wants who it was issued to, where that is said, to be this client (steps 4 and 5).
func (r reading) isToClient() error {
	azp, ok := r.claims.text("azp")
	if several := len(r.claims.audience()) > 1; !r.claims.has("azp") && !several || ok && slices.Contains(r.issuer.Audiences, azp) {
		return nil
	}
	return refuse("was issued to %s (azp), not to %s", shown(azp), list(r.issuer.Audiences))
}

// answers wants the nonce that was sent (step 11).
func (r reading) answers(nonce string) error {
	if got, _ := r.claims.text("nonce"); got != nonce || nonce == "" {
		return refuse("does not have the nonce that it was asked for with")
	}
	return nil
}

func isIDToken(t token) error {
	if _, ok := t.claims.text("sub"); !ok || t.isAccessToken() || !t.claims.has("iat") {
		return refuse("is no ID token, or one without sub or iat")
	}
	return nil
}

// userInfo is what an ID token says, and the token by which more is to be had.
type userInfo struct {
	claims
	accessToken string
}

// addUserInfo adds what the provider tells on being asked only (Core §5.3), as many do with
// what scopes stand for, where nobody could come in without it. What the ID token says goes
// before it.
func (o *Issuers) addUserInfo(ctx context.Context, in entrance, p symbolon.AdminProvider, u userInfo) error {
	if in.UserInfo == "" || u.accessToken == "" || u.suffices(p) {
		return nil
	}
	if err := checkPublished("userinfo_endpoint", in.UserInfo, p.Issuer); err != nil {
		return unavailable(err, "%s can't be asked about people", p.Issuer)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, in.UserInfo, http.NoBody)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+u.accessToken)
	var text json.RawMessage
	if _, err := o.do(req, maxDocument, &text); err != nil {
		return unavailable(err, "the provider %s does not say who it is; try again later", p.Issuer)
	}
	said, err := decodeClaims(text)
	if err != nil {
		return unavailable(err, "the provider %s does not say who it is; try again later", p.Issuer)
	}
	if said["sub"] != u.claims["sub"] { // §5.3.4
		return refuse("is of %v, and what the provider tells is of another", u.claims["sub"])
	}
	for name, value := range said {
		if !u.has(name) {
			u.claims[name] = value
		}
	}
	return nil
}

func decodeClaims(text []byte) (c claims, err error) {
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.UseNumber()
	if err = d.Decode(&c); err == nil && c == nil {
		err = errors.New("it is no object")
	}
	return c, err
}

// suffices tells whether there are a role and a login already.
func (u userInfo) suffices(p symbolon.AdminProvider) bool {
	return u.has(cmp.Or(p.LoginClaim, "email")) && len(p.Grants(roleClaims(p, u.claims))) > 0
}

// roleClaims are those that roles are given by.
func roleClaims(p symbolon.AdminProvider, c claims) map[string][]string {
	said := map[string][]string{}
	for _, rule := range p.Roles {
		said[rule.Claim] = c.texts(rule.Claim)
	}
	return said
}

func identity(p symbolon.AdminProvider, c claims) (symbolon.AdminIdentity, error) {
	subject, _ := c.text("sub")
	who := symbolon.AdminIdentity{External: symbolon.External{Issuer: p.Issuer, Subject: subject}, Login: login(p, c), Claims: roleClaims(p, c)}
	who.Name, _ = c.text("name")
	at, _, err := c.moment("auth_time")
	who.AuthTime = at
	return who, err
}

// login is what the settings name, or else the first that there is. An address that the
// provider has not verified is anybody's.
func login(p symbolon.AdminProvider, c claims) string {
	names := []string{"email", "preferred_username", "sub"}
	if p.LoginClaim != "" {
		names = []string{p.LoginClaim}
	}
	for _, name := range names {
		unverified := name == "email" && c.has("email_verified") && !slices.Contains(c.texts("email_verified"), "true")
		if text, ok := c.name(name); ok && !unverified {
			return text
		}
	}
	return ""
}
