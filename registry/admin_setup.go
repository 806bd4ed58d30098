package registry

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"github.com/symbolon-id/symbolon"
)

// How long the ways in count that are given away.
const (
	SetupLife      = time.Hour
	InvitationLife = 24 * time.Hour
)

// SetupPath is the portal's page for who comes with such a token.
const SetupPath = "/admin/setup"

// SetupLink is the one-time way in for the first admin: for an hour, and while there is
// no admin. ErrConflict where there is one. The address is a secret.
func (r *Registry) SetupLink(ctx context.Context, c symbolon.Caller) (symbolon.Invitation, error) {
	if err := allow(c, "", opAdmins); err != nil {
		return symbolon.Invitation{}, err
	}
	some, err := r.store.ListAdmins(ctx, "", 1)
	if err != nil {
		return symbolon.Invitation{}, err
	}
	if len(some) > 0 {
		return symbolon.Invitation{}, symbolon.Errorf(symbolon.ErrConflict, "there is an admin already; they can invite others")
	}
	return r.wayIn("", "", c.At.Add(SetupLife)), nil
}

// invitation counts once: a password that was chosen by it makes it worthless.
func (r *Registry) invitation(a symbolon.Admin, now time.Time) symbolon.Invitation {
	return r.wayIn(a.ID, a.Password, now.Add(InvitationLife))
}

func (r *Registry) wayIn(id symbolon.AdminID, password string, expires time.Time) symbolon.Invitation {
	end := strconv.FormatInt(expires.Unix(), 10)
	token := string(id) + "." + end + "." + setupSignature(r.secrets.current(), id, password, end)
	return symbolon.Invitation{Token: token, URL: strings.TrimSuffix(r.publicURL, "/") + SetupPath + "#" + token, ExpiresAt: time.Unix(expires.Unix(), 0).UTC()}
}

func setupSignature(s secret, id symbolon.AdminID, password, end string) string {
	present := sha256.Sum256([]byte(password))
	return base64.RawURLEncoding.EncodeToString(tag(s.setup, string(id), string(present[:]), end))
}

// whom reads a token: the admin that it is for, the zero one for the first to come.
func (r *Registry) whom(ctx context.Context, s symbolon.Admins, token string, now time.Time) (symbolon.Admin, error) {
	refused := symbolon.Errorf(symbolon.ErrUnauthenticated, "this link was used, has expired, or is not of this service; ask for a new one")
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return symbolon.Admin{}, refused
	}
	end, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil || !now.Before(time.Unix(end, 0)) {
		return symbolon.Admin{}, refused
	}
	a, err := symbolon.Admin{}, error(nil)
	if id := symbolon.AdminID(parts[0]); id != "" {
		a, err = s.GetAdmin(ctx, id)
	} else if some, listed := s.ListAdmins(ctx, "", 1); listed != nil || len(some) > 0 {
		return a, cmp.Or(listed, error(refused))
	}
	if err != nil {
		return a, orRefused(err, refused)
	}
	for _, key := range r.secrets {
		if a.DisabledAt == nil && hmac.Equal([]byte(parts[2]), []byte(setupSignature(key, a.ID, a.Password, parts[1]))) {
			return a, nil
		}
	}
	return a, refused
}

// Setup makes the first admin, or gives an invited one a password, and signs them in.
func (r *Registry) Setup(ctx context.Context, from Visitor, req symbolon.SetupRequest) (Admitted, error) {
	a, err := r.whom(ctx, r.store, req.Token, from.At)
	if err != nil {
		return Admitted{}, err
	}
	first := a.ID == ""
	if first {
		a = symbolon.Admin{
			ID: symbolon.NewAdminID(), Login: req.Login, Name: cmp.Or(req.Name, req.Login), CreatedAt: from.At,
			Grants: []symbolon.Grant{{Role: symbolon.RoleAdmin}},
		}
		if err := a.Check(); err != nil {
			return Admitted{}, err
		}
	}
	if err := checkPassword(req.Password, a); err != nil {
		return Admitted{}, err
	}
	hash, err := hashPassword(ctx, req.Password)
	if err != nil {
		return Admitted{}, err
	}
	var in Admitted
	err = r.store.Tx(ctx, func(tx symbolon.Store) error {
		now, err := r.whom(ctx, tx, req.Token, from.At) // two may come by one link at once
		if err != nil {
			return err
		}
		if !first {
			a = now
		}
		in, err = r.letIn(ctx, tx, arrival{admin: withPassword(a, hash, from.At), from: from, method: symbolon.SignInSetup, created: first})
		return err
	})
	return in, err
}

func withPassword(a symbolon.Admin, hash string, now time.Time) symbolon.Admin {
	a.Password, a.UpdatedAt = hash, now
	return a
}
