package registry

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"math"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/symbolon-id/symbolon"
)

const (
	ticketType       = "symbolon-ticket+jwt"
	ticketTTL        = 5 * time.Minute
	maxTicketTTL     = 10 * time.Minute
	maxTicketChars   = 8192
	authTimeLeeway   = time.Minute // how far ahead a backend's clock may be
	maxFactorChars   = 64
	ticketIDBytes    = 16
	ticketSpendLabel = "ticket:"
)

// ticketClaims are those of a ticket. Times are seconds with a fraction (NumericDate,
// RFC 7519 §2), so that a revocation in the same second still counts.
type ticketClaims struct {
	Issuer   string               `json:"iss"`
	App      symbolon.AppID       `json:"aud"`
	User     symbolon.UserID      `json:"sub"`
	ID       string               `json:"jti"`
	IssuedAt float64              `json:"iat"`
	Expires  float64              `json:"exp"`
	AuthTime float64              `json:"auth_time"`
	AsOf     bool                 `json:"auth_as_of_issue,omitempty"`
	Epoch    string               `json:"epoch,omitempty"`
	Methods  []string             `json:"amr,omitempty"`
	Factor   string               `json:"factor,omitempty"`
	Trust    *symbolon.TrustTerms `json:"trust,omitempty"`
	Origin   string               `json:"origin,omitempty"` // of the page that it is for; "" in a ticket
}

// IssueTicket makes a ticket: the backend's word, for some minutes, on who the user is.
func (r *Registry) IssueTicket(ctx context.Context, c symbolon.Caller, app symbolon.AppID, req symbolon.TicketRequest) (symbolon.Ticket, error) {
	s, err := r.open(ctx, c, app, opTicket)
	if err != nil {
		return symbolon.Ticket{}, err
	}
	claims, err := r.ticketClaims(req, s, c.At)
	if err != nil {
		return symbolon.Ticket{}, err
	}
	if err := r.addEpoch(ctx, &claims); err != nil {
		return symbolon.Ticket{}, err
	}
	text, err := r.signTicket(ticketType, claims)
	return symbolon.Ticket{Ticket: text, ExpiresAt: timeOf(claims.Expires)}, err
}

func (r *Registry) addEpoch(ctx context.Context, claims *ticketClaims) error {
	user, err := r.userIn(ctx, r.store, claims.App, claims.User)
	claims.Epoch = user.Epoch
	return err
}

// signTicket signs claims for one use: what is of one type is nothing elsewhere.
func (r *Registry) signTicket(typ string, claims ticketClaims) (string, error) {
	opts := (&jose.SignerOptions{}).WithType(jose.ContentType(typ))
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.HS256, Key: r.secrets.current().ticket}, opts)
	if err != nil {
		return "", err
	}
	return jwt.Signed(signer).Claims(claims).Serialize()
}

func (r *Registry) ticketClaims(req symbolon.TicketRequest, s *settings, now time.Time) (ticketClaims, error) {
	user, err := symbolon.ParseUserID(string(req.UserID))
	if err != nil {
		return ticketClaims{}, err
	}
	ttl := ticketTTL
	if req.TTL != nil {
		ttl = req.TTL.Std()
	}
	if ttl <= 0 || ttl > maxTicketTTL {
		return ticketClaims{}, symbolon.InvalidField("ttl", "must be at most PT10M")
	}
	authTime, err := authTimeOf(req, now)
	if err != nil {
		return ticketClaims{}, err
	}
	if err := symbolon.CheckOptionalText("factor", req.Factor, maxFactorChars); err != nil {
		return ticketClaims{}, err
	}
	if err := checkTicketTrust(req, s, now); err != nil {
		return ticketClaims{}, err
	}
	claims := ticketClaims{
		Issuer: r.publicURL, App: s.app.ID, User: user, ID: newTicketID(),
		IssuedAt: seconds(now), Expires: seconds(now.Add(ttl)), AuthTime: seconds(authTime), AsOf: req.AuthTime == nil,
		Factor: req.Factor, Trust: req.Trust,
	}
	if req.Factor != "" {
		claims.Methods = []string{req.Factor}
	}
	return claims, nil
}

// authTimeOf is when the user authenticated. What a backend's fast clock puts into the
// future counts as now: else a revocation within that time would not stop the ticket.
func authTimeOf(req symbolon.TicketRequest, now time.Time) (time.Time, error) {
	switch {
	case req.AuthTime == nil:
		return now, nil
	case req.AuthTime.After(now.Add(authTimeLeeway)):
		return now, symbolon.InvalidField("authTime", "must not lie in the future")
	case req.AuthTime.After(now):
		return now, nil
	}
	return *req.AuthTime, nil
}

// checkTicketTrust refuses now what the registration would refuse later.
func checkTicketTrust(req symbolon.TicketRequest, s *settings, now time.Time) error {
	if req.Trust == nil {
		return nil
	}
	if req.Factor == "" {
		return symbolon.InvalidField("factor", "must name the second factor that was passed, since trust is asked for")
	}
	_, err := grantTerms(nil, *req.Trust, s, now)
	return err
}

func newTicketID() string {
	var b [ticketIDBytes]byte
	rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// isTicket tells by its header whether a bearer means to be a ticket: what is none may be a
// token of an OIDC issuer.
func isTicket(text string) bool {
	head, _, _ := strings.Cut(text, ".")
	if len(head) > maxTicketChars {
		return false
	}
	decoded, err := base64.RawURLEncoding.DecodeString(head)
	var header struct {
		Type string `json:"typ"`
	}
	return err == nil && json.Unmarshal(decoded, &header) == nil && header.Type == ticketType
}

// openTicket reads a ticket that this service made for the app. Every fault gets one
// answer: which one is nobody's business but ours.
func (r *Registry) openTicket(text string, app symbolon.AppID, now time.Time) (symbolon.Assertion, error) {
	claims, ok := r.readTicket(ticketType, text, app, now)
	if !ok {
		return symbolon.Assertion{}, symbolon.Errorf(symbolon.ErrUnauthenticated, "the bearer token is not a ticket for this app, or has expired")
	}
	return claims.assertion(), nil
}

// readTicket reads what signTicket signed, if it is of the type and the app and lasts still.
func (r *Registry) readTicket(typ, text string, app symbolon.AppID, now time.Time) (ticketClaims, bool) {
	if len(text) > maxTicketChars {
		return ticketClaims{}, false
	}
	token, err := jwt.ParseSigned(text, []jose.SignatureAlgorithm{jose.HS256})
	if err != nil || len(token.Headers) != 1 || token.Headers[0].ExtraHeaders[jose.HeaderType] != typ {
		return ticketClaims{}, false
	}
	for _, s := range r.secrets {
		var claims ticketClaims
		if token.Claims(s.ticket, &claims) == nil {
			return claims, claims.App == app && app != "" && claims.Issuer == r.publicURL && now.Before(timeOf(claims.Expires))
		}
	}
	return ticketClaims{}, false
}

func (t ticketClaims) assertion() symbolon.Assertion {
	return symbolon.Assertion{
		AppID: t.App, UserID: t.User, AuthTime: timeOf(t.AuthTime), AsOfIssue: t.AsOf, Epoch: t.Epoch, Methods: t.Methods,
		Factor: t.Factor, Trust: t.Trust, ID: t.ID, Expires: timeOf(t.Expires),
	}
}

// seconds and timeOf keep microseconds: a float64 holds 53 bits, a time of this century
// in microseconds needs 51.
func seconds(t time.Time) float64 { return float64(t.UnixMicro()) / 1e6 }

func timeOf(s float64) time.Time { return time.UnixMicro(int64(math.Round(s * 1e6))).UTC() }
