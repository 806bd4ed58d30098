package server

import (
	"bytes"
	"crypto/rand"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"github.com/symbolon-id/symbolon"
)

// portalNonce stands in the portal's page where each answer has a nonce of its own.
const portalNonce = "symbolon-nonce"

// portalPolicy lets the portal's page load what comes from here, and style itself.
const portalPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-NONCE'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// showPortal serves the portal: its hashed assets, and its page for every other address,
// since the page routes by itself.
func (s *Server) showPortal(pages fs.FS) http.HandlerFunc {
	page, err := fs.ReadFile(pages, "index.html")
	if err != nil {
		page = []byte("<!doctype html><title>Symbolon</title><p>The portal was not built: make build")
	}
	assets := http.StripPrefix("/admin/", http.FileServerFS(pages))
	return func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(path.Clean(r.URL.Path), "/admin/")
		if name == "assets" || strings.HasPrefix(name, "assets/") {
			if info, err := fs.Stat(pages, name); err != nil || info.IsDir() {
				s.refuse(w, r, symbolon.Errorf(symbolon.ErrNotFound, "there is no such part of the portal"))
				return
			}
			w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
			assets.ServeHTTP(w, r)
			return
		}
		nonce := rand.Text()
		w.Header().Set("Content-Security-Policy", strings.Replace(portalPolicy, "NONCE", nonce, 1))
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write(bytes.ReplaceAll(page, []byte(portalNonce), []byte(nonce))) //nolint:errcheck // a client that left has no use for it
	}
}
