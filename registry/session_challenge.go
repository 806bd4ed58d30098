package registry

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/proof"
)

// What a text that the session key seals is for.
const (
	forBinding       = "bind"
	forRenewal       = "renew"
	forAuthorization = "authorize"
)

const (
	sessionNonceBytes = 16
	sessionSpendLabel = "session:"
)

// sessionChallenge is a challenge of ours: made, not stored.
type sessionChallenge struct {
	spendKey []byte
	expires  time.Time
}

// newSessionChallenge makes a challenge for one purpose and subject: the authorization to
// bind by, or the session to renew. It is its expiry in microseconds, a nonce, and the MAC.
func (r *Registry) newSessionChallenge(app symbolon.AppID, purpose, subject string, now time.Time) string {
	b := binary.BigEndian.AppendUint64(nil, uint64(now.Add(challengeTTL).UnixMicro()))
	var nonce [sessionNonceBytes]byte
	rand.Read(nonce[:])
	return seal(r.secrets.current().session, append(b, nonce[:]...), purpose, string(app), subject)
}

// openSessionChallenge reads what newSessionChallenge made for the same purpose and
// subject. Errors are ErrProofInvalid and ErrChallengeExpired.
func (r *Registry) openSessionChallenge(app symbolon.AppID, purpose, subject, text string, now time.Time) (sessionChallenge, error) {
	for _, s := range r.secrets {
		b, _, ok := unseal(s.session, text, purpose, string(app), subject)
		if !ok || len(b) != 8+sessionNonceBytes {
			continue
		}
		c := sessionChallenge{append([]byte(sessionSpendLabel), b...), time.UnixMicro(int64(binary.BigEndian.Uint64(b))).UTC()}
		if !now.Before(c.expires) {
			return c, symbolon.Errorf(symbolon.ErrChallengeExpired, "the challenge was good until %s; take a fresh one", c.expires.Format(time.RFC3339))
		}
		return c, nil
	}
	return sessionChallenge{}, sessionRefused(errors.New("claim \"jti\" is no challenge of this service for this session"))
}

// spend uses the challenge up. Browsers try again with the same proof after a fault, so this
// belongs into the transaction of what the proof brings about.
func (c sessionChallenge) spend(ctx context.Context, tx symbolon.Store, app symbolon.AppID) error {
	err := tx.TakeSpend(ctx, app, c.spendKey, c.expires.Add(spendMargin))
	if errors.Is(err, symbolon.ErrChallengeReplayed) {
		return symbolon.Errorf(symbolon.ErrChallengeReplayed, "the challenge was used before; take a fresh one")
	}
	return err
}

// sealAuthorization makes what names a pass, for whoever can read it, without giving it away.
func (r *Registry) sealAuthorization(app symbolon.AppID, origin, pass string) string {
	sum := sha256.Sum256([]byte(pass))
	return seal(r.secrets.current().session, sum[:], forAuthorization, string(app), origin)
}

// authorized is the pass that an answer carries, if it is the one that the authorization
// was made for.
func (r *Registry) authorized(app symbolon.AppID, a SessionAnswer, authorization string, now time.Time) (pass, error) {
	for _, s := range r.secrets {
		sum, _, ok := unseal(s.session, authorization, forAuthorization, string(app), a.Origin)
		if !ok {
			continue
		}
		p, _, ok := r.openPass(app, a.Origin, a.Pass)
		if carried := sha256.Sum256([]byte(a.Pass)); !ok || !p.lasts(now, 0) || !hmac.Equal(sum, carried[:]) {
			return pass{}, sessionRefused(errors.New("the request has to carry the cookie that came with the offer, and it has to be good still"))
		}
		return p, nil
	}
	return pass{}, sessionRefused(errors.New("claim \"authorization\" is not of this service for this app and origin"))
}

// sessionField is what the server calls the browser's JWT.
const sessionField = "response"

// readSession reads a browser's JWT and holds its audience, if it names one, against the
// origin. Whose key signed it is not yet known.
func readSession(a SessionAnswer) (*proof.SessionProof, error) {
	p, err := proof.ParseSession(a.Response)
	if err != nil {
		return nil, proofError(sessionField, err)
	}
	if aud := p.Audience; aud != "" && !isAt(a.Origin, aud) {
		return nil, sessionRefused(fmt.Errorf("claim \"aud\" is %q, which is not at %s", aud, a.Origin))
	}
	return p, nil
}

// isAt tells whether a URL is the origin, or a page of it.
func isAt(origin, url string) bool {
	return url == origin || len(url) > len(origin) && url[:len(origin)+1] == origin+"/"
}

func sessionRefused(err error) error {
	return &symbolon.Error{Code: symbolon.ErrProofInvalid, Field: sessionField, Message: err.Error()}
}
