package server

import (
	"context"
	"log/slog"
	"net/http"
	"slices"

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

// admitAtPage is admit for the own calls of a page: only from the page, by whoever has it
// open. What the proxy or the page says of the user counts where a user is needed, and
// nowhere else.
func (s *Server) admitAtPage(rt *route, r *http.Request, enter func(*http.Request, symbolon.AppID) error) error {
	if err := enter(r, symbolon.AppID(r.PathValue("app"))); err != nil {
		return err
	}
	x := exchangeOf(r.Context())
	if err := x.from.sameOrigin(r.Header); err != nil {
		return err
	}
	if rt.callers&users == 0 {
		x.caller = symbolon.Caller{Kind: symbolon.CallerClient, AppID: symbolon.AppID(r.PathValue("app")), Address: x.address, At: x.at}
		return nil
	}
	err := s.authenticate(rt, x, r)
	switch {
	case err != nil:
		return err
	case !rt.callers.admits(x.caller):
		return symbolon.Errorf(symbolon.ErrUnauthenticated, "Authorization: Bearer is needed, from the proxy or the page, with %s", rt.callers.bearers())
	}
	return nil
}

// sameOrigin refuses what a page of another origin sends, or has a browser send.
func (o original) sameOrigin(h http.Header) error {
	return only("pages of "+o.origin, h, map[string][]string{"Origin": {o.origin}, "Sec-Fetch-Site": {"same-origin"}})
}

// byBrowser refuses what any page sends. Chromium marks what it sends of its own accord for a
// bound session as a fetch of the origin in the mode no-cors, and in that mode Fetch lets no
// script set a header such as ours (Fetch §2.2.2, no-CORS-safelisted request-header).
func (o original) byBrowser(h http.Header) error {
	return only("the browser itself", h, map[string][]string{
		"Origin": {o.origin}, "Sec-Fetch-Site": {"same-origin", "none"}, "Sec-Fetch-Mode": {"no-cors"}, "Sec-Fetch-Dest": {"empty"},
	})
}

// only refuses a request that says something else than it may in one of the headers.
func only(who string, h http.Header, may map[string][]string) error {
	for name, allowed := range may {
		for _, said := range h[name] {
			if !slices.Contains(allowed, said) {
				return symbolon.Errorf(symbolon.ErrForbidden, "only %s may call this", who)
			}
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
