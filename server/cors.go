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

// admitPublic limits public calls, and lets pages of the app's origins read the answers. A
// caller without turns costs no look at the store, so that answer any page may read.
func (s *Server) admitPublic(w http.ResponseWriter, r *http.Request) error {
	if asBackend(r.Header) {
		return nil
	}
	x := exchangeOf(r.Context())
	if err := s.public.take(x.address, x.began); err != nil {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Access-Control-Expose-Headers", corsResponseHeaders)
		return err
	}
	_, err := s.allowOrigin(w, r)
	return err
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
	x := exchangeOf(r.Context())
	if err := s.public.take(x.address, x.began); err != nil {
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
