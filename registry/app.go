package registry

import (
	"context"
	"encoding/json"
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
	if err := app.Check(); err != nil {
		return symbolon.CreatedApp{}, err
	}
	first, err := issue(c, app.ID, symbolon.NewCredential{Name: "first", Scopes: symbolon.AllScopes})
	if err != nil {
		return symbolon.CreatedApp{}, err
	}
	err = r.store.Tx(ctx, func(tx symbolon.Store) error {
		stored, err := tx.PutApp(ctx, app)
		if err != nil {
			return err
		}
		if err := tx.PutCredential(ctx, first.Credential); err != nil {
			return err
		}
		app.Version = stored.Version
		w := writerFor(tx, c)
		if err := w.append(ctx, symbolon.Event{AppID: app.ID, Type: symbolon.EventAppCreated}, eventData{"name": app.Name, "origins": app.Origins}); err != nil {
			return err
		}
		return w.credentialEvent(ctx, symbolon.EventCredentialPut, first.Credential)
	})
	if err != nil {
		return symbolon.CreatedApp{}, err
	}
	r.settings.drop(app.ID)
	return symbolon.CreatedApp{App: app, Credential: first}, nil
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
	if err := allow(c, c.AppID, opReadApp); err != nil {
		return nil, err
	}
	if c.AppID == "" {
		return r.store.ListApps(ctx, after, limit)
	}
	a, err := r.GetApp(ctx, c, c.AppID)
	return []symbolon.App{a}, err
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

// AnyVersion stands for no condition where a change may name the version it is meant for.
const AnyVersion int64 = -1

// UpdateApp changes an app's name or origins. ErrPreconditionFailed if it is not at the
// version ifMatch.
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
		if p.Name != nil {
			a.Name = *p.Name
		}
		if p.Origins != nil {
			a.Origins = originsOf(*p.Origins)
		}
		if err := a.Check(); err != nil {
			return err
		}
		a.UpdatedAt = c.At
		if out, err = tx.PutApp(ctx, a); err != nil {
			return err
		}
		return writerFor(tx, c).append(ctx, symbolon.Event{AppID: app, Type: symbolon.EventAppUpdated}, eventData{"name": a.Name, "origins": a.Origins})
	})
	r.settings.drop(app)
	return out, err
}

// RemoveApp removes an app with everything under it, its log included.
func (r *Registry) RemoveApp(ctx context.Context, c symbolon.Caller, app symbolon.AppID) error {
	if err := allow(c, "", opApps); err != nil {
		return err
	}
	err := r.store.Tx(ctx, func(tx symbolon.Store) error {
		if _, err := appIn(ctx, tx, app); err != nil {
			return err
		}
		return tx.TakeApp(ctx, app)
	})
	r.settings.drop(app)
	r.holders.drop()
	if err == nil {
		r.log.Warn("an app was removed with everything under it", "app", app, "actor", c.Actor().String())
	}
	return err
}

// GetPolicy gives an app's policy: the document as it was put, version 0 and {} where
// none was; with effective, every default filled in.
func (r *Registry) GetPolicy(ctx context.Context, c symbolon.Caller, app symbolon.AppID, effective bool) (symbolon.PolicyVersion, error) {
	if err := allow(c, app, opReadApp); err != nil {
		return symbolon.PolicyVersion{}, err
	}
	if _, err := appIn(ctx, r.store, app); err != nil {
		return symbolon.PolicyVersion{}, err
	}
	v, err := policyIn(ctx, r.store, app)
	if err != nil || !effective {
		return v, err
	}
	p, err := symbolon.ParsePolicy(v.Document)
	if err != nil {
		return v, err
	}
	v.Document, err = json.Marshal(p)
	return v, err
}

func policyIn(ctx context.Context, s symbolon.Policies, app symbolon.AppID) (symbolon.PolicyVersion, error) {
	v, err := s.GetPolicy(ctx, app)
	if errors.Is(err, symbolon.ErrNotFound) {
		return symbolon.PolicyVersion{AppID: app, Document: json.RawMessage("{}")}, nil
	}
	return v, err
}

// PutPolicy replaces an app's policy. ErrPreconditionFailed if it is not at the version
// ifMatch.
func (r *Registry) PutPolicy(ctx context.Context, c symbolon.Caller, app symbolon.AppID, doc json.RawMessage, ifMatch int64) (symbolon.PolicyVersion, error) {
	if err := allow(c, app, opWriteApp); err != nil {
		return symbolon.PolicyVersion{}, err
	}
	if _, err := symbolon.ParsePolicy(doc); err != nil {
		return symbolon.PolicyVersion{}, err
	}
	var v symbolon.PolicyVersion
	err := r.store.Tx(ctx, func(tx symbolon.Store) error {
		if _, err := appIn(ctx, tx, app); err != nil {
			return err
		}
		before, err := policyIn(ctx, tx, app)
		if err != nil {
			return err
		}
		if ifMatch != AnyVersion && ifMatch != before.Version {
			return symbolon.Errorf(symbolon.ErrPreconditionFailed, "the policy was changed meanwhile; read it again")
		}
		v = symbolon.PolicyVersion{AppID: app, Version: before.Version + 1, Document: doc, At: c.At, By: c.Actor().String()}
		if err := tx.PutPolicy(ctx, v); err != nil {
			return err
		}
		return writerFor(tx, c).append(ctx, symbolon.Event{AppID: app, Type: symbolon.EventPolicyUpdated}, eventData{"version": v.Version, "before": before.Document, "after": doc})
	})
	r.settings.drop(app)
	return v, err
}

// ListEvents gives the app's log in sealed order after a place that an earlier page
// gave: a reader that goes on from nextCursor misses nothing.
func (r *Registry) ListEvents(ctx context.Context, c symbolon.Caller, app symbolon.AppID, after string, limit int) (symbolon.EventPage, error) {
	if err := allow(c, app, opReadEvents); err != nil {
		return symbolon.EventPage{}, err
	}
	limit, err := pageSize(limit)
	if err != nil {
		return symbolon.EventPage{}, err
	}
	from, err := place("after", after)
	if err != nil {
		return symbolon.EventPage{}, err
	}
	events, err := r.store.ListEvents(ctx, app, from, limit)
	if err != nil {
		return symbolon.EventPage{}, err
	}
	if len(events) > 0 {
		from = events[len(events)-1].Seq
	}
	if events == nil {
		events = []symbolon.Event{}
	}
	return symbolon.EventPage{Items: events, NextCursor: cursorOf(from)}, nil
}
