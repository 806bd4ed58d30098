package registry

import (
	"crypto/hmac"
	"crypto/rand"
	"encoding/base64"
	"strings"
)

// Familiar makes a mark for a browser in which an admin signed in: by it the browser has
// tries of its own, which strangers can't use up (OWASP's device cookie).
func (r *Registry) Familiar(login string) string {
	id := rand.Text()
	return id + "." + familiarTag(r.secrets.current(), login, id)
}

// IsFamiliar tells whether the mark was made for this login.
func (r *Registry) IsFamiliar(login, mark string) bool {
	id, shown, _ := strings.Cut(mark, ".")
	for _, s := range r.secrets {
		if hmac.Equal([]byte(shown), []byte(familiarTag(s, login, id))) {
			return true
		}
	}
	return false
}

func familiarTag(s secret, login, id string) string {
	return base64.RawURLEncoding.EncodeToString(tag(s.familiar, login, id))
}
