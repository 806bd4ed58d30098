package main

import (
	"context"
	"io"
	"strings"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/client"
	"github.com/symbolon-id/symbolon/oidc"
)

type issuerCheckCommand struct {
	inApp  `embed:""`
	output `embed:""`
	Token  string `arg:"" help:"A JWT, or - for standard input, where no list of processes shows it."`
}

// checkedToken is what a token says.
type checkedToken struct {
	Issuer        string          `json:"issuer"`
	UserID        symbolon.UserID `json:"userId"`
	Authenticated time.Time       `json:"authenticatedAt"`
	Methods       []string        `json:"methods"`
	Factor        string          `json:"factor,omitempty"`
	FactorFresh   bool            `json:"factorFresh"`
	Expires       time.Time       `json:"expiresAt"`
}

// Help implements kong.HelpProvider.
func (issuerCheckCommand) Help() string {
	return `The token is judged as the service would, but on this machine: its clock counts, and the provider is asked from here. What the service knows of the user, such as a revocation, is not looked at.`
}

func (c *issuerCheckCommand) Run(ctx context.Context, m *Main) error {
	token := c.Token
	if token == "-" {
		text, err := io.ReadAll(m.Stdin)
		if err != nil {
			return usageError{err}
		}
		token = strings.TrimSpace(string(text))
	}
	if strings.Count(token, ".") != 2 {
		return invalid("token", "must be a JWT: only the service can ask an issuer about others")
	}
	service, err := c.admin(ctx)
	if err != nil {
		return err
	}
	a, now, err := openToken(ctx, service, token)
	if err != nil {
		return err
	}
	said := checkedToken{a.Issuer, a.UserID, a.AuthTime, append([]string{}, a.Methods...), a.Factor, a.FreshFactor(now), a.Expires}
	return c.one(m, said, func(w io.Writer) {
		printFacts(w, "The token is good.", fact{"User", string(said.UserID)}, fact{"Issuer", said.Issuer},
			fact{"Authenticated", moment(&said.Authenticated, now)}, fact{"Methods", orNone(said.Methods)},
			fact{"Second factor", factorText(said)}, fact{"Expires", moment(&said.Expires, now)})
	})
}

func openToken(ctx context.Context, service *client.Client, token string) (symbolon.Assertion, time.Time, error) {
	now := time.Now()
	app, err := service.GetApp(ctx)
	if err != nil {
		return symbolon.Assertion{}, now, err
	}
	a, err := oidc.New(oidc.Config{}).Open(ctx, symbolon.IssuerQuestion{App: app.ID, Issuers: app.Issuers, Token: token, Now: now})
	return a, now, err
}

func factorText(t checkedToken) string {
	switch {
	case t.Factor == "":
		return "none"
	case t.FactorFresh:
		return t.Factor + ", just passed"
	}
	return t.Factor + ", not lately, or nobody says when (auth_time)"
}
