package main

import (
	"encoding/json"
	"errors"
	"os"
	"strings"

	"github.com/symbolon-id/symbolon"
)

const envProviderSecret = "SYMBOLON_ADMIN_OIDC_CLIENT_SECRET"

// adminProviderSettings are the OpenID provider by which admins may sign in.
type adminProviderSettings struct {
	Issuer     string   `env:"SYMBOLON_ADMIN_OIDC_ISSUER" placeholder:"URL" help:"An OpenID provider by which admins sign in, exactly as its discovery document names it. Default: none."`
	ClientID   string   `name:"client-id" env:"SYMBOLON_ADMIN_OIDC_CLIENT_ID" placeholder:"ID" help:"What the provider calls this service. It must know the address <public-url>/admin/oidc/callback."`
	Label      string   `default:"Single sign-on" env:"SYMBOLON_ADMIN_OIDC_LABEL" placeholder:"TEXT" help:"What the button of the sign-in page says. Default: ${default}."`
	Scopes     []string `default:"openid,profile,email" env:"SYMBOLON_ADMIN_OIDC_SCOPES" placeholder:"SCOPE" help:"What is asked for. Default: ${default}."`
	LoginClaim string   `name:"login-claim" env:"SYMBOLON_ADMIN_OIDC_LOGIN_CLAIM" placeholder:"CLAIM" help:"The claim that is an admin's login. Default: email, else preferred_username, else sub."`
	Roles      string   `env:"SYMBOLON_ADMIN_OIDC_ROLES" placeholder:"JSON" help:"Which claims open what, as a list of {claim, value, role} with app where it is not for all: who has none of the values is refused."`
}

// provider is nil where none is set.
func (s adminProviderSettings) provider() (*symbolon.AdminProvider, error) {
	if s.Issuer == "" {
		if s.ClientID != "" || s.Roles != "" {
			return nil, invalid("admin.oidc.issuer", "must be set where other settings of admin.oidc are")
		}
		return nil, nil
	}
	p := symbolon.AdminProvider{
		Issuer: s.Issuer, ClientID: s.ClientID, ClientSecret: os.Getenv(envProviderSecret), Label: s.Label, Scopes: s.Scopes, LoginClaim: s.LoginClaim,
	}
	if s.Roles != "" {
		d := json.NewDecoder(strings.NewReader(s.Roles))
		d.DisallowUnknownFields()
		if err := d.Decode(&p.Roles); err != nil {
			return nil, invalid("admin.oidc.roles", `must be a list such as [{"claim": "groups", "value": "support", "role": "operator", "app": "bank"}]: %v`, err)
		}
	}
	var wrong *symbolon.Error
	if err := p.Check(); errors.As(err, &wrong) {
		return nil, usageError{errors.New("admin.oidc." + wrong.Error())}
	}
	return &p, nil
}
