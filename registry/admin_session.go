package registry

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"strings"
	"time"
	"unicode"

	"github.com/symbolon-id/symbolon"
)

// Visitor is whoever stands at the portal's door.
type Visitor struct {
	Address   string
	UserAgent string
	At        time.Time
	Idle      bool // a page asks by itself, and nobody is at it: that keeps no session alive
}

// Admitted is an admin who was let in, with the secret for their cookie.
type Admitted struct {
	symbolon.SignedIn
	Secret string
}

// seenEvery is how exactly it is known when a session was last seen.
const seenEvery = time.Minute

// agentOf is as much of a User-Agent as is kept.
func agentOf(s string) string {
	s = strings.Map(func(c rune) rune {
		if unicode.IsControl(c) {
			return ' '
		}
		return c
	}, strings.ToValidUTF8(s, " "))
	return strings.ToValidUTF8(s[:min(len(s), symbolon.MaxText)], "")
}

// arrival is an admin on their way in.
type arrival struct {
	admin   symbolon.Admin
	from    Visitor
	method  symbolon.SignInMethod
	created bool // the account is made now
}

// letIn begins a session, within the transaction in which the admin showed who they are. A
// password that was chosen just now ends the sessions before it.
func (r *Registry) letIn(ctx context.Context, tx symbolon.Store, n arrival) (Admitted, error) {
	w := writer{tx: tx, actor: symbolon.Actor{Kind: symbolon.CallerAdmin, ID: string(n.admin.ID)}, now: n.from.At}
	n.admin.LastSignInAt = &n.from.At
	if n.created {
		n.admin.Version = 0
	}
	if err := r.keepAdminApp(ctx, tx, n.from.At); err != nil {
		return Admitted{}, err
	}
	if err := notDeactivated(ctx, tx, n.admin.ID); err != nil {
		return Admitted{}, err
	}
	a, err := tx.PutAdmin(ctx, n.admin)
	if err != nil {
		return Admitted{}, err
	}
	if n.created {
		err = w.adminEvent(ctx, symbolon.EventAdminCreated, a, eventData{"grants": a.Grants})
	} else if n.method == symbolon.SignInSetup {
		err = reset(ctx, tx, w, a)
	}
	if err != nil {
		return Admitted{}, err
	}
	secret := newSessionSecret()
	s := symbolon.AdminSession{
		ID: "ses_" + rand.Text(), AdminID: a.ID, Method: n.method, IPAddress: n.from.Address, UserAgent: agentOf(n.from.UserAgent),
		CreatedAt: n.from.At, LastSeenAt: n.from.At, AuthenticatedAt: n.from.At, ExpiresAt: n.from.At.Add(symbolon.AdminSessionLife),
		Hash: sessionHash(secret),
	}
	if err := tx.PutAdminSession(ctx, s); err != nil {
		return Admitted{}, err
	}
	s.IsCurrent = true
	err = w.adminEvent(ctx, symbolon.EventAdminSignedIn, a, eventData{"method": n.method, "ipAddress": n.from.Address, "session": s.ID})
	return Admitted{symbolon.SignedIn{Admin: a, Session: s}, secret}, err
}

// reset ends every way into an account that there was before.
func reset(ctx context.Context, tx symbolon.Store, w writer, a symbolon.Admin) error {
	if err := tx.TakeAdminSession(ctx, a.ID, ""); err != nil {
		return err
	}
	if err := tx.TakePasskey(ctx, a.ID, ""); err != nil {
		return err
	}
	return w.adminEvent(ctx, symbolon.EventAdminPassword, a, eventData{"removed": a.Password == ""})
}

func newSessionSecret() string { return rand.Text() + rand.Text() }

func sessionHash(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

// SignIn lets an admin in by login and password. Every refusal is one and the same, after
// the same work. How often it may be tried is the caller's to say.
func (r *Registry) SignIn(ctx context.Context, from Visitor, req symbolon.SignInRequest) (Admitted, error) {
	a, err := r.byPassword(ctx, req)
	if err != nil {
		r.noteRefusal(a, from, err)
		return Admitted{}, err
	}
	var in Admitted
	err = r.store.Tx(ctx, func(tx symbolon.Store) error {
		now, err := tx.GetAdmin(ctx, a.ID)
		switch {
		case errors.Is(err, symbolon.ErrNotFound):
			return badPassword()
		case err != nil:
			return err
		case now.Password != a.Password || now.DisabledAt != nil: // changed meanwhile
			return badPassword()
		}
		in, err = r.letIn(ctx, tx, arrival{admin: now, from: from, method: symbolon.SignInPassword})
		return err
	})
	r.noteRefusal(a, from, err)
	return in, err
}

func badPassword() error {
	return symbolon.Errorf(symbolon.ErrUnauthenticated, "login or password is wrong, or the account is closed")
}

func (r *Registry) byPassword(ctx context.Context, req symbolon.SignInRequest) (symbolon.Admin, error) {
	if len(req.Password) > 4*MaxPassword || symbolon.CheckText("login", req.Login) != nil {
		return symbolon.Admin{}, badPassword()
	}
	a, err := r.store.GetAdminByLogin(ctx, req.Login)
	if err != nil && !errors.Is(err, symbolon.ErrNotFound) {
		return a, err
	}
	right, err := passwordIs(ctx, a.Password, req.Password)
	switch {
	case err != nil:
		return a, err
	case !right || a.DisabledAt != nil:
		return a, badPassword()
	}
	return a, nil
}

// AuthenticateSession tells who calls by the secret of a session. Rights are those of now.
func (r *Registry) AuthenticateSession(ctx context.Context, secret string, app symbolon.AppID, from Visitor) (symbolon.Caller, error) {
	ended := sessionEnded()
	now := symbolon.Micro(from.At)
	s, err := r.store.GetAdminSession(ctx, sessionHash(secret))
	if err != nil {
		return symbolon.Caller{}, orRefused(err, ended)
	}
	if !s.Live(now) {
		return symbolon.Caller{}, ended
	}
	a, err := r.store.GetAdmin(ctx, s.AdminID)
	if err != nil {
		return symbolon.Caller{}, orRefused(err, ended)
	}
	if a.DisabledAt != nil {
		return symbolon.Caller{}, ended
	}
	if now.Sub(s.LastSeenAt) >= seenEvery && !from.Idle {
		s.LastSeenAt = now
		if err := r.store.SeeAdminSession(ctx, s.ID, now, s.AuthenticatedAt); err != nil {
			return symbolon.Caller{}, orRefused(err, ended)
		}
	}
	s.IsCurrent = true
	in := symbolon.SignedIn{Admin: a, Session: s}
	if in.DeviceRequired, err = r.held(ctx, a, s, now); err != nil {
		return symbolon.Caller{}, err
	}
	return symbolon.Caller{Kind: symbolon.CallerAdmin, AppID: app, Address: from.Address, At: now, Admin: &in}, nil
}

func sessionEnded() error {
	return symbolon.Errorf(symbolon.ErrUnauthenticated, "the session has ended; sign in again")
}

// orRefused is the refusal where what was looked for is not there, else the fault.
func orRefused(err error, refused error) error {
	if errors.Is(err, symbolon.ErrNotFound) {
		return refused
	}
	return err
}

// person refuses whoever is not an admin in a session of their own that counts.
func person(c symbolon.Caller) error {
	if err := signedIn(c); err != nil {
		return err
	}
	return deviceShown(c)
}

// signedIn is the same for what a session may do before it has shown its device.
func signedIn(c symbolon.Caller) error {
	switch {
	case c.Kind == symbolon.CallerClient:
		return symbolon.Errorf(symbolon.ErrUnauthenticated, "sign in first")
	case c.Admin == nil:
		return symbolon.Errorf(symbolon.ErrForbidden, "this is for admins who signed in, not for credentials")
	}
	return nil
}

// ThisSession is who the caller is and how they are signed in.
func (r *Registry) ThisSession(_ context.Context, c symbolon.Caller) (symbolon.SignedIn, error) {
	if err := signedIn(c); err != nil {
		return symbolon.SignedIn{}, err
	}
	return *c.Admin, nil
}

// Confirm takes the password or a passkey again, so that dangerous actions are open for a
// while.
func (r *Registry) Confirm(ctx context.Context, c symbolon.Caller, req symbolon.ConfirmRequest) (symbolon.SignedIn, error) {
	if err := person(c); err != nil {
		return symbolon.SignedIn{}, err
	}
	confirm := r.confirmByPassword
	if req.Passkey != nil {
		confirm = r.confirmByAuthenticator
	}
	if err := confirm(ctx, c, req); err != nil {
		return symbolon.SignedIn{}, err
	}
	out := *c.Admin
	out.Session.AuthenticatedAt, out.Session.LastSeenAt = c.At, c.At
	return out, orRefused(r.store.SeeAdminSession(ctx, out.Session.ID, c.At, c.At), sessionEnded())
}

func (r *Registry) confirmByPassword(ctx context.Context, c symbolon.Caller, req symbolon.ConfirmRequest) error {
	_, err := r.byPassword(ctx, symbolon.SignInRequest{Login: c.Admin.Admin.Login, Password: req.Password})
	if errors.Is(err, symbolon.ErrUnauthenticated) { // the session is good; what was typed is not
		return symbolon.InvalidField("password", "is wrong")
	}
	return err
}

func (r *Registry) confirmByAuthenticator(ctx context.Context, c symbolon.Caller, req symbolon.ConfirmRequest) error {
	if req.Password != "" {
		return symbolon.InvalidField("password", "must be absent where there is a passkey")
	}
	return r.confirmByPasskey(ctx, c, *req.Passkey)
}

// ChangePassword gives the caller a new password, and their session a new secret. It ends
// their other sessions.
func (r *Registry) ChangePassword(ctx context.Context, c symbolon.Caller, password string) (Admitted, error) {
	if err := mayChangeWays(c); err != nil {
		return Admitted{}, err
	}
	if err := checkPassword(password, c.Admin.Admin); err != nil {
		return Admitted{}, err
	}
	hash, err := hashPassword(ctx, password)
	if err != nil {
		return Admitted{}, err
	}
	var in Admitted
	err = r.store.Tx(ctx, func(tx symbolon.Store) error {
		a, err := stillIn(ctx, tx, c)
		if err != nil {
			return err
		}
		if a, err = tx.PutAdmin(ctx, withPassword(a, hash, c.At)); err != nil {
			return err
		}
		in.Admin = a
		if in.Session, in.Secret, err = renewSession(ctx, tx, c.Admin.Session.Hash); err != nil {
			return err
		}
		return writerFor(tx, c).adminEvent(ctx, symbolon.EventAdminPassword, a, nil)
	})
	return in, err
}

// renewSession leaves an admin with one session, under another secret.
func renewSession(ctx context.Context, tx symbolon.Store, hash []byte) (symbolon.AdminSession, string, error) {
	s, err := tx.GetAdminSession(ctx, hash)
	if err != nil {
		return s, "", err
	}
	if err := tx.TakeAdminSession(ctx, s.AdminID, ""); err != nil {
		return s, "", err
	}
	secret := newSessionSecret()
	s.Hash, s.IsCurrent = sessionHash(secret), true
	return s, secret, tx.PutAdminSession(ctx, s)
}

// ListAdminSessions gives an admin's sessions that count now: one's own, or for who manages
// admins anyone's.
func (r *Registry) ListAdminSessions(ctx context.Context, c symbolon.Caller, id symbolon.AdminID) ([]symbolon.AdminSession, error) {
	if err := ownOr(c, id, allow(c, "", opReadAdmins)); err != nil {
		return nil, err
	}
	all, err := r.store.ListAdminSessions(ctx, id)
	live := []symbolon.AdminSession{}
	for _, s := range all {
		if s.Live(c.At) {
			s.IsCurrent = c.Admin != nil && c.Admin.Session.ID == s.ID
			live = append(live, s)
		}
	}
	return live, err
}

// EndAdminSession ends one session: one's own, or for who manages admins anyone's.
func (r *Registry) EndAdminSession(ctx context.Context, c symbolon.Caller, id symbolon.AdminID, session string) error {
	if this := c.Admin != nil && c.Admin.Admin.ID == id && c.Admin.Session.ID == session; !this {
		if err := ownOr(c, id, allow(c, "", opAdmins)); err != nil {
			return err
		}
	}
	return r.store.Tx(ctx, func(tx symbolon.Store) error {
		a, err := adminIn(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := tx.TakeAdminSession(ctx, id, session); err != nil {
			return orRefused(err, symbolon.Errorf(symbolon.ErrNotFound, "there is no such session"))
		}
		return writerFor(tx, c).adminEvent(ctx, symbolon.EventAdminSignedOut, a, eventData{"session": session})
	})
}

// ownOr is nil for what is the caller's own.
func ownOr(c symbolon.Caller, id symbolon.AdminID, otherwise error) error {
	if c.Admin != nil && c.Admin.Admin.ID == id {
		return deviceShown(c)
	}
	return otherwise
}
