package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
)

// HTTP is a server of the standard library with the handler and the limits that the
// configuration gives.
func (s *Server) HTTP() *http.Server {
	return &http.Server{
		Handler:           s,
		ReadHeaderTimeout: s.limits.HeaderTimeout,
		ReadTimeout:       s.limits.ReadTimeout,
		WriteTimeout:      s.limits.ReadTimeout + s.limits.Request,
		IdleTimeout:       s.limits.IdleTimeout,
		MaxHeaderBytes:    s.limits.Header,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
}

// Serve answers on the listener until ctx ends. Then it takes no more requests, finishes
// those that it began, and returns nil; or an error if that took too long, or if the
// listener failed.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	h := s.HTTP()
	h.RegisterOnShutdown(sync.OnceFunc(func() { close(s.ending) }))
	failed := make(chan error, 1)
	go func() { failed <- h.Serve(s.doorOf(l, h)) }()
	select {
	case err := <-failed:
		return fmt.Errorf("server: %w", err)
	case <-ctx.Done():
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.limits.Shutdown)
	defer cancel()
	if err := h.Shutdown(end); err != nil {
		return errors.Join(fmt.Errorf("server: requests were cut off after %s", s.limits.Shutdown), h.Close())
	}
	return nil
}
