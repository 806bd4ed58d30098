package registry

import (
	"context"
	"slices"

	"github.com/symbolon-id/symbolon"
)

// issue makes a credential with its secret, not yet stored.
func issue(c symbolon.Caller, app symbolon.AppID, req symbolon.NewCredential) (symbolon.IssuedCredential, error) {
	key := symbolon.NewCredentialSecret()
	out := symbolon.Credential{
		ID: symbolon.NewCredentialID(), AppID: app, Name: req.Name, Scopes: req.Scopes, Role: req.Role,
		CreatedAt: c.At, Hash: symbolon.HashCredential(key),
	}
	if req.TTL != nil {
		end := c.At.Add(req.TTL.Std())
		out.ExpiresAt = &end
	}
	return symbolon.IssuedCredential{Credential: out, Key: key}, out.Check()
}

// CreateCredential makes a credential of the app; app "" makes one of an admin on all
// apps. The answer alone holds its secret.
func (r *Registry) CreateCredential(ctx context.Context, c symbolon.Caller, app symbolon.AppID, req symbolon.NewCredential) (symbolon.IssuedCredential, error) {
	if err := allow(c, app, opCredentials); err != nil {
		return symbolon.IssuedCredential{}, err
	}
	made, err := issue(c, app, req)
	if err != nil {
		return symbolon.IssuedCredential{}, err
	}
	err = r.store.Tx(ctx, func(tx symbolon.Store) error {
		if err := credentialed(ctx, tx, app); err != nil {
			return err
		}
		if err := tx.PutCredential(ctx, made.Credential); err != nil {
			return err
		}
		return writerFor(tx, c).credentialEvent(ctx, symbolon.EventCredentialPut, made.Credential)
	})
	if err != nil {
		return symbolon.IssuedCredential{}, err
	}
	return made, nil
}

// there is nil for an app that exists, and for "", which stands for all.
func there(ctx context.Context, s symbolon.Apps, app symbolon.AppID) error {
	if app == "" {
		return nil
	}
	_, err := appIn(ctx, s, app)
	return err
}

// credentialed is nil for an app that may have credentials, and for "", which stands for all.
func credentialed(ctx context.Context, s symbolon.Apps, app symbolon.AppID) error {
	if app == "" {
		return nil
	}
	a, err := appIn(ctx, s, app)
	if err != nil {
		return err
	}
	return notBuiltIn(a, "no program speaks for it, so it has no credentials")
}

func (w writer) credentialEvent(ctx context.Context, what symbolon.EventType, cred symbolon.Credential) error {
	return w.append(ctx, symbolon.Event{AppID: cred.AppID, Type: what}, eventData{
		"credential": cred.ID, "name": cred.Name, "scopes": cred.Scopes, "role": cred.Role,
	})
}

// ListCredentials gives the app's credentials, ended ones too, without their secrets.
func (r *Registry) ListCredentials(ctx context.Context, c symbolon.Caller, app symbolon.AppID) ([]symbolon.Credential, error) {
	if err := allow(c, app, opReadCredentials); err != nil {
		return nil, err
	}
	if err := there(ctx, r.store, app); err != nil {
		return nil, err
	}
	return r.store.ListCredentials(ctx, app)
}

// RevokeCredential ends a credential: at once on this process, within a second on others.
func (r *Registry) RevokeCredential(ctx context.Context, c symbolon.Caller, app symbolon.AppID, id symbolon.CredentialID) (symbolon.Credential, error) {
	if err := allow(c, app, opCredentials); err != nil {
		return symbolon.Credential{}, err
	}
	var out symbolon.Credential
	err := r.store.Tx(ctx, func(tx symbolon.Store) error {
		all, err := tx.ListCredentials(ctx, app)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(cred symbolon.Credential) bool { return cred.ID == id })
		if i < 0 {
			return symbolon.Errorf(symbolon.ErrNotFound, "there is no such credential")
		}
		if out = all[i]; out.RevokedAt != nil {
			return nil
		}
		out.RevokedAt = &c.At
		if err := tx.PutCredential(ctx, out); err != nil {
			return err
		}
		return writerFor(tx, c).credentialEvent(ctx, symbolon.EventCredentialEnded, out)
	})
	r.credentials.drop()
	return out, err
}
