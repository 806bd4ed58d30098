package registry

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"slices"
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

// SetupLink is the one-time way in for the first admin: for an hour, and while no admin has an
// account of this service's own. ErrConflict where one has. The address is a secret.
func (r *Registry) SetupLink(ctx context.Context, c symbolon.Caller) (symbolon.Invitation, error) {
	if err := allow(c, "", opAdmins); err != nil {
		return symbolon.Invitation{}, err
	}
	some, err := hasOwnAdmin(ctx, r.store)
	if err != nil {
		return symbolon.Invitation{}, err
	}
	if some {
		return symbolon.Invitation{}, symbolon.Errorf(symbolon.ErrConflict, "there is an admin already; they can invite others")
	}
	return r.wayIn(symbolon.Admin{}, c.At.Add(SetupLife)), nil
}

// hasOwnAdmin tells whether there is an account that no provider made: whom one lets in may be
// a mere viewer, and gone when it is down.
func hasOwnAdmin(ctx context.Context, s symbolon.Admins) (bool, error) {
	const page = 100
	for after := ""; ; {
		some, err := s.ListAdmins(ctx, after, page)
		if err != nil || slices.ContainsFunc(some, func(a symbolon.Admin) bool { return a.External == nil }) {
			return err == nil, err
		}
		if len(some) < page {
			return false, nil
		}
		after = some[len(some)-1].Login
	}
}

// invitation counts once: whoever came in by it, or a newer one, makes it worthless.
func (r *Registry) invitation(a symbolon.Admin, now time.Time) symbolon.Invitation {
	return r.wayIn(a, now.Add(InvitationLife))
}

func (r *Registry) wayIn(a symbolon.Admin, expires time.Time) symbolon.Invitation {
	end := strconv.FormatInt(expires.Unix(), 10)
	token := string(a.ID) + "." + end + "." + setupSignature(r.secrets.current(), a, end)
	return symbolon.Invitation{Token: token, URL: strings.TrimSuffix(r.publicURL, "/") + SetupPath + "#" + token, ExpiresAt: time.Unix(expires.Unix(), 0).UTC()}
}

func setupSignature(s secret, a symbolon.Admin, end string) string {
	present := sha256.Sum256([]byte(a.Password))
	return base64.RawURLEncoding.EncodeToString(tag(s.setup, string(a.ID), strconv.FormatInt(a.Epoch, 10), string(present[:]), end))
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
	} else if some, listed := hasOwnAdmin(ctx, s); listed != nil || some {
		return a, cmp.Or(listed, error(refused))
	}
	if err != nil {
		return a, orRefused(err, refused)
	}
	for _, key := range r.secrets {
		if a.DisabledAt == nil && hmac.Equal([]byte(parts[2]), []byte(setupSignature(key, a, parts[1]))) {
			return a, nil
		}
	}
	return a, refused
}

// Setup makes the first admin, or gives an invited one a password or a passkey in place of
// whatever they had, and signs them in.
func (r *Registry) Setup(ctx context.Context, from Visitor, req symbolon.SetupRequest) (Admitted, error) {
	a, err := r.whom(ctx, r.store, req.Token, from.At)
	if err != nil {
		return Admitted{}, err
	}
	first := a.ID == ""
	if first {
		if a, err = firstAdmin(req, from); err != nil {
			return Admitted{}, err
		}
	}
	chosen, err := r.chosenWay(ctx, a, req, from)
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
		in, err = r.setUp(ctx, tx, chosen, arrival{admin: a, from: from, method: symbolon.SignInSetup, created: first})
		return err
	})
	return in, err
}

func firstAdmin(req symbolon.SetupRequest, from Visitor) (symbolon.Admin, error) {
	a := symbolon.Admin{
		ID: symbolon.NewAdminID(), Login: req.Login, Name: cmp.Or(req.Name, req.Login), CreatedAt: from.At,
		Grants: []symbolon.Grant{{Role: symbolon.RoleAdmin}},
	}
	return a, a.Check()
}

// chosenWay is a password's hash or a passkey.
type chosenWay struct {
	password string
	passkey  *symbolon.Passkey
	by       asked
}

func (r *Registry) chosenWay(ctx context.Context, a symbolon.Admin, req symbolon.SetupRequest, from Visitor) (way chosenWay, err error) {
	if req.Passkey != nil {
		if req.Password != "" {
			return way, symbolon.InvalidField("password", "must be absent where there is a passkey")
		}
		made, by, err := r.madePasskey(ofSetup(req.Token, ""), a, *req.Passkey, symbolon.Caller{At: from.At})
		return chosenWay{passkey: &made, by: by}, err
	}
	if err := checkPassword(req.Password, a); err != nil {
		return way, err
	}
	way.password, err = hashPassword(ctx, req.Password)
	return way, err
}

// ofSetup is bound to the link, so that what was made for one serves no other.
func ofSetup(token string, id symbolon.AdminID) ceremony { return ceremony{purposeSetup, id, token} }

func (r *Registry) setUp(ctx context.Context, tx symbolon.Store, way chosenWay, n arrival) (Admitted, error) {
	n.admin = withPassword(n.admin, way.password, n.from.At)
	n.admin.Epoch++
	if way.passkey == nil {
		return r.letIn(ctx, tx, n)
	}
	if n.created {
		n.admin.ID = way.passkey.AdminID
	}
	in, err := r.letIn(ctx, tx, n)
	if err != nil {
		return in, err
	}
	w := writer{tx: tx, actor: symbolon.Actor{Kind: symbolon.CallerAdmin, ID: string(in.Admin.ID)}, now: n.from.At}
	return in, putNewPasskey(ctx, tx, w, madeBy{*way.passkey, way.by, in.Admin})
}

// OfferSetupPasskey gives the options by which whoever comes by a link makes a passkey.
func (r *Registry) OfferSetupPasskey(ctx context.Context, from Visitor, req symbolon.SetupPasskeyRequest) (symbolon.PasskeyOptions, error) {
	a, err := r.whom(ctx, r.store, req.Token, from.At)
	if err != nil {
		return symbolon.PasskeyOptions{}, err
	}
	if err := r.usesPasskeys(); err != nil {
		return symbolon.PasskeyOptions{}, err
	}
	if a.ID == "" {
		if a, err = firstAdmin(symbolon.SetupRequest{Login: req.Login}, from); err != nil {
			return symbolon.PasskeyOptions{}, err
		}
	}
	return r.offer(ofSetup(req.Token, a.ID), a, nil, symbolon.Caller{At: from.At})
}

func withPassword(a symbolon.Admin, hash string, now time.Time) symbolon.Admin {
	a.Password, a.UpdatedAt = hash, now
	return a
}
