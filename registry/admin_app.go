package registry

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/symbolon-id/symbolon"
)

const adminAppName = "Symbolon portal"

// keepAdminApp makes the built-in app where it is not there. An app of that id from before it
// was built in stays what it is, and the id of one that was removed stays taken: then admins
// have no devices, and all else goes on.
func (r *Registry) keepAdminApp(ctx context.Context, tx symbolon.Store, now time.Time) error {
	_, err := tx.GetApp(ctx, symbolon.AdminApp)
	if !errors.Is(err, symbolon.ErrNotFound) {
		return err
	}
	app := symbolon.App{
		ID: symbolon.AdminApp, Name: adminAppName, Origins: ownOrigins(r.publicURL), Issuers: []symbolon.Issuer{},
		CreatedAt: now, UpdatedAt: now, BuiltIn: true,
	}
	if _, err := tx.PutApp(ctx, app); err != nil {
		return orTaken(err)
	}
	return system(tx, now).append(ctx, symbolon.Event{AppID: app.ID, Type: symbolon.EventAppCreated}, r.appEvent(app, nil))
}

func orTaken(err error) error {
	if errors.Is(err, symbolon.ErrConflict) {
		return nil
	}
	return err
}

// ownOrigins is the web origin of the service itself, where it is one.
func ownOrigins(publicURL string) []string {
	u, err := url.Parse(publicURL)
	if err != nil {
		return []string{}
	}
	own := []string{strings.ToLower(u.Scheme + "://" + u.Host)}
	if (symbolon.App{ID: symbolon.AdminApp, Name: adminAppName, Origins: own}).Check() != nil {
		return []string{}
	}
	return own
}

// adminSettings are those of the built-in app; nil where there is none, or the id is
// another app's.
func (r *Registry) adminSettings(ctx context.Context, now time.Time) (*settings, error) {
	s, err := r.settingsOf(ctx, symbolon.AdminApp, now)
	if errors.Is(err, symbolon.ErrNotFound) || err == nil && !s.app.BuiltIn {
		return nil, nil //nolint:nilnil // that there is none is no fault
	}
	return s, err
}

// notBuiltIn refuses what would let others than admins say who an admin is, or take the app
// away.
func notBuiltIn(a symbolon.App, what string) error {
	if a.BuiltIn {
		return symbolon.Errorf(symbolon.ErrConflict, "the app %s is built in: %s", a.ID, what)
	}
	return nil
}

// checkBuiltIn refuses changes of the built-in app other than of its name.
func checkBuiltIn(a symbolon.App, p symbolon.AppPatch) error {
	if p.Issuers != nil && len(*p.Issuers) > 0 {
		return notBuiltIn(a, "only its own tickets say who an admin is, so it has no issuers")
	}
	if p.Origins != nil {
		return notBuiltIn(a, "its web origin is the service's own")
	}
	return nil
}

// keepsIn refuses a policy of the built-in app by which whoever sets it would lock
// themselves out of the portal, or that nobody could ever meet.
func keepsIn(ctx context.Context, s symbolon.Devices, c symbolon.Caller, a symbolon.App, p symbolon.Policy) error {
	want := p.Actions[symbolon.ActionPortal].Require
	if !a.BuiltIn || want == "" {
		return nil
	}
	if want == symbolon.RequireFactor {
		return symbolon.InvalidField("actions.portal.require", "must be known or trusted in the app admin")
	}
	if want == symbolon.RequireKnown && p.Registration.Approval == symbolon.ApprovalNone {
		return symbolon.InvalidField("registration.approval", "must be admin where actions.portal.require is known: else whoever has a password makes any browser known")
	}
	if c.Admin == nil {
		return nil
	}
	met, err := meets(ctx, s, c, &p)
	if err == nil && !met {
		return symbolon.Errorf(symbolon.ErrConflict, "this browser is no %s device itself, so it would lock you out: let it become one first, or set the policy by a credential", want)
	}
	return err
}
