package server

import (
	"net/http"
	"strings"

	"github.com/symbolon-id/symbolon"
)

// What a proxy asks about and what stands under an app's own origin. Paths that begin so
// answer 503 where others answer 429 or 500: nginx takes a 429 for a fault of the service,
// and browsers end a bound session at it.
const (
	forwardAuthPath = "/forward-auth"
	checkPath       = "/device-check"
	accountPath     = "/account"
)

func isProxied(path string) bool {
	return path == forwardAuthPath || path == checkPath || strings.HasPrefix(path, checkPath+"/")
}

// original is a request as it came to the proxy.
type original struct {
	origin string // as browsers write it: https://app.example.com
	secure bool   // it came by https
	method string
	target string // path and query; "" where the proxy does not say
}

// original reads what a trusted proxy says of the request. Nobody else is asked, not even
// where nothing was forwarded: who could name an origin could take a pass for it.
func (s *Server) original(r *http.Request) (original, error) {
	x := exchangeOf(r.Context())
	if !x.fromProxy {
		s.warnOfStranger(r.RemoteAddr, x.began)
		return original{}, symbolon.Errorf(symbolon.ErrForbidden,
			"only a proxy may ask this: add the address of yours, from which it connects, to trusted-proxies")
	}
	from := original{method: r.Method}
	scheme, host := "http", r.Host
	for _, said := range []struct {
		header string
		into   *string
	}{{"X-Forwarded-Proto", &scheme}, {"X-Forwarded-Host", &host}, {"X-Forwarded-Method", &from.method}, {"X-Forwarded-Uri", &from.target}} {
		values := r.Header[said.header]
		if len(values) > 1 || len(values) == 1 && said.into != &from.target && strings.Contains(values[0], ",") {
			return original{}, symbolon.InvalidField(said.header, "must be given once: the proxy has to overwrite what it was sent")
		}
		if len(values) == 1 {
			*said.into = values[0]
		}
	}
	switch strings.ToLower(scheme) {
	case "https", "wss": // Traefik names the scheme of WebSockets
		scheme, from.secure = "https", true
		host = strings.TrimSuffix(host, ":443")
	case "http", "ws":
		scheme = "http"
		host = strings.TrimSuffix(host, ":80")
	default:
		return original{}, symbolon.InvalidField("X-Forwarded-Proto", "must be http or https")
	}
	from.origin = scheme + "://" + strings.ToLower(host)
	return from, nil
}

// safePath is the path and query if they can lead nowhere but to a page of the same
// origin, else "/". A browser reads a backslash as a slash, and drops tabs and line breaks.
func safePath(target string) string {
	const home, most = "/", 4096
	if !strings.HasPrefix(target, "/") || strings.HasPrefix(target, "//") || len(target) > most {
		return home
	}
	if strings.ContainsFunc(target, func(c rune) bool { return c < ' ' || c == 0x7f || c == '\\' }) {
		return home
	}
	path, _, _ := strings.Cut(target, "?")
	path, _, _ = strings.Cut(path, "#")
	segments := strings.Split(unescapeDots.Replace(path), "/")
	for _, segment := range segments {
		if segment == "." || segment == ".." {
			return home
		}
	}
	if segments[1] == checkPath[1:] { // back to the check would be a circle
		return home
	}
	return target
}

// unescapeDots undoes what could hide a step in the tree.
var unescapeDots = strings.NewReplacer("%2e", ".", "%2E", ".", "%2f", "/", "%2F", "/", "%5c", "/", "%5C", "/")
