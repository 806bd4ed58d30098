package registry

import (
	"crypto/hmac"
	"encoding/base32"
	"strconv"
	"strings"
	"time"

	"github.com/symbolon-id/symbolon"
)

// LocalTokenLife is how long a local token counts: one that went to a wrong address is
// soon worth nothing.
const LocalTokenLife = time.Minute

const (
	localPrefix     = "local_"
	localCredential = "local" // how events name who showed one
)

var localEncoding = base32.HexEncoding.WithPadding(base32.NoPadding)

// LocalToken makes the bearer of whoever holds the service's secret: its operator, on the
// machine where it runs. A service with this current secret takes it as that of an admin
// on all apps, until [LocalTokenLife] after now.
func LocalToken(raw []byte, now time.Time) (string, error) {
	keys, err := newSecrets([][]byte{raw})
	if err != nil {
		return "", err
	}
	expires := strconv.FormatInt(now.Add(LocalTokenLife).Unix(), 10)
	return localPrefix + expires + "_" + keys.current().localSignature(expires), nil
}

func (s secret) localSignature(expires string) string {
	return localEncoding.EncodeToString(tag(s.local, expires))
}

// authenticateLocal takes tokens by the current secret only: one that was rotated away
// opens nothing any more.
func (r *Registry) authenticateLocal(token string, c symbolon.Caller) (symbolon.Caller, error) {
	refused := symbolon.Errorf(symbolon.ErrUnauthenticated, "the local token is not one of this service's present secret, or has expired")
	expires, signature, _ := strings.Cut(strings.TrimPrefix(token, localPrefix), "_")
	if !hmac.Equal([]byte(signature), []byte(r.secrets.current().localSignature(expires))) {
		return symbolon.Caller{}, refused
	}
	seconds, err := strconv.ParseInt(expires, 10, 64)
	if left := time.Unix(seconds, 0).Sub(c.At); err != nil || left <= 0 || left > 2*LocalTokenLife {
		return symbolon.Caller{}, refused
	}
	c.Kind, c.AppID, c.Role, c.Credential = symbolon.CallerAdmin, "", symbolon.RoleAdmin, localCredential
	return c, nil
}
