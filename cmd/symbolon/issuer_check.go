package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"slices"
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
	if !isJWT(token) {
		return invalid("token", "must be a JWT, which this is not: only the service can ask an issuer about opaque tokens")
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
	issuers := slices.Clone(app.Issuers)
	for n := range issuers {
		issuers[n].Introspection = nil // the service keeps the secrets, so nobody is asked from here
	}
	a, err := oidc.New(oidc.Config{}).Open(ctx, symbolon.IssuerQuestion{App: app.ID, Issuers: issuers, Token: token, Now: now})
	return a, now, err
}

// isJWT tells a signed JWT (RFC 7519 §7.2) from what only looks like one.
func isJWT(token string) bool {
	parts := strings.Split(token, ".")
	return len(parts) == 3 && isObject(parts[0]) && isObject(parts[1])
}

func isObject(part string) bool {
	text, err := base64.RawURLEncoding.DecodeString(part)
	var members map[string]json.RawMessage
	return err == nil && json.Unmarshal(text, &members) == nil && members != nil
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
