package registry

import (
	"context"
	"errors"
	"slices"

	"github.com/symbolon-id/symbolon"
)

// CreateApp makes an app and its first credential, which holds every scope.
func (r *Registry) CreateApp(ctx context.Context, c symbolon.Caller, req symbolon.NewApp) (symbolon.CreatedApp, error) {
	if err := allow(c, "", opApps); err != nil {
		return symbolon.CreatedApp{}, err
	}
	app := symbolon.App{ID: req.ID, Name: req.Name, Origins: originsOf(req.Origins), CreatedAt: c.At, UpdatedAt: c.At}
	if app.ID == "" {
		app.ID = symbolon.NewAppID()
	}
	if app.ID == symbolon.AdminApp {
		return symbolon.CreatedApp{}, symbolon.InvalidField("id", "must be another: admin is the app of Symbolon's own admins")
	}
	if err := app.Check(); err != nil {
		return symbolon.CreatedApp{}, err
	}
	issuers, err := r.issuersToStore(app.ID, req.Issuers, nil)
	if err != nil {
		return symbolon.CreatedApp{}, err
	}
	app.Issuers = issuers
	first, err := issue(c, app.ID, symbolon.NewCredential{Name: "first", Scopes: symbolon.AllScopes})
	if err != nil {
		return symbolon.CreatedApp{}, err
	}
	var stored symbolon.App
	err = r.store.Tx(ctx, func(tx symbolon.Store) (err error) {
		if stored, err = tx.PutApp(ctx, app); err != nil {
			return err
		}
		if err := tx.PutCredential(ctx, first.Credential); err != nil {
			return err
		}
		w := writerFor(tx, c)
		if err := w.append(ctx, symbolon.Event{AppID: app.ID, Type: symbolon.EventAppCreated}, r.appEvent(app, nil)); err != nil {
			return err
		}
		return w.credentialEvent(ctx, symbolon.EventCredentialPut, first.Credential)
	})
	if err != nil {
		return symbolon.CreatedApp{}, err
	}
	r.settings.drop()
	return symbolon.CreatedApp{App: stored, Credential: first}, nil
}

// appEvent is what the log tells of an app, which listed these issuers before.
func (r *Registry) appEvent(a symbolon.App, before []symbolon.Issuer) eventData {
	return eventData{"name": a.Name, "origins": a.Origins, "issuers": r.issuersToLog(a.ID, a.Issuers, before)}
}

func originsOf(list []string) []string {
	out := slices.Clone(list)
	if out == nil {
		out = []string{}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// ListApps gives up to limit apps after the given id, those that the caller may see.
func (r *Registry) ListApps(ctx context.Context, c symbolon.Caller, after symbolon.AppID, limit int) ([]symbolon.App, error) {
	limit, err := pageSize(limit)
	if err != nil {
		return nil, err
	}
	if err := deviceShown(c); err != nil {
		return nil, err
	}
	if c.Kind == symbolon.CallerSystem || c.RoleOn(symbolon.AdminApp) != "" {
		return r.store.ListApps(ctx, after, limit)
	}
	if c.RoleOn("") != "" {
		return r.othersThanBuiltIn(ctx, after, limit)
	}
	var apps []symbolon.App
	for _, id := range appsOf(c) {
		if id == symbolon.AdminApp && c.Admin != nil {
			continue // a grant from before such were refused: it opens nothing
		}
		if err := allow(c, id, opReadApp); err != nil {
			return nil, err
		}
		if id <= after || len(apps) == limit {
			continue
		}
		own, err := appIn(ctx, r.store, id)
		if errors.Is(err, symbolon.ErrNotFound) {
			continue // it was removed, and the grant on it stayed
		}
		if err != nil {
			return nil, err
		}
		apps = append(apps, own)
	}
	return apps, nil
}

// othersThanBuiltIn is a page of apps for who may see all but the admins' own.
func (r *Registry) othersThanBuiltIn(ctx context.Context, after symbolon.AppID, limit int) ([]symbolon.App, error) {
	apps, err := r.store.ListApps(ctx, after, limit+1)
	apps = slices.DeleteFunc(apps, func(a symbolon.App) bool { return a.ID == symbolon.AdminApp })
	return apps[:min(limit, len(apps))], err
}

// appsOf are the apps that a caller without a role on all is of, in order.
func appsOf(c symbolon.Caller) []symbolon.AppID {
	if c.Admin == nil {
		return []symbolon.AppID{c.AppID}
	}
	apps, _ := c.Admin.Admin.Apps()
	return apps
}

// GetApp gives one app. ErrNotFound where there is none.
func (r *Registry) GetApp(ctx context.Context, c symbolon.Caller, app symbolon.AppID) (symbolon.App, error) {
	if err := allow(c, app, opReadApp); err != nil {
		return symbolon.App{}, err
	}
	return appIn(ctx, r.store, app)
}

func appIn(ctx context.Context, s symbolon.Apps, app symbolon.AppID) (symbolon.App, error) {
	a, err := s.GetApp(ctx, app)
	if errors.Is(err, symbolon.ErrNotFound) {
		return a, symbolon.Errorf(symbolon.ErrNotFound, "there is no such app")
	}
	return a, err
}

// within runs f in a transaction that also reads the app, so that it can't commit beside
// the app's removal. Settings may be a second old; what is written must not be.
func (r *Registry) within(ctx context.Context, app symbolon.AppID, f func(symbolon.Store) error) error {
	return r.store.Tx(ctx, func(tx symbolon.Store) error {
		if _, err := appIn(ctx, tx, app); err != nil {
			return err
		}
		return f(tx)
	})
}

// AnyVersion stands for no condition where a change may name the version it is meant for.
const AnyVersion int64 = -1

// UpdateApp changes an app's name, origins or issuers. ErrPreconditionFailed if it is not at
// the version ifMatch.
func (r *Registry) UpdateApp(ctx context.Context, c symbolon.Caller, app symbolon.AppID, p symbolon.AppPatch, ifMatch int64) (symbolon.App, error) {
	if err := allow(c, app, opWriteApp); err != nil {
		return symbolon.App{}, err
	}
	var out symbolon.App
	err := r.store.Tx(ctx, func(tx symbolon.Store) error {
		a, err := appIn(ctx, tx, app)
		if err != nil {
			return err
		}
		if ifMatch != AnyVersion && ifMatch != a.Version {
			return symbolon.Errorf(symbolon.ErrPreconditionFailed, "the app was changed meanwhile; read it again")
		}
		if err := checkBuiltIn(a, p); err != nil {
			return err
		}
		before := a.Issuers
		if a, err = r.patched(a, p); err != nil {
			return err
		}
		a.UpdatedAt = c.At
		if out, err = tx.PutApp(ctx, a); err != nil {
			return err
		}
		return writerFor(tx, c).append(ctx, symbolon.Event{AppID: app, Type: symbolon.EventAppUpdated}, r.appEvent(a, before))
	})
	r.settings.drop()
	return out, err
}

func (r *Registry) patched(a symbolon.App, p symbolon.AppPatch) (_ symbolon.App, err error) {
	if p.Name != nil {
		a.Name = *p.Name
	}
	if p.Origins != nil {
		a.Origins = originsOf(*p.Origins)
	}
	if p.Issuers != nil {
		if a.Issuers, err = r.issuersToStore(a.ID, *p.Issuers, a.Issuers); err != nil {
			return a, err
		}
	}
	return a, a.Check()
}

// RemoveApp removes an app with everything under it, its log included. It is gone at once;
// where there is much under it, the sweep goes on deleting that. Its id is not given again,
// so that nothing made for it can open another app.
func (r *Registry) RemoveApp(ctx context.Context, c symbolon.Caller, app symbolon.AppID) error {
	if err := allow(c, "", opApps); err != nil {
		return err
	}
	err := r.store.Tx(ctx, func(tx symbolon.Store) error {
		a, err := appIn(ctx, tx, app)
		if err != nil {
			return err
		}
		if err := notBuiltIn(a, "it can't be removed"); err != nil {
			return err
		}
		return tx.TakeApp(ctx, app, c.At)
	})
	r.settings.drop()
	r.credentials.drop()
	if err != nil {
		return err
	}
	r.log.Warn("an app was removed with everything under it", "app", app, "actor", c.Actor().String())
	r.finishErasure(ctx, app, "")
	return nil
}
