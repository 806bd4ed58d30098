package registry

import (
	"context"
	"crypto/ed25519"
	"errors"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/symbolon-id/symbolon"
)

// maxTokenChars is more than any device token of ours has.
const maxTokenChars = 8192

// Introspect tells the live state of a device token (RFC 7662). What is no token of ours for
// this app, is over, or is of a device that is not the user's active one with the same key
// any more, is not active, and nothing says why. A fault is an error, never an answer.
func (r *Registry) Introspect(ctx context.Context, c symbolon.Caller, app symbolon.AppID, token string) (symbolon.Introspection, error) {
	s, err := r.open(ctx, c, app, opIntrospect)
	if err != nil {
		return symbolon.Introspection{}, err
	}
	if token == "" {
		return symbolon.Introspection{}, symbolon.InvalidField("token", "must not be empty")
	}
	claims, ok := r.openToken(token, app, c.At)
	if !ok {
		return symbolon.Introspection{}, nil
	}
	st, err := r.store.GetStanding(ctx, app, claims.Device)
	if errors.Is(err, symbolon.ErrNotFound) {
		return symbolon.Introspection{}, nil
	}
	if err != nil || !claims.hold(st, c.At) {
		return symbolon.Introspection{}, err
	}
	trusted := claims.Trusted && st.Device.TrustAt(c.At, s.policy.Trust) == symbolon.TrustActive
	risk, tooHigh := riskSince(st.Device, claims.Risk, time.Unix(claims.IssuedAt, 0), s.policy.Risk)
	return symbolon.Introspection{
		Active: true, TokenType: "DPoP",
		Issuer: claims.Issuer, Audience: claims.App, Subject: claims.User, IssuedAt: claims.IssuedAt, Expires: claims.Expires,
		DeviceID: claims.Device, Confirmation: claims.Confirmation, Methods: claims.Methods,
		Trusted: trusted, Risk: &risk, Recommendation: recommendNow(claims.Recommendation, trusted, tooHigh),
	}, nil
}

// recommendNow is a recommendation as far as it holds still: nothing makes it milder.
func recommendNow(then symbolon.Recommendation, trusted, tooHigh bool) symbolon.Recommendation {
	switch {
	case tooHigh:
		return symbolon.RecommendChallenge
	case then == symbolon.RecommendTrust && !trusted:
		return symbolon.RecommendAllow
	}
	return then
}

// openToken reads a device token that this service made for the app, and that is not over.
func (r *Registry) openToken(text string, app symbolon.AppID, now time.Time) (tokenClaims, bool) {
	if len(text) > maxTokenChars {
		return tokenClaims{}, false
	}
	token, err := jwt.ParseSigned(text, []jose.SignatureAlgorithm{jose.EdDSA})
	if err != nil || len(token.Headers) != 1 || token.Headers[0].ExtraHeaders[jose.HeaderType] != tokenType {
		return tokenClaims{}, false
	}
	key, ok := r.verifyingKey(token.Headers[0].KeyID, now)
	var claims tokenClaims
	if !ok || token.Claims(key, &claims) != nil {
		return tokenClaims{}, false
	}
	good := claims.Issuer == r.publicURL && claims.App == app && now.Before(time.Unix(claims.Expires, 0)) &&
		!time.Unix(claims.IssuedAt, 0).After(now.Add(clockLeeway))
	return claims, good
}

// hold tells whether the token's device is still the user's, known, with the key that the
// token is bound to, and nothing was revoked since the second in which it was made.
func (t tokenClaims) hold(st symbolon.Standing, now time.Time) bool {
	sameKey := st.Device.Thumbprint == t.Confirmation["jkt"] && st.Device.UserID == t.User
	return sameKey && against(st, whoseOf(st), time.Unix(t.IssuedAt, 0), now) == ""
}

// verifyingKey is the key of that name, if it is one that JWKS shows.
func (r *Registry) verifyingKey(kid string, now time.Time) (ed25519.PublicKey, bool) {
	_, keys := r.keySet.at(now, r.secrets)
	key, ok := keys[kid]
	return key, ok
}
