package registry

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/symbolon-id/symbolon"
)

// Bearer is what a request shows of who sends it.
type Bearer struct {
	AppID      symbolon.AppID // of the path; "" on routes without one
	Token      string         // what follows "Bearer ", or ""
	Assertions bool           // users may call: a token of an OIDC issuer counts, and its issuer may see it
	Address    string         // of the connection
	At         time.Time      // the moment of the request, from here on
}

// ErrIssuer is in the chain of an error where nobody can tell whose a bearer is and an OIDC
// issuer, which was asked, is the cause: the fault is not this service's.
var ErrIssuer = errors.New("an OIDC issuer could not tell")

// Authenticate tells who calls. Without a token that is a client; a token that is no
// good is ErrUnauthenticated, never a client.
func (r *Registry) Authenticate(ctx context.Context, b Bearer) (symbolon.Caller, error) {
	c := symbolon.Caller{Kind: symbolon.CallerClient, AppID: b.AppID, Address: b.Address, At: symbolon.Micro(b.At)}
	switch {
	case b.Token == "":
		return c, nil
	case r.isAdminKey(b.Token):
		c.Kind, c.AppID, c.Role, c.Credential = symbolon.CallerAdmin, "", symbolon.RoleAdmin, "admin_key"
		return c, nil
	case strings.HasPrefix(b.Token, localPrefix):
		return r.authenticateLocal(b.Token, c)
	case strings.HasPrefix(b.Token, symbolon.CredentialPrefix):
		return r.authenticateCredential(ctx, b.Token, c)
	}
	assertion, err := r.openAssertion(ctx, b, c.At)
	if err != nil {
		return symbolon.Caller{}, err
	}
	c.Kind, c.Assertion = symbolon.CallerUser, &assertion
	return c, nil
}

// openAssertion tells who the user is, by a ticket or by a token of one of the app's
// issuers. Where the app lists none, or users have no business, what is no ticket is shown
// to nobody: it may be a mistyped key of an admin.
func (r *Registry) openAssertion(ctx context.Context, b Bearer, now time.Time) (symbolon.Assertion, error) {
	if b.AppID == "" || !b.Assertions || isTicket(b.Token) {
		return r.openTicket(b.Token, b.AppID, now)
	}
	s, err := r.settingsOf(ctx, b.AppID, now)
	switch {
	case errors.Is(err, symbolon.ErrNotFound):
		return r.openTicket(b.Token, b.AppID, now)
	case err != nil:
		return symbolon.Assertion{}, err
	case len(s.issuers) == 0:
		return r.openTicket(b.Token, b.AppID, now)
	}
	a, err := r.issuers.Open(ctx, symbolon.IssuerQuestion{App: b.AppID, Issuers: s.issuers, Token: b.Token, Now: now})
	switch {
	case err == nil:
		r.known.meet(credentialKeyOf(b.AppID, b.Token))
	case errors.Is(err, symbolon.ErrUnauthenticated):
		r.known.forget(credentialKeyOf(b.AppID, b.Token))
	default:
		err = fmt.Errorf("%w: %w", ErrIssuer, err)
	}
	return a, err
}

// Recognises tells whether a stranger could not have made the bearer up: judging it asks
// neither the store nor an issuer, or it was good when it last came. It says nothing of what
// the bearer opens, which [Registry.Authenticate] tells. A token of an OIDC issuer is known
// only where it counts.
func (r *Registry) Recognises(b Bearer) bool {
	own := b.Token == "" || strings.HasPrefix(b.Token, localPrefix) || isTicket(b.Token) || r.isAdminKey(b.Token)
	counts := b.Assertions || strings.HasPrefix(b.Token, symbolon.CredentialPrefix)
	return own || counts && r.known.met(credentialKeyOf(b.AppID, b.Token), credentialKeyOf("", b.Token))
}

func (r *Registry) isAdminKey(token string) bool {
	return r.adminHash != nil && subtle.ConstantTimeCompare(symbolon.HashCredential(token), r.adminHash) == 1
}

func (r *Registry) authenticateCredential(ctx context.Context, token string, c symbolon.Caller) (symbolon.Caller, error) {
	hash := symbolon.HashCredential(token)
	for _, app := range []symbolon.AppID{c.AppID, ""} {
		found, err := r.credential(ctx, app, hash, c.At)
		if errors.Is(err, symbolon.ErrNotFound) {
			continue
		}
		if err != nil {
			return symbolon.Caller{}, err
		}
		if !found.Live(c.At) {
			break
		}
		r.known.meet(credentialKeyOf(app, token))
		r.used(ctx, found, c.At)
		c.AppID, c.Credential, c.Scopes, c.Role = found.AppID, found.ID, found.Scopes, found.Role
		c.Kind = symbolon.CallerBackend
		if found.Role != "" {
			c.Kind = symbolon.CallerAdmin
		}
		return c, nil
	}
	r.known.forget(credentialKeyOf(c.AppID, token), credentialKeyOf("", token))
	return symbolon.Caller{}, symbolon.Errorf(symbolon.ErrUnauthenticated, "the credential is not one of this app, was revoked, or has expired")
}

// usedEvery is how exactly it is known when a credential was last used.
const usedEvery = time.Hour

// used notes that a credential was used, once an hour. That it can't be noted keeps nobody out.
func (r *Registry) used(ctx context.Context, c symbolon.Credential, now time.Time) {
	if c.UsedSince(now.Add(-usedEvery)) {
		return
	}
	first := r.credentials.amend(credentialKey{c.AppID, [sha256.Size]byte(c.Hash)}, func(c symbolon.Credential) (symbolon.Credential, bool) {
		ok := !c.UsedSince(now.Add(-usedEvery))
		c.LastUsedAt = &now
		return c, ok
	})
	if !first {
		return // another request notes it
	}
	if err := r.store.SeeCredential(ctx, c.AppID, c.ID, now); err != nil && ctx.Err() == nil {
		r.log.Warn("when a credential was last used can't be noted", "app", c.AppID, "credential", c.ID, "error", err)
	}
}

type credentialKey struct {
	app  symbolon.AppID
	hash [sha256.Size]byte
}

func credentialKeyOf(app symbolon.AppID, token string) credentialKey {
	return credentialKey{app, [sha256.Size]byte(symbolon.HashCredential(token))}
}

func (r *Registry) credential(ctx context.Context, app symbolon.AppID, hash []byte, now time.Time) (symbolon.Credential, error) {
	k := credentialKey{app, [sha256.Size]byte(hash)}
	c, epoch, ok := r.credentials.get(k, now)
	if ok {
		return c, nil
	}
	c, err := r.store.GetCredential(ctx, app, hash)
	if err != nil {
		return symbolon.Credential{}, err
	}
	r.credentials.put(k, c, now, epoch) // good ones only, so that guesses fill nothing
	return c, nil
}
