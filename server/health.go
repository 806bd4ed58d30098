package server

import (
	"net/http"
	"strings"

	"github.com/symbolon-id/symbolon"
)

// healthy says that the process answers.
func (s *Server) healthy(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", jsonType)
	w.Write([]byte(`{"status":"ok"}` + "\n")) //nolint:errcheck // a client that left has no use for it
}

// ready says that the service can decide, or 503.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	if err := s.registry.Ready(r.Context()); err != nil {
		s.refuse(w, r, err)
		return
	}
	s.healthy(w, r)
}

// keysMaxAge is for how long verifiers may keep the keys of device tokens.
const keysMaxAge = "public, max-age=300"

func (s *Server) keys(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/jwk-set+json")
	w.Header().Set("Cache-Control", keysMaxAge)
	w.Header().Set("Access-Control-Allow-Origin", "*")   // public keys, for whoever verifies
	w.Write(s.registry.JWKS(exchangeOf(r.Context()).at)) //nolint:errcheck // a client that left has no use for it
}

// everything is the pattern of what no other pattern takes.
const everything = "/"

// nothing answers where there is nothing, or nothing by this method.
func (s *Server) nothing(w http.ResponseWriter, r *http.Request) {
	r.Pattern = "" // for the log and the metrics
	if allowed := s.allowed(r); len(allowed) > 0 {
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		if r.Method == http.MethodOptions {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		p := newProblem(symbolon.ErrInvalidRequest, "this path takes "+strings.Join(allowed, ", "))
		p.Status = http.StatusMethodNotAllowed
		s.refuse(w, r, p)
		return
	}
	s.refuse(w, r, symbolon.Errorf(symbolon.ErrNotFound, "there is nothing at this path"))
}

// allowed are the methods that the path takes.
func (s *Server) allowed(r *http.Request) []string {
	var found []string
	for _, method := range methods {
		probe := &http.Request{Method: method, URL: r.URL, Host: r.Host}
		if _, pattern := s.mux.Handler(probe); pattern != everything && pattern != "" {
			found = append(found, method)
		}
	}
	return found
}
