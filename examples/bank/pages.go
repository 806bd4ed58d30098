package bank

import (
	"net/http"
	"strings"
)

// pages serves what the bundler made. Its files are small and change with the binary, so
// that nothing is worth caching without asking.
func (b *Bank) pages() http.Handler {
	files := http.FileServerFS(b.cfg.Pages)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-cache")
		if r.URL.Path == "/staff" {
			http.ServeFileFS(w, r, b.cfg.Pages, "staff.html")
			return
		}
		files.ServeHTTP(w, r)
	})
}

// secured sets the headers that hold for every answer. Scripts come from the bank alone,
// and the pages may speak to it and to Symbolon only.
func (b *Bank) secured(next http.Handler) http.Handler {
	policy := strings.Join([]string{
		"default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:",
		"connect-src 'self' " + b.cfg.ServiceURL,
		// The demo shows the bank beside itself, once more as it looks from another browser.
		"frame-src 'self' " + b.cfg.OtherOrigin,
		"frame-ancestors 'self' " + b.cfg.Origin,
		"base-uri 'none'", "form-action 'self'",
	}, "; ")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		// So that Symbolon can name the device in full: "Chrome 121.0.6167.184 on macOS 14.2".
		h.Set("Accept-CH", "Sec-CH-UA-Full-Version-List, Sec-CH-UA-Platform-Version, Sec-CH-UA-Model")
		next.ServeHTTP(w, r)
	})
}

// atHome answers under the bank's own names only. Symbolon knows the pages by them, so a
// browser that came by another name for the same machine is sent to the right one; and a
// foreign name that was pointed at this machine leads nowhere.
func (b *Bank) atHome(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch at := "://" + r.Host; {
		case strings.HasSuffix(b.cfg.Origin, at), strings.HasSuffix(b.cfg.OtherOrigin, at):
			next.ServeHTTP(w, r)
		case r.Method == http.MethodGet && !strings.HasPrefix(r.URL.Path, "/api/"):
			http.Redirect(w, r, b.cfg.Origin+r.URL.EscapedPath(), http.StatusTemporaryRedirect)
		default:
			http.Error(w, "the bank is at "+b.cfg.Origin, http.StatusMisdirectedRequest)
		}
	})
}
