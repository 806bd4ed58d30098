package server

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/symbolon-id/symbolon"
)

// enterCheck is the way into everything below /device-check, which a proxy serves under
// the app's own origin: it uses up one of the address's public calls, and leaves in the
// exchange how the request came to the proxy.
func (s *Server) enterCheck(r *http.Request, app symbolon.AppID) error {
	x := exchangeOf(r.Context())
	if err := s.public.take(x.address, x.began); err != nil {
		return err
	}
	var err error
	if x.from, err = s.original(r); err != nil {
		return err
	}
	allowed, err := s.registry.AllowsOrigin(r.Context(), app, x.from.origin, x.at)
	if err == nil && !allowed {
		err = symbolon.Errorf(symbolon.ErrForbidden, "%s is not among the origins of the app %s", shorten(x.from.origin), shorten(string(app)))
	}
	return err
}

// admitAtCheck is admit for the page's own calls: only from the page, by whoever has it
// open. What the proxy says of the user counts where a user is needed, and nowhere else.
func (s *Server) admitAtCheck(rt *route, r *http.Request) error {
	if err := s.enterCheck(r, symbolon.AppID(r.PathValue("app"))); err != nil {
		return err
	}
	x := exchangeOf(r.Context())
	if err := x.from.sameOrigin(r.Header, false); err != nil {
		return err
	}
	if !rt.callers.admits(symbolon.CallerUser) {
		x.caller = symbolon.Caller{Kind: symbolon.CallerClient, AppID: symbolon.AppID(r.PathValue("app")), Address: x.address, At: x.at}
		return nil
	}
	err := s.authenticate(x, r)
	switch {
	case isRefused(err):
		return or(s.failures.take(x.address, x.began), err)
	case err != nil:
		return err
	case !rt.callers.admits(x.caller.Kind):
		return symbolon.Errorf(symbolon.ErrUnauthenticated, "the proxy has to send Authorization: Bearer with %s", rt.callers.bearers())
	}
	return nil
}

// sameOrigin refuses what a page of another origin sends, or has a browser send. What a
// browser sends of its own accord, as it does for bound sessions, no page can.
func (o original) sameOrigin(h http.Header, byBrowser bool) error {
	for _, origin := range h["Origin"] {
		if origin != o.origin {
			return symbolon.Errorf(symbolon.ErrForbidden, "only pages of %s may call this", o.origin)
		}
	}
	for _, site := range h["Sec-Fetch-Site"] {
		if site != "same-origin" && (site != "none" || !byBrowser) {
			return symbolon.Errorf(symbolon.ErrForbidden, "only pages of %s may call this", o.origin)
		}
	}
	return nil
}

// checked is a client's decision, with the pass that came of it.
type checked struct {
	SetCookie    string `header:"Set-Cookie"`
	Registration string `header:"Secure-Session-Registration"`
	Body         any
}

// checkDevice decides as for any client, and sets the pass or takes it away.
func (s *Server) checkDevice(ctx context.Context, c symbolon.Caller, in *inAppWith[symbolon.DecisionRequest]) (*checked, error) {
	x := exchangeOf(ctx)
	in.Body.Context = connection(ctx)
	check, err := s.registry.CheckDevice(ctx, c, in.App, x.from.origin, in.Body)
	if err != nil {
		return nil, err
	}
	d := check.Decision
	out := &checked{
		SetCookie: x.from.cookie(in.App, check.Pass, check.PassUntil.Sub(x.at)),
		Body:      clientDecision{d.Recommendation, d.Known, d.DeviceToken, d.RotateAfter},
	}
	if x.from.secure && check.Pass != "" {
		out.Registration = s.offerSession(ctx, in.App, check.Pass)
	}
	return out, nil
}

// offerSession is empty where no offer can be made: the pass is good without a session.
func (s *Server) offerSession(ctx context.Context, app symbolon.AppID, pass string) string {
	x := exchangeOf(ctx)
	offer, err := s.registry.OfferSession(ctx, app, x.from.origin, pass, x.at)
	if err == nil {
		var header string
		if header, err = registrationHeader(app, offer); err == nil {
			return header
		}
	}
	s.log.LogAttrs(ctx, slog.LevelWarn, "no bound session could be offered", slog.String("request", x.id), slog.String("error", err.Error()))
	return ""
}
