package registry

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/symbolon-id/symbolon"
)

// ListPasskeys gives the caller's own passkeys, the latest first.
func (r *Registry) ListPasskeys(ctx context.Context, c symbolon.Caller) (symbolon.PasskeyList, error) {
	if err := person(c); err != nil {
		return symbolon.PasskeyList{}, err
	}
	items, err := r.store.ListPasskeys(ctx, c.Admin.Admin.ID)
	return symbolon.PasskeyList{Items: append([]symbolon.Passkey{}, items...), HasPassword: c.Admin.Admin.Password != ""}, err
}

// OfferPasskey gives the options by which the caller's browser makes a passkey.
func (r *Registry) OfferPasskey(ctx context.Context, c symbolon.Caller) (symbolon.PasskeyOptions, error) {
	if err := mayChangeWays(c); err != nil {
		return symbolon.PasskeyOptions{}, err
	}
	if err := r.usesPasskeys(); err != nil {
		return symbolon.PasskeyOptions{}, err
	}
	passkeys, err := r.store.ListPasskeys(ctx, c.Admin.Admin.ID)
	if err != nil {
		return symbolon.PasskeyOptions{}, err
	}
	if err := roomForPasskey(passkeys); err != nil {
		return symbolon.PasskeyOptions{}, err
	}
	return r.offer(ceremony{purposeAdd, c.Admin.Admin.ID, c.Admin.Session.ID}, c.Admin.Admin, passkeys, c)
}

// mayChangeWays is nil for admins who showed lately who they are, with an account of their
// own here: whom the provider signs in, the provider must be able to keep out.
func mayChangeWays(c symbolon.Caller) error {
	if err := person(c); err != nil {
		return err
	}
	if err := recent(c); err != nil {
		return err
	}
	return ownAccount(c.Admin.Admin)
}

func ownAccount(a symbolon.Admin) error {
	if a.External != nil {
		return symbolon.Errorf(symbolon.ErrConflict, "this account is signed in by %s alone, which has its password and passkeys", a.External.Issuer)
	}
	return nil
}

func roomForPasskey(passkeys []symbolon.Passkey) error {
	if len(passkeys) >= symbolon.MaxPasskeys {
		return symbolon.Errorf(symbolon.ErrConflict, "an account has at most %d passkeys; remove one first", symbolon.MaxPasskeys)
	}
	return nil
}

// offer leaves out the authenticators that have one already (WebAuthn Level 3 §5.4.3).
func (r *Registry) offer(of ceremony, a symbolon.Admin, passkeys []symbolon.Passkey, c symbolon.Caller) (symbolon.PasskeyOptions, error) {
	o, err := ownerOf(a, passkeys)
	if err != nil {
		return symbolon.PasskeyOptions{}, err
	}
	options, session, err := r.party.BeginRegistration(o, webauthn.WithExclusions(webauthn.Credentials(o.passkeys).CredentialDescriptors()))
	if err != nil {
		return symbolon.PasskeyOptions{}, err
	}
	return r.begun(of, session.Challenge, options.Response, c.At)
}

// AddPasskey adds what the browser made.
func (r *Registry) AddPasskey(ctx context.Context, c symbolon.Caller, req symbolon.NewPasskey) (symbolon.Passkey, error) {
	if err := mayChangeWays(c); err != nil {
		return symbolon.Passkey{}, err
	}
	made, by, err := r.madePasskey(ceremony{purposeAdd, c.Admin.Admin.ID, c.Admin.Session.ID}, c.Admin.Admin, req, c)
	if err != nil {
		return symbolon.Passkey{}, err
	}
	return made, r.store.Tx(ctx, func(tx symbolon.Store) error {
		a, err := stillIn(ctx, tx, c)
		if err != nil {
			return err
		}
		passkeys, err := tx.ListPasskeys(ctx, a.ID)
		if err != nil {
			return err
		}
		if err := roomForPasskey(passkeys); err != nil {
			return err
		}
		return putNewPasskey(ctx, tx, writerFor(tx, c), madeBy{made, by, a})
	})
}

// stillIn is the account of the caller's session. Whatever took it from whoever asks ended
// the session meanwhile.
func stillIn(ctx context.Context, tx symbolon.Store, c symbolon.Caller) (symbolon.Admin, error) {
	if _, err := tx.GetAdminSession(ctx, c.Admin.Session.Hash); err != nil {
		return symbolon.Admin{}, orRefused(err, sessionEnded())
	}
	return adminIn(ctx, tx, c.Admin.Admin.ID)
}

// madePasskey verifies a registration (WebAuthn Level 3 §7.1).
func (r *Registry) madePasskey(of ceremony, a symbolon.Admin, req symbolon.NewPasskey, c symbolon.Caller) (symbolon.Passkey, asked, error) {
	refused := symbolon.InvalidField("credential", passkeyRefused)
	if err := r.usesPasskeys(); err != nil {
		return symbolon.Passkey{}, asked{}, err
	}
	if err := symbolon.CheckText("name", req.Name); err != nil {
		return symbolon.Passkey{}, asked{}, err
	}
	by, ok := r.askedBy(of, req.State, c.At)
	if !ok {
		return symbolon.Passkey{}, by, refused
	}
	a.ID = by.admin
	parsed, err := protocol.ParseCredentialCreationResponseBytes(req.Credential)
	if err != nil {
		return symbolon.Passkey{}, by, refused
	}
	session := by.session()
	session.CredParams = webauthn.CredentialParametersDefault()
	made, err := r.party.CreateCredential(owner{Admin: a}, session, parsed)
	if err != nil {
		return symbolon.Passkey{}, by, refused
	}
	p := symbolon.Passkey{ID: "pk_" + rand.Text(), Name: req.Name, CreatedAt: c.At, AdminID: a.ID, Credential: made.ID}
	p.Document, err = documentOf(made)
	return p, by, err
}

// documentOf is what has to be kept: how it was made is of no use later.
func documentOf(c *webauthn.Credential) (json.RawMessage, error) {
	kept := *c
	kept.Attestation = webauthn.CredentialAttestation{}
	return json.Marshal(kept)
}

// madeBy is a new passkey, what it was asked by, and whose it is.
type madeBy struct {
	symbolon.Passkey
	by asked
	of symbolon.Admin
}

func putNewPasskey(ctx context.Context, tx symbolon.Store, w writer, m madeBy) error {
	if err := spendCeremony(ctx, tx, m.by); err != nil {
		return refusedOnceMore(err, symbolon.InvalidField("credential", passkeyRefused))
	}
	switch _, err := tx.GetPasskey(ctx, m.Credential); {
	case err == nil:
		return symbolon.Errorf(symbolon.ErrConflict, "this passkey is there already")
	case !errors.Is(err, symbolon.ErrNotFound):
		return err
	}
	if err := tx.PutPasskey(ctx, m.Passkey); err != nil {
		return err
	}
	return w.adminEvent(ctx, symbolon.EventPasskeyAdded, m.of, eventData{"passkey": m.ID, "name": m.Name})
}

// spendCeremony takes a state out of use. It belongs to no app, as the people do.
func spendCeremony(ctx context.Context, tx symbolon.Spends, by asked) error {
	return tx.TakeSpend(ctx, "", []byte(passkeySpend+by.challenge), by.end.Add(spendMargin))
}

func refusedOnceMore(err, refused error) error {
	if errors.Is(err, symbolon.ErrChallengeReplayed) {
		return refused
	}
	return err
}

// RenamePasskey gives one of the caller's passkeys another name.
func (r *Registry) RenamePasskey(ctx context.Context, c symbolon.Caller, id string, patch symbolon.PasskeyPatch) (out symbolon.Passkey, err error) {
	if err := person(c); err != nil {
		return out, err
	}
	if err := symbolon.CheckText("name", patch.Name); err != nil {
		return out, err
	}
	err = r.store.Tx(ctx, func(tx symbolon.Store) error {
		if out, _, err = passkeyOf(ctx, tx, c.Admin.Admin.ID, id); err != nil {
			return err
		}
		out.Name = patch.Name
		return tx.PutPasskey(ctx, out)
	})
	return out, err
}

// passkeyOf is one of an admin's passkeys, and how many they have.
func passkeyOf(ctx context.Context, s symbolon.Admins, admin symbolon.AdminID, id string) (symbolon.Passkey, int, error) {
	all, err := s.ListPasskeys(ctx, admin)
	if err != nil {
		return symbolon.Passkey{}, 0, err
	}
	for _, p := range all {
		if p.ID == id {
			return p, len(all), nil
		}
	}
	return symbolon.Passkey{}, 0, symbolon.Errorf(symbolon.ErrNotFound, "there is no such passkey")
}

// RemovePasskey removes one of the caller's passkeys. ErrConflict for their last way in.
func (r *Registry) RemovePasskey(ctx context.Context, c symbolon.Caller, id string) error {
	if err := person(c); err != nil {
		return err
	}
	if err := recent(c); err != nil {
		return err
	}
	return r.store.Tx(ctx, func(tx symbolon.Store) error {
		a, err := stillIn(ctx, tx, c)
		if err != nil {
			return err
		}
		p, n, err := passkeyOf(ctx, tx, a.ID, id)
		if err != nil {
			return err
		}
		if n == 1 && a.Password == "" {
			return symbolon.Errorf(symbolon.ErrConflict, "this is your last way in; add another passkey or set a password first")
		}
		if err := tx.TakePasskey(ctx, a.ID, id); err != nil {
			return err
		}
		return writerFor(tx, c).adminEvent(ctx, symbolon.EventPasskeyRemoved, a, eventData{"passkey": id, "name": p.Name})
	})
}
