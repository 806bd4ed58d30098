package registry

import (
	"context"
	"errors"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/symbolon-id/symbolon"
)

// OfferPasskeySignIn gives the options by which a browser shows any passkey of the service.
func (r *Registry) OfferPasskeySignIn(_ context.Context, from Visitor) (symbolon.PasskeyOptions, error) {
	if err := r.usesPasskeys(); err != nil {
		return symbolon.PasskeyOptions{}, err
	}
	options, session, err := r.party.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return symbolon.PasskeyOptions{}, err
	}
	return r.begun(ceremony{purpose: purposeSignIn}, session.Challenge, options.Response, from.At)
}

// SignInByPasskey lets an admin in. How often it may be tried is the caller's to say.
func (r *Registry) SignInByPasskey(ctx context.Context, from Visitor, req symbolon.PasskeyAnswer) (Admitted, error) {
	shown, err := r.shownPasskey(ceremony{purpose: purposeSignIn}, req, from)
	if err != nil {
		return Admitted{}, symbolon.Errorf(symbolon.ErrUnauthenticated, "the passkey %s", passkeyRefused)
	}
	var in Admitted
	var a symbolon.Admin
	var denied error
	err = r.store.Tx(ctx, func(tx symbolon.Store) (err error) {
		if a, denied, err = r.verifyPasskey(ctx, tx, shown); err != nil || denied != nil {
			return err
		}
		in, err = r.letIn(ctx, tx, arrival{admin: a, from: from, method: symbolon.SignInPasskey})
		return err
	})
	if err == nil && denied != nil {
		in, err = Admitted{}, symbolon.Errorf(symbolon.ErrUnauthenticated, "%v", denied)
	}
	r.noteRefusal(a, from, err)
	return in, err
}

// OfferConfirmation gives the options by which the caller shows one of their passkeys.
func (r *Registry) OfferConfirmation(ctx context.Context, c symbolon.Caller) (symbolon.PasskeyOptions, error) {
	if err := person(c); err != nil {
		return symbolon.PasskeyOptions{}, err
	}
	if err := r.usesPasskeys(); err != nil {
		return symbolon.PasskeyOptions{}, err
	}
	passkeys, err := r.store.ListPasskeys(ctx, c.Admin.Admin.ID)
	if err != nil {
		return symbolon.PasskeyOptions{}, err
	}
	if len(passkeys) == 0 {
		return symbolon.PasskeyOptions{}, symbolon.Errorf(symbolon.ErrConflict, "you have no passkey")
	}
	o, err := ownerOf(c.Admin.Admin, passkeys)
	if err != nil {
		return symbolon.PasskeyOptions{}, err
	}
	options, session, err := r.party.BeginLogin(o, webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return symbolon.PasskeyOptions{}, err
	}
	return r.begun(ceremony{purposeConfirm, o.ID, c.Admin.Session.ID}, session.Challenge, options.Response, c.At)
}

// confirmByPasskey is nil where the caller showed one of their passkeys.
func (r *Registry) confirmByPasskey(ctx context.Context, c symbolon.Caller, req symbolon.PasskeyAnswer) error {
	if err := r.usesPasskeys(); err != nil {
		return err
	}
	from := Visitor{At: c.At}
	shown, err := r.shownPasskey(ceremony{purposeConfirm, c.Admin.Admin.ID, c.Admin.Session.ID}, req, from)
	if err != nil {
		return symbolon.InvalidField("passkey", passkeyRefused)
	}
	var denied error
	err = r.store.Tx(ctx, func(tx symbolon.Store) (err error) {
		_, denied, err = r.verifyPasskey(ctx, tx, shown)
		return err
	})
	if err == nil && denied != nil {
		return symbolon.InvalidField("passkey", "%v", denied)
	}
	return err
}

// shownPasskey is an answer that was taken apart, and not verified yet.
type shownPasskey struct {
	by     asked
	parsed *protocol.ParsedCredentialAssertionData
	from   Visitor
}

var errNotAsked = errors.New("registry: the state is not of this ceremony")

func (r *Registry) shownPasskey(of ceremony, req symbolon.PasskeyAnswer, from Visitor) (shownPasskey, error) {
	by, ok := r.askedBy(of, req.State, from.At)
	if !ok || r.party == nil {
		return shownPasskey{}, errNotAsked
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(req.Credential)
	return shownPasskey{by, parsed, from}, err
}

// verifyPasskey verifies an assertion (WebAuthn Level 3 §7.2), and takes its challenge out of
// use. It tells whose the passkey is, or why it does not count.
func (r *Registry) verifyPasskey(ctx context.Context, tx symbolon.Store, s shownPasskey) (a symbolon.Admin, denied, err error) {
	notKnown, refused := errors.New(passkeyNotKnown), errors.New("the passkey "+passkeyRefused)
	p, err := tx.GetPasskey(ctx, s.parsed.RawID)
	switch {
	case errors.Is(err, symbolon.ErrNotFound):
		return a, notKnown, nil
	case err != nil:
		return a, nil, err
	case s.by.admin != "" && s.by.admin != p.AdminID:
		return a, notKnown, nil
	}
	if a, err = tx.GetAdmin(ctx, p.AdminID); err != nil {
		return a, nil, err
	}
	if a.DisabledAt != nil || a.External != nil {
		return a, notKnown, nil
	}
	o, err := ownerOf(a, []symbolon.Passkey{p})
	if err != nil {
		return a, nil, err
	}
	used, failed := r.assert(o, s)
	if failed != nil {
		return a, refused, nil
	}
	if err := spendCeremony(ctx, tx, s.by); err != nil {
		if errors.Is(err, symbolon.ErrChallengeReplayed) {
			return a, refused, nil
		}
		return a, nil, err
	}
	return r.usePasskey(ctx, tx, usedPasskey{p, used, a, s.from})
}

// assert is the credential as it is after its use.
func (r *Registry) assert(o owner, s shownPasskey) (*webauthn.Credential, error) {
	if s.by.admin != "" { // the browser was told whose, and may leave out who it is
		return r.party.ValidateLogin(o, s.by.session(), s.parsed)
	}
	whose := func(_, handle []byte) (webauthn.User, error) { return o, nil } // whom the handle names is verified against them
	_, used, err := r.party.ValidatePasskeyLogin(whose, s.by.session(), s.parsed)
	return used, err
}

type usedPasskey struct {
	symbolon.Passkey
	now  *webauthn.Credential
	of   symbolon.Admin
	from Visitor
}

// usePasskey notes the use. Where the counter went back there may be two of what must be one
// (WebAuthn Level 3 §6.1.1), and neither is let in.
func (r *Registry) usePasskey(ctx context.Context, tx symbolon.Store, u usedPasskey) (_ symbolon.Admin, denied, err error) {
	if u.now.Authenticator.CloneWarning {
		w := writer{tx: tx, actor: symbolon.Actor{Kind: symbolon.CallerSystem}, now: u.from.At}
		err := w.adminEvent(ctx, symbolon.EventPasskeyDoubted, u.of, eventData{"passkey": u.ID, "name": u.Name, "ipAddress": u.from.Address})
		return u.of, errors.New("this passkey was used elsewhere since: there may be a copy of it; remove it, and make another"), err
	}
	if u.Document, err = documentOf(u.now); err != nil {
		return u.of, nil, err
	}
	u.LastUsedAt = &u.from.At
	return u.of, nil, tx.PutPasskey(ctx, u.Passkey)
}
