package middleware

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/proof"
)

// Token is what a device token says (spec/protocol.md, section 10), once all of it was
// verified, and what was learnt beside it.
type Token struct {
	UserID         symbolon.UserID // the very one that Config.User named
	DeviceID       symbolon.DeviceID
	Trusted        bool
	Risk           int                     // 0 to 100, as the decision scored it that the token is of
	Recommendation symbolon.Recommendation // of that decision: ALLOW or TRUST
	Methods        []string                // amr, RFC 8176: pop, with hwk or swk
	Thumbprint     string                  // of the device's key: cnf.jkt, RFC 9449 §6.1
	DecidedAt      time.Time               // iat
	ExpiresAt      time.Time
	Proven         bool // this very request carries a proof by the device's key (RFC 9449)
	Live           bool // the service was asked, and says that the device still stands so
}

const (
	tokenType = "device+jwt"
	// leeway is how far the service's clock may be ahead. None is given at the end of a
	// token, since that is when a blocked device stops passing.
	leeway = 30 * time.Second
)

var tokenAlgorithms = []jose.SignatureAlgorithm{jose.EdDSA, jose.ES256}

type tokenClaims struct {
	jwt.Claims
	Device         symbolon.DeviceID       `json:"device_id"`
	Confirmation   map[string]string       `json:"cnf"`
	Methods        []string                `json:"amr"`
	Trusted        bool                    `json:"trusted"`
	Risk           *int                    `json:"risk"`
	Recommendation symbolon.Recommendation `json:"recommendation"`
}

// readToken verifies a token (RFC 7519 §7.2). The error is a *refusal, or says why the
// service's keys are not known.
func (m *Middleware) readToken(ctx context.Context, text string, now time.Time) (Token, error) {
	if len(text) > proof.MaxSize {
		return Token{}, badToken("it is too long")
	}
	// Parse: a JWS by an algorithm of ours, which no key can be talked out of.
	signed, err := jwt.ParseSigned(text, tokenAlgorithms)
	if err != nil {
		return Token{}, badToken("it is no JWT that is signed with EdDSA or ES256")
	}
	header := signed.Headers[0]
	if typ := header.ExtraHeaders[jose.HeaderType]; typ != tokenType {
		return Token{}, badToken("it is no device token: its typ must be " + tokenType)
	}
	// Verify, by the service's own key.
	key, err := m.keys.find(ctx, header.KeyID, now)
	if errors.Is(err, errNoKey) {
		return Token{}, badToken("no key of the issuer signed it")
	}
	if err != nil {
		return Token{}, err
	}
	var c tokenClaims
	if err := signed.Claims(key.Key, &c); err != nil {
		return Token{}, badToken("its signature does not hold")
	}
	if reason := m.validate(c, now); reason != "" {
		return Token{}, badToken(reason)
	}
	return c.token(), nil
}

// validate says what is wrong with the claims of a token that the service signed, or "".
func (m *Middleware) validate(c tokenClaims, now time.Time) string {
	switch {
	case c.Issuer != m.cfg.Issuer:
		return "it is of another issuer"
	case !slices.Contains(c.Audience, string(m.cfg.App)):
		return "it is for another app"
	case c.Expiry == nil || !now.Before(c.Expiry.Time()):
		return "it has expired"
	case c.IssuedAt == nil || c.IssuedAt.Time().After(now.Add(leeway)):
		return "it was issued in the future; is a clock wrong?"
	case c.NotBefore != nil && c.NotBefore.Time().After(now.Add(leeway)):
		return "it is not good yet"
	case c.Subject == "" || c.Device == "" || c.Confirmation["jkt"] == "" || c.Risk == nil || c.Recommendation == "":
		return "it does not say all that a device token says"
	}
	return ""
}

func (c tokenClaims) token() Token {
	return Token{
		UserID: symbolon.UserID(c.Subject), DeviceID: c.Device, Thumbprint: c.Confirmation["jkt"],
		Trusted: c.Trusted, Risk: *c.Risk, Recommendation: c.Recommendation, Methods: c.Methods,
		DecidedAt: c.IssuedAt.Time().UTC(), ExpiresAt: c.Expiry.Time().UTC(),
	}
}

// credential is what a request carries to show its device.
type credential struct {
	token  string
	isDPoP bool     // it came as Authorization: DPoP, which is worth nothing without a proof
	proofs []string // the headers DPoP
}

// credential finds the token and its proofs. An empty header is none, as a proxy sends it
// that knows no device.
func (v *visit) credential() (credential, error) {
	var c credential
	var tokens []string
	for _, value := range v.r.Header.Values(v.m.cfg.Header) {
		if value = strings.TrimSpace(value); value != "" {
			tokens = append(tokens, value)
		}
	}
	if v.takesProofs() {
		c.proofs = v.r.Header.Values("DPoP")
		for _, value := range v.r.Header.Values("Authorization") {
			if scheme, token, _ := strings.Cut(value, " "); strings.EqualFold(scheme, "DPoP") {
				tokens, c.isDPoP = append(tokens, strings.TrimSpace(token)), true
			}
		}
		v.dpop = v.dpop || c.isDPoP || len(c.proofs) > 0
	}
	if len(tokens) > 1 {
		return c, &refusal{
			status: http.StatusBadRequest, code: symbolon.ErrInvalidRequest,
			detail: "the request carries more than one device token",
		}
	}
	if len(tokens) == 1 {
		c.token = tokens[0]
	}
	return c, nil
}
