package registry

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/symbolon-id/symbolon"
)

// SignIns asks the OpenID provider by which admins sign in.
type SignIns interface {
	// AuthorizationURL is where the browser is sent. ErrUnavailable where the provider can't
	// be asked.
	AuthorizationURL(ctx context.Context, p symbolon.AdminProvider, q symbolon.SignInQuestion) (string, error)

	// Identify redeems the code, and tells who it is of. ErrUnauthenticated where what the
	// provider gives is no good; ErrUnavailable where it can't be asked.
	Identify(ctx context.Context, p symbolon.AdminProvider, code symbolon.SignInCode) (symbolon.AdminIdentity, error)
}

// RoundTripLife is how long somebody may take at the provider.
const RoundTripLife = 10 * time.Minute

// ProviderPath is where the provider sends browsers back to.
const ProviderPath = "/admin/oidc/callback"

// RoundTrip sends a browser to the provider. Its state is for a cookie, so that nobody comes
// back in another browser than they left in.
type RoundTrip struct {
	URL   string
	State string
}

// trip is what is sealed in the state.
type trip struct {
	State    string           `json:"state"`
	Nonce    string           `json:"nonce"`
	Verifier string           `json:"verifier"`
	Began    time.Time        `json:"began"`
	Window   bool             `json:"window,omitempty"`
	Session  string           `json:"session,omitempty"` // that is to be confirmed
	Admin    symbolon.AdminID `json:"admin,omitempty"`
}

var tripSeal = []byte("admin sign-in")

// BeginProviderSignIn sends a visitor to the provider, in a window of its own or not.
// ErrNotFound where none is set.
func (r *Registry) BeginProviderSignIn(ctx context.Context, from Visitor, window bool) (RoundTrip, error) {
	return r.depart(ctx, trip{Began: from.At, Window: window})
}

// BeginProviderConfirm sends the caller to the provider, in a window, to show again who they
// are. ErrConflict for an account that is not the provider's.
func (r *Registry) BeginProviderConfirm(ctx context.Context, c symbolon.Caller) (RoundTrip, error) {
	if err := person(c); err != nil {
		return RoundTrip{}, err
	}
	if c.Admin.Admin.External == nil {
		return RoundTrip{}, symbolon.Errorf(symbolon.ErrConflict, "this account has a password or a passkey of its own")
	}
	return r.depart(ctx, trip{Began: c.At, Window: true, Session: c.Admin.Session.ID, Admin: c.Admin.Admin.ID})
}

func (r *Registry) depart(ctx context.Context, t trip) (RoundTrip, error) {
	if r.provider == nil {
		return RoundTrip{}, symbolon.Errorf(symbolon.ErrNotFound, "no OpenID provider is set for admins")
	}
	t.State, t.Nonce, t.Verifier = rand.Text(), rand.Text(), rand.Text()+rand.Text()
	text, err := json.Marshal(t)
	if err != nil {
		return RoundTrip{}, err
	}
	url, err := r.signIns.AuthorizationURL(ctx, *r.provider, r.tripQuestion(t, t.Began))
	return RoundTrip{url, base64.RawURLEncoding.EncodeToString(r.secrets.current().seal(string(text), tripSeal))}, err
}

func (r *Registry) tripQuestion(t trip, now time.Time) symbolon.SignInQuestion {
	return symbolon.SignInQuestion{
		RedirectURI: strings.TrimSuffix(r.publicURL, "/") + ProviderPath,
		State:       t.State, Nonce: t.Nonce, Verifier: t.Verifier, Again: t.Session != "", Now: now,
	}
}

// ProviderAnswer is what a browser comes back with.
type ProviderAnswer struct {
	Sealed string // of the cookie
	State  string
	Code   string
	Error  string // RFC 6749 §4.1.2.1
	Issuer string // RFC 9207

	// Turn is asked, where it is there, before the provider is; its error ends the trip.
	Turn func() error
}

// Denial says why the provider's answer lets nobody in.
type Denial string

// The denials.
const (
	DeniedExpired  Denial = "expired"  // not begun here, too late, or once before
	DeniedRefused  Denial = "refused"  // by the provider, or what it gave is no good
	DeniedNoRole   Denial = "no_role"  // nothing that it says of them opens anything here
	DeniedLogin    Denial = "login"    // it gives none that can be one here
	DeniedTaken    Denial = "taken"    // an account of this service has the login
	DeniedDisabled Denial = "disabled" // the account is closed
	DeniedAnother  Denial = "another"  // confirming as somebody else
	DeniedStale    Denial = "stale"    // confirming without having been asked
)

// Arrival is how a round trip ended: denied, confirmed, or an admin who was let in.
type Arrival struct {
	Admitted
	Window    bool
	Confirmed bool
	Denied    Denial // "" for none
}

// FinishProviderSignIn takes what a browser came back with. An error means that it could not
// be decided.
func (r *Registry) FinishProviderSignIn(ctx context.Context, from Visitor, got ProviderAnswer) (Arrival, error) {
	t, ok := r.tripOf(got, from.At)
	switch {
	case r.provider == nil || !ok:
		return Arrival{Denied: DeniedExpired, Window: t.Window}, nil
	case got.Error != "" || got.Issuer != "" && got.Issuer != r.provider.Issuer:
		return Arrival{Denied: DeniedRefused, Window: t.Window}, nil
	}
	if got.Turn != nil {
		if err := got.Turn(); err != nil {
			return Arrival{Window: t.Window}, err
		}
	}
	who, err := r.signIns.Identify(ctx, *r.provider, symbolon.SignInCode{SignInQuestion: r.tripQuestion(t, from.At), Code: got.Code})
	if errors.Is(err, symbolon.ErrUnauthenticated) {
		r.log.Warn("what the provider gave for a sign-in is no good", "issuer", r.provider.Issuer, "error", err)
		return Arrival{Denied: DeniedRefused, Window: t.Window}, nil
	}
	out := Arrival{Window: t.Window}
	if err != nil {
		return out, err
	}
	err = r.store.Tx(ctx, func(tx symbolon.Store) (err error) {
		out = Arrival{Window: t.Window}
		if err := tx.TakeSpend(ctx, "", []byte("sign-in:"+t.State), t.Began.Add(RoundTripLife+spendMargin)); err != nil {
			out.Denied = DeniedExpired
			return refusedOnceMore(err, nil)
		}
		if t.Session != "" {
			out.Confirmed, out.Denied, err = confirmByProvider(ctx, tx, confirmation{t, who, from.At})
			return err
		}
		out.Admitted, out.Denied, err = r.admitByProvider(ctx, tx, who, from)
		return err
	})
	if err == nil && out.Denied != "" {
		r.noteRefusal(out.Admin, from, badPassword())
		out.Admitted = Admitted{}
	}
	return out, err
}

// tripOf opens the cookie; false where it is none, is too old, or is of another trip.
func (r *Registry) tripOf(got ProviderAnswer, now time.Time) (t trip, ok bool) {
	sealed, err := base64.RawURLEncoding.DecodeString(got.Sealed)
	if err != nil {
		return t, false
	}
	text, err := r.secrets.unseal(sealed, tripSeal)
	if err != nil || json.Unmarshal([]byte(text), &t) != nil {
		return t, false
	}
	return t, t.State == got.State && now.Before(t.Began.Add(RoundTripLife))
}

// providerLeeway is how far the provider's clock may be behind.
const providerLeeway = time.Minute

type confirmation struct {
	trip
	who symbolon.AdminIdentity
	now time.Time
}

func confirmByProvider(ctx context.Context, tx symbolon.Store, n confirmation) (bool, Denial, error) {
	if n.who.AuthTime.Before(n.Began.Add(-providerLeeway)) { // Core §3.1.2.1: max_age=0 makes it say when
		return false, DeniedStale, nil
	}
	a, err := tx.GetAdminByExternal(ctx, n.who.External)
	switch {
	case errors.Is(err, symbolon.ErrNotFound):
		return false, DeniedAnother, nil
	case err != nil:
		return false, "", err
	case a.ID != n.Admin:
		return false, DeniedAnother, nil
	case a.DisabledAt != nil:
		return false, DeniedDisabled, nil
	}
	sessions, err := tx.ListAdminSessions(ctx, a.ID)
	if err != nil {
		return false, "", err
	}
	if !slices.ContainsFunc(sessions, func(s symbolon.AdminSession) bool { return s.ID == n.Session && s.Live(n.now) }) {
		return false, DeniedExpired, nil
	}
	return true, "", tx.SeeAdminSession(ctx, n.Session, n.now, n.now)
}

// admitByProvider lets in who has a role now. Whoever lost the last one has nothing here from
// now on. With a denial comes the account, where there is one, for the log.
func (r *Registry) admitByProvider(ctx context.Context, tx symbolon.Store, who symbolon.AdminIdentity, from Visitor) (Admitted, Denial, error) {
	grants := r.provider.Grants(who.Claims)
	a, err := tx.GetAdminByExternal(ctx, who.External)
	switch {
	case errors.Is(err, symbolon.ErrNotFound):
		return r.admitNew(ctx, tx, who, arrival{from: from, method: symbolon.SignInOIDC, created: true, admin: symbolon.Admin{Grants: grants}})
	case err != nil:
		return Admitted{}, "", err
	case a.DisabledAt != nil:
		return denied(a, DeniedDisabled)
	}
	before := a
	a.Grants, a.Name = grants, adminNameOf(who)
	if changed := a.Name != before.Name || !slices.Equal(a.Grants, before.Grants); changed {
		a.UpdatedAt = from.At
		if a, err = updateByProvider(ctx, tx, a, from.At); err != nil {
			return Admitted{}, "", err
		}
	}
	if len(grants) == 0 {
		in, why, _ := denied(a, DeniedNoRole)
		return in, why, tx.TakeAdminSession(ctx, a.ID, "")
	}
	in, err := r.letIn(ctx, tx, arrival{admin: a, from: from, method: symbolon.SignInOIDC})
	if errors.Is(err, symbolon.ErrUnauthenticated) {
		return denied(a, DeniedDisabled)
	}
	return in, "", err
}

func denied(a symbolon.Admin, why Denial) (Admitted, Denial, error) {
	return Admitted{SignedIn: symbolon.SignedIn{Admin: a}}, why, nil
}

func updateByProvider(ctx context.Context, tx symbolon.Store, a symbolon.Admin, now time.Time) (symbolon.Admin, error) {
	a, err := tx.PutAdmin(ctx, a)
	if err != nil {
		return a, err
	}
	w := writer{tx: tx, actor: symbolon.Actor{Kind: symbolon.CallerSystem}, now: now}
	return a, w.adminEvent(ctx, symbolon.EventAdminUpdated, a, eventData{"name": a.Name, "grants": a.Grants, "issuer": a.External.Issuer})
}

// admitNew makes an account. One of this service's own that has the login is another's:
// whoever may choose a login at the provider must not come to it.
func (r *Registry) admitNew(ctx context.Context, tx symbolon.Store, who symbolon.AdminIdentity, n arrival) (Admitted, Denial, error) {
	if len(n.admin.Grants) == 0 {
		return Admitted{}, DeniedNoRole, nil
	}
	external := who.External
	n.admin = symbolon.Admin{
		ID: symbolon.NewAdminID(), Login: strings.ToLower(who.Login), Name: adminNameOf(who), Grants: n.admin.Grants,
		External: &external, CreatedAt: n.from.At, UpdatedAt: n.from.At,
	}
	if n.admin.Check() != nil {
		return Admitted{}, DeniedLogin, nil
	}
	switch _, err := tx.GetAdminByLogin(ctx, n.admin.Login); {
	case err == nil:
		return Admitted{}, DeniedTaken, nil
	case !errors.Is(err, symbolon.ErrNotFound):
		return Admitted{}, "", err
	}
	in, err := r.letIn(ctx, tx, n)
	if errors.Is(err, symbolon.ErrConflict) { // somebody else took it at the same moment
		return Admitted{}, DeniedTaken, nil
	}
	return in, "", err
}

// adminNameOf is what people call them, as far as it can be shown.
func adminNameOf(who symbolon.AdminIdentity) string {
	if symbolon.CheckText("name", who.Name) != nil {
		return cmp.Or(strings.ToLower(who.Login), who.Subject)
	}
	return who.Name
}
