package server

import (
	"net/http"
	"strings"
	"time"

	"github.com/symbolon-id/symbolon"
)

// Passes are in cookies of these names with the app's id behind. A browser takes one that
// begins with __Host- only from its own host, over https and for no domain above
// (RFC 6265bis §4.1.3.2), so that no neighbour can put one there.
const (
	plainCookies  = "symbolon_"
	secureCookies = "__Host-" + plainCookies
)

// cookieAttributes are those of every pass, without Secure and an age.
const cookieAttributes = "Path=/; HttpOnly; SameSite=Lax"

func (o original) cookieName(app symbolon.AppID) string {
	if o.secure {
		return secureCookies + string(app)
	}
	return plainCookies + string(app)
}

// cookie sets the pass for so long, or takes it away where there is none.
func (o original) cookie(app symbolon.AppID, pass string, life time.Duration) string {
	c := http.Cookie{
		Name: o.cookieName(app), Value: pass, Path: "/", HttpOnly: true, Secure: o.secure,
		SameSite: http.SameSiteLaxMode, MaxAge: int(life / time.Second),
	}
	if pass == "" || c.MaxAge <= 0 {
		c.Value, c.MaxAge = "", -1
	}
	return c.String()
}

// takePass finds the pass of this name, and gives all other cookies as they came, for the
// app behind the proxy. Two of the name are none: one of them was put there by somebody
// else, and nobody can tell which. What is ours is left out whichever app it is of.
func takePass(header http.Header, name string) (pass, others string) {
	lines := header["Cookie"]
	if len(lines) == 0 {
		return "", ""
	}
	others = lines[0]
	if len(lines) > 1 { // HTTP/2 lets a browser split the line (RFC 9113 §8.2.3)
		others = strings.Join(lines, "; ")
	}
	if !strings.Contains(others, plainCookies) {
		return "", others
	}
	kept := make([]byte, 0, len(others))
	found := 0
	for rest, more := others, true; more; {
		var one string
		one, rest, more = strings.Cut(rest, ";")
		key, value, _ := strings.Cut(one, "=")
		switch key = strings.Trim(key, " \t"); {
		case key == name:
			pass = strings.Trim(value, " \t")
			found++
		case strings.HasPrefix(key, secureCookies), strings.HasPrefix(key, plainCookies):
		default:
			if len(kept) > 0 {
				kept = append(kept, ';')
			} else {
				one = strings.TrimLeft(one, " \t")
			}
			kept = append(kept, one...)
		}
	}
	if found != 1 {
		pass = ""
	}
	return pass, string(kept)
}
