package registry

import (
	"context"
	"errors"

	"github.com/symbolon-id/symbolon"
)

// recent is nil for whoever showed lately who they are. A credential shows it each time.
func recent(c symbolon.Caller) error {
	if c.Admin != nil && !c.Admin.Session.Recent(c.At) {
		return symbolon.Errorf(symbolon.ErrReauthenticate, "confirm who you are: this may be done within %d minutes of that", int(symbolon.RecentSignIn.Minutes()))
	}
	return nil
}

// ListAdmins gives up to limit admins in order of login, after the given one.
func (r *Registry) ListAdmins(ctx context.Context, c symbolon.Caller, after string, limit int) ([]symbolon.Admin, error) {
	if err := allow(c, "", opReadAdmins); err != nil {
		return nil, err
	}
	limit, err := pageSize(limit)
	if err != nil {
		return nil, err
	}
	return r.store.ListAdmins(ctx, after, limit)
}

// GetAdmin gives one admin. ErrNotFound where there is none.
func (r *Registry) GetAdmin(ctx context.Context, c symbolon.Caller, id symbolon.AdminID) (symbolon.Admin, error) {
	if err := allow(c, "", opReadAdmins); err != nil {
		return symbolon.Admin{}, err
	}
	return adminIn(ctx, r.store, id)
}

func adminIn(ctx context.Context, s symbolon.Admins, id symbolon.AdminID) (symbolon.Admin, error) {
	a, err := s.GetAdmin(ctx, id)
	if errors.Is(err, symbolon.ErrNotFound) {
		return a, symbolon.Errorf(symbolon.ErrNotFound, "there is no such admin")
	}
	return a, err
}

// CreateAdmin makes an account, and the invitation by which its owner gets in.
func (r *Registry) CreateAdmin(ctx context.Context, c symbolon.Caller, req symbolon.NewAdmin) (symbolon.InvitedAdmin, error) {
	if err := allow(c, "", opAdmins); err != nil {
		return symbolon.InvitedAdmin{}, err
	}
	a := symbolon.Admin{
		ID: symbolon.NewAdminID(), Login: req.Login, Name: req.Name, Grants: req.Grants, CreatedAt: c.At, UpdatedAt: c.At,
	}
	if a.Name == "" {
		a.Name = a.Login
	}
	if err := a.Check(); err != nil {
		return symbolon.InvitedAdmin{}, err
	}
	err := r.store.Tx(ctx, func(tx symbolon.Store) (err error) {
		if err := grantable(ctx, tx, a.Grants); err != nil {
			return err
		}
		if a, err = putNewAdmin(ctx, tx, a); err != nil {
			return err
		}
		return writerFor(tx, c).adminEvent(ctx, symbolon.EventAdminCreated, a, eventData{"grants": a.Grants})
	})
	return symbolon.InvitedAdmin{Admin: a, Invitation: r.invitation(a, c.At)}, err
}

// putNewAdmin gives the admin its version only once; a transaction may run again.
func putNewAdmin(ctx context.Context, tx symbolon.Store, a symbolon.Admin) (symbolon.Admin, error) {
	a.Version = 0
	return tx.PutAdmin(ctx, a)
}

// grantable refuses grants on apps that are not there.
func grantable(ctx context.Context, s symbolon.Apps, grants []symbolon.Grant) error {
	for _, g := range grants {
		if g.AppID == symbolon.AdminApp {
			return symbolon.InvalidField("grants", "must not name the app admin: admins of all apps manage it, and nobody else")
		}
		err := there(ctx, s, g.AppID)
		if errors.Is(err, symbolon.ErrNotFound) {
			return symbolon.InvalidField("grants", "names an app that is not there: %q", g.AppID)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (w writer) adminEvent(ctx context.Context, what symbolon.EventType, a symbolon.Admin, more eventData) error {
	data := eventData{"adminId": a.ID, "login": a.Login}
	for k, v := range more {
		data[k] = v
	}
	return w.append(ctx, symbolon.Event{Type: what}, data)
}

// UpdateAdmin changes an admin's name or grants, or keeps them from signing in.
// ErrPreconditionFailed if the account is not at the version ifMatch; ErrConflict if nobody
// would be left who may do everything.
func (r *Registry) UpdateAdmin(ctx context.Context, c symbolon.Caller, id symbolon.AdminID, p symbolon.AdminPatch, ifMatch int64) (symbolon.Admin, error) {
	if err := allow(c, "", opAdmins); err != nil {
		return symbolon.Admin{}, err
	}
	return r.changeAdmin(ctx, id, func(tx symbolon.Store, a symbolon.Admin) (symbolon.Admin, error) {
		if ifMatch != AnyVersion && ifMatch != a.Version {
			return a, symbolon.Errorf(symbolon.ErrPreconditionFailed, "the admin was changed meanwhile; read it again")
		}
		if p.Grants != nil && a.External != nil {
			return a, symbolon.Errorf(symbolon.ErrConflict, "the roles of this account come from its groups at %s, at each sign-in", a.External.Issuer)
		}
		a, ends := patched(a, p, c)
		if err := checkPatched(a); err != nil {
			return a, err
		}
		if p.Grants != nil { // those from before may be on an app that was removed
			if err := grantable(ctx, tx, a.Grants); err != nil {
				return a, err
			}
		}
		a.UpdatedAt = c.At
		a, err := tx.PutAdmin(ctx, a)
		if err != nil {
			return a, err
		}
		if ends {
			if err := tx.TakeAdminSession(ctx, a.ID, ""); err != nil {
				return a, err
			}
		}
		data := eventData{"name": a.Name, "grants": a.Grants, "disabled": a.DisabledAt != nil}
		return a, writerFor(tx, c).adminEvent(ctx, symbolon.EventAdminUpdated, a, data)
	})
}

// patched is the admin as the patch has them, and whether their sessions end by it.
func patched(a symbolon.Admin, p symbolon.AdminPatch, c symbolon.Caller) (symbolon.Admin, bool) {
	if p.Name != nil {
		a.Name = *p.Name
	}
	if p.Grants != nil {
		a.Grants = *p.Grants
	}
	switch {
	case p.Disabled == nil:
	case !*p.Disabled:
		a.DisabledAt = nil
	case a.DisabledAt == nil:
		a.DisabledAt = &c.At
		return a, true
	}
	return a, false
}

// checkPatched leaves to the provider what roles its people have, be it none.
func checkPatched(a symbolon.Admin) error {
	if a.External != nil {
		return symbolon.CheckText("name", a.Name)
	}
	return a.Check()
}

// changeAdmin runs one change of an account, and refuses it where nobody would be left
// who may do everything.
func (r *Registry) changeAdmin(ctx context.Context, id symbolon.AdminID, f func(symbolon.Store, symbolon.Admin) (symbolon.Admin, error)) (out symbolon.Admin, err error) {
	err = r.store.Tx(ctx, func(tx symbolon.Store) error {
		before, err := adminIn(ctx, tx, id)
		if err != nil {
			return err
		}
		ruled, err := rules(ctx, tx, before)
		if err != nil {
			return err
		}
		if out, err = f(tx, before); err != nil || !ruled || out.OverAll() { // no change takes a way in from who stays
			return err
		}
		return anotherOverAll(ctx, tx)
	})
	return out, err
}

// rules tells whether the admin may do everything and can get in by themselves: also when
// the provider that signs others in is down.
func rules(ctx context.Context, s symbolon.Admins, a symbolon.Admin) (bool, error) {
	if !a.OverAll() || a.External != nil {
		return false, nil
	}
	if a.Password != "" {
		return true, nil
	}
	passkeys, err := s.ListPasskeys(ctx, a.ID)
	return len(passkeys) > 0, err
}

// anotherOverAll is nil if somebody may still do everything.
func anotherOverAll(ctx context.Context, s symbolon.Admins) error {
	after := ""
	for {
		page, err := s.ListAdmins(ctx, after, MaxPage)
		if err != nil {
			return err
		}
		for _, a := range page {
			if ok, err := rules(ctx, s, a); ok || err != nil {
				return err
			}
		}
		if len(page) < MaxPage {
			return symbolon.Errorf(symbolon.ErrConflict, "this is the last admin of all apps; give another one that role first")
		}
		after = page[len(page)-1].Login
	}
}

// RemoveAdmin removes an account with its sessions.
func (r *Registry) RemoveAdmin(ctx context.Context, c symbolon.Caller, id symbolon.AdminID) error {
	if err := allow(c, "", opAdmins); err != nil {
		return err
	}
	_, err := r.changeAdmin(ctx, id, func(tx symbolon.Store, a symbolon.Admin) (symbolon.Admin, error) {
		if err := tx.TakeAdmin(ctx, a.ID); err != nil {
			return a, err
		}
		return symbolon.Admin{}, writerFor(tx, c).adminEvent(ctx, symbolon.EventAdminRemoved, a, nil)
	})
	return err
}

// InviteAdmin gives an admin a new way in: by it they choose a password or a passkey, which
// ends those from before and all sessions. It ends earlier invitations at once.
func (r *Registry) InviteAdmin(ctx context.Context, c symbolon.Caller, id symbolon.AdminID) (symbolon.InvitedAdmin, error) {
	if err := allow(c, "", opAdmins); err != nil {
		return symbolon.InvitedAdmin{}, err
	}
	var a symbolon.Admin
	err := r.store.Tx(ctx, func(tx symbolon.Store) (err error) {
		if a, err = adminIn(ctx, tx, id); err != nil {
			return err
		}
		if err := ownAccount(a); err != nil {
			return err
		}
		a.Epoch, a.UpdatedAt = a.Epoch+1, c.At
		if a, err = tx.PutAdmin(ctx, a); err != nil {
			return err
		}
		return writerFor(tx, c).adminEvent(ctx, symbolon.EventAdminInvited, a, nil)
	})
	return symbolon.InvitedAdmin{Admin: a, Invitation: r.invitation(a, c.At)}, err
}
