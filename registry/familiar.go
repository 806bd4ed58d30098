package registry

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"

	"github.com/symbolon-id/symbolon"
)

// Familiar makes a mark for a browser in which an admin signed in: by it the browser has
// tries of its own, which strangers can't use up (OWASP's device cookie). It counts until
// the account is reset or invited anew.
func (r *Registry) Familiar(a symbolon.Admin) string {
	id := rand.Text()
	return id + "." + familiarTag(r.secrets.current(), a, id)
}

// IsFamiliar tells whether the mark was made for this login and still counts.
func (r *Registry) IsFamiliar(ctx context.Context, login, mark string) (bool, error) {
	if symbolon.CheckText("login", login) != nil {
		return false, nil
	}
	a, err := r.store.GetAdminByLogin(ctx, login)
	if errors.Is(err, symbolon.ErrNotFound) {
		return false, nil
	}
	id, shown, _ := strings.Cut(mark, ".")
	for _, s := range r.secrets {
		if err == nil && hmac.Equal([]byte(shown), []byte(familiarTag(s, a, id))) {
			return true, nil
		}
	}
	return false, err
}

func familiarTag(s secret, a symbolon.Admin, id string) string {
	return base64.RawURLEncoding.EncodeToString(tag(s.familiar, string(a.ID), strconv.FormatInt(a.Epoch, 10), id))
}
