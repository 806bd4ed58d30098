package server

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/registry"
)

// The cookies of the portal. The first opens a session; the second says that its browser has
// signed in with a login before, so that strangers who try passwords can't lock its owner out.
const (
	sessionCookie  = "symbolon-session"
	familiarCookie = "symbolon-familiar"
	familiarLife   = 365 * 24 * 60 * 60 // seconds
)

// How often a password may be tried: at once, then a second.
const (
	tryBurst = 10
	tryRate  = 0.2

	arrivalBurst = 60 // of passkeys and by the provider, which nobody guesses: many may share an address
	arrivalRate  = 1

	strangersBurst = 30 // of all who are not familiar, for one login
	strangersRate  = 0.5
)

// portal is what the server keeps of who comes to the portal.
type portal struct {
	secure  bool // the service is reached by https
	origin  *http.CrossOriginProtection
	tries   *rates // of passwords, by address, and by familiar browser
	byLogin *rates // of passwords of strangers, by login

	arrivals *rates // by passkey or provider, by address
}

func newPortal(publicURL string) portal {
	p := portal{
		secure: strings.HasPrefix(publicURL, "https:"), origin: http.NewCrossOriginProtection(),
		tries: newRates(tryRate, tryBurst), byLogin: newRates(strangersRate, strangersBurst),
		arrivals: newRates(arrivalRate, arrivalBurst),
	}
	if publicURL != "" { // behind a proxy the Host may be another
		_ = p.origin.AddTrustedOrigin(strings.TrimSuffix(publicURL, "/")) // one with a path is refused, and not needed
	}
	return p
}

// name is that of a cookie: where there is https, one that no other host can set (RFC
// 6265bis §4.1.3.2).
func (p portal) name(name string) string {
	if p.secure {
		return "__Host-" + name
	}
	return name
}

// cookie is on its way to the browser. An empty value forgets it.
func (p portal) cookie(name, value string, seconds int) string {
	if value == "" {
		seconds = -1
	}
	return (&http.Cookie{
		Name: p.name(name), Value: value, Path: "/", MaxAge: seconds, HttpOnly: true, Secure: p.secure, SameSite: http.SameSiteStrictMode,
	}).String()
}

// read is a cookie's value, or "" where it is not there once.
func (p portal) read(r *http.Request, name string) string {
	if found := r.CookiesNamed(p.name(name)); len(found) == 1 {
		return found[0].Value
	}
	return ""
}

// sameOrigin refuses what a page of another site sends with our cookies.
func (p portal) sameOrigin(r *http.Request) error {
	if p.origin.Check(r) != nil {
		return symbolon.Errorf(symbolon.ErrForbidden, "this may be asked by the portal's own pages only")
	}
	return nil
}

// admitPerson takes the session of an admin, where an operation is for admins only and
// the request has no bearer. It is false where there is no session either.
func (s *Server) admitPerson(rt *route, x *exchange, r *http.Request) (bool, error) {
	secret := s.portal.read(r, sessionCookie)
	if secret == "" || rt.callers.public() || rt.callers&(admins|people) == 0 {
		return false, nil
	}
	if err := s.portal.sameOrigin(r); err != nil {
		return false, err
	}
	c, err := s.registry.AuthenticateSession(r.Context(), secret, symbolon.AppID(r.PathValue("app")), visitorOf(x))
	if err == nil {
		x.caller = c
	}
	return err == nil, err
}

// idleHeader is sent by a page that asks by itself while nobody is at it.
const idleHeader = "Symbolon-Idle"

func visitorOf(x *exchange) registry.Visitor {
	return registry.Visitor{Address: x.address, UserAgent: x.request.UserAgent(), At: x.at, Idle: x.request.Header.Get(idleHeader) != ""}
}

// signedIn is who is signed in, with what their browser is to keep.
type signedIn struct {
	Cookies []string `header:"Set-Cookie"`
	Body    symbolon.SignedIn
}

func (s *Server) letIn(in registry.Admitted) *signedIn {
	p := s.portal
	return &signedIn{Body: in.SignedIn, Cookies: []string{
		p.cookie(sessionCookie, in.Secret, int(symbolon.AdminSessionLife.Seconds())),
		p.cookie(familiarCookie, s.registry.Familiar(in.Admin), familiarLife),
	}}
}

type setupInput struct{ Body symbolon.SetupRequest }

func (s *Server) setUp(ctx context.Context, _ symbolon.Caller, in *setupInput) (*signedIn, error) {
	x := exchangeOf(ctx)
	if err := s.portal.sameOrigin(x.request); err != nil {
		return nil, err
	}
	if err := s.portal.tries.take(x.address, x.began); err != nil {
		return nil, err
	}
	admitted, err := s.registry.Setup(ctx, visitorOf(x), in.Body)
	if err != nil {
		return nil, err
	}
	return s.letIn(admitted), nil
}

type signInInput struct{ Body symbolon.SignInRequest }

func (s *Server) signIn(ctx context.Context, _ symbolon.Caller, in *signInInput) (*signedIn, error) {
	x := exchangeOf(ctx)
	if err := s.portal.sameOrigin(x.request); err != nil {
		return nil, err
	}
	if err := s.mayTry(ctx, x, in.Body.Login); err != nil {
		return nil, err
	}
	admitted, err := s.registry.SignIn(ctx, visitorOf(x), in.Body)
	if err != nil {
		return nil, err
	}
	return s.letIn(admitted), nil
}

// mayTry slows down who tries passwords: each address, and for each login all browsers
// together that never signed in with it. One that did has turns of its own.
func (s *Server) mayTry(ctx context.Context, x *exchange, login string) error {
	login = login[:min(len(login), symbolon.MaxText)] // longer ones are nobody's, and would be remembered
	if mark := s.portal.read(x.request, familiarCookie); mark != "" {
		familiar, err := s.registry.IsFamiliar(ctx, login, mark)
		if err != nil {
			return err
		}
		if familiar {
			return s.portal.tries.take("familiar "+mark, x.began)
		}
	}
	if err := s.portal.tries.take(x.address, x.began); err != nil {
		return err
	}
	return s.portal.byLogin.take("login "+login, x.began)
}

func (s *Server) thisSession(ctx context.Context, c symbolon.Caller, _ *struct{}) (symbolon.SignedIn, error) {
	return s.registry.ThisSession(ctx, c)
}

type forgotten struct {
	Cookies []string `header:"Set-Cookie"`
}

// signOut ends the session and has the browser forget it. One that ends by another request
// meanwhile is as good.
func (s *Server) signOut(ctx context.Context, c symbolon.Caller, _ *struct{}) (*forgotten, error) {
	this, err := s.registry.ThisSession(ctx, c)
	if err != nil {
		return nil, err
	}
	err = s.registry.EndAdminSession(ctx, c, this.Admin.ID, this.Session.ID)
	if err != nil && !errors.Is(err, symbolon.ErrNotFound) {
		return nil, err
	}
	return &forgotten{[]string{s.portal.cookie(sessionCookie, "", 0)}}, nil
}

type (
	passwordInput struct{ Body symbolon.PasswordRequest }
	confirmInput  struct{ Body symbolon.ConfirmRequest }
)

func (s *Server) confirmSession(ctx context.Context, c symbolon.Caller, in *confirmInput) (symbolon.SignedIn, error) {
	x := exchangeOf(ctx)
	if err := s.portal.tries.take("session of "+c.Actor().ID, x.began); err != nil {
		return symbolon.SignedIn{}, err
	}
	return s.registry.Confirm(ctx, c, in.Body)
}

// renewed is a session under a new secret.
type renewed struct {
	Cookies []string `header:"Set-Cookie"`
}

func (s *Server) changePassword(ctx context.Context, c symbolon.Caller, in *passwordInput) (*renewed, error) {
	admitted, err := s.registry.ChangePassword(ctx, c, in.Body.Password)
	if err != nil {
		return nil, err
	}
	return &renewed{s.letIn(admitted).Cookies}, nil
}

type adminPatch symbolon.AdminPatch
