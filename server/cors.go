package server

import (
	"net/http"
	"slices"
	"strings"

	"github.com/symbolon-id/symbolon"
)

// Pages may call the public operations only, only those of the app's own origins, and
// never with cookies: there are none.
const (
	corsRequestHeaders  = "Authorization, Content-Type, Idempotency-Key, Symbolon-Proof"
	corsResponseHeaders = "Retry-After, ETag, X-Request-Id, Idempotency-Replayed"
	corsMaxAge          = "600" // seconds that a browser may remember a preflight
)

// takeTurn uses up one of the address's public calls. A caller without one costs no look at
// the store, also not at which origins there are: so any page may read that answer.
func (s *Server) takeTurn(w http.ResponseWriter, x *exchange) error {
	err := s.public.take(x.address, x.began)
	if err != nil && !x.proxied {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Access-Control-Expose-Headers", corsResponseHeaders)
	}
	return err
}

// inTurn is the handler for addresses that have public calls left.
func (s *Server) inTurn(handle http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := s.takeTurn(w, exchangeOf(r.Context())); err != nil {
			s.refuse(w, r, err)
			return
		}
		handle(w, r)
	}
}

// allowOrigin lets the page of an app's origin read the answer.
func (s *Server) allowOrigin(w http.ResponseWriter, r *http.Request) (bool, error) {
	w.Header().Add("Vary", "Origin")
	origin := r.Header.Get("Origin")
	if origin == "" {
		return false, nil
	}
	x := exchangeOf(r.Context())
	allowed, err := s.registry.AllowsOrigin(r.Context(), symbolon.AppID(r.PathValue("app")), origin, x.at)
	if err != nil || !allowed {
		return false, err
	}
	w.Header().Set("Access-Control-Allow-Origin", origin)
	w.Header().Set("Access-Control-Expose-Headers", corsResponseHeaders)
	return true, nil
}

// forPages tells whether pages of an app's origins may use the operation: those that anyone
// may try, and that are about one app.
func (rt *route) forPages() bool {
	return rt.callers.public() && !rt.atCheck && !rt.atAccount && slices.Contains(rt.ids, "app")
}

// openToPages lets pages use a public operation; the first of a path takes its preflights.
func (s *Server) openToPages(rt *route) {
	if s.openTo[rt.path] == nil {
		s.mux.HandleFunc("OPTIONS "+rt.path, func(w http.ResponseWriter, r *http.Request) {
			if err := s.preflight(w, r, s.openTo[rt.path]); err != nil {
				s.refuse(w, r, err)
			}
		})
	}
	s.openTo[rt.path] = append(s.openTo[rt.path], rt.method)
}

func (s *Server) preflight(w http.ResponseWriter, r *http.Request, methods []string) error {
	if err := s.takeTurn(w, exchangeOf(r.Context())); err != nil {
		return err
	}
	w.Header().Add("Vary", "Access-Control-Request-Method, Access-Control-Request-Headers")
	allowed, err := s.allowOrigin(w, r)
	if err != nil {
		return err
	}
	if allowed && slices.Contains(methods, r.Header.Get("Access-Control-Request-Method")) {
		w.Header().Set("Access-Control-Allow-Methods", strings.Join(methods, ", "))
		w.Header().Set("Access-Control-Allow-Headers", corsRequestHeaders)
		w.Header().Set("Access-Control-Max-Age", corsMaxAge)
	} else {
		w.Header().Del("Access-Control-Allow-Origin")
		w.Header().Del("Access-Control-Expose-Headers")
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
