package server

import (
	"context"

	"github.com/symbolon-id/symbolon"
)

type createAppInput struct{ Body symbolon.NewApp }

func (s *Server) createApp(ctx context.Context, c symbolon.Caller, in *createAppInput) (symbolon.CreatedApp, error) {
	return s.registry.CreateApp(ctx, c, in.Body)
}

type listAppsInput struct {
	After symbolon.AppID `query:"cursor" doc:"The nextCursor of the page before"`
	Limit int            `query:"limit" minimum:"1" maximum:"200" doc:"Items on a page; 50 where absent"`
}

// appPage is a page of apps in the order of their ids.
type appPage struct {
	Items      []symbolon.App `json:"items"`
	NextCursor symbolon.AppID `json:"nextCursor,omitempty" doc:"For the next page; absent after the last"`
}

func (s *Server) listApps(ctx context.Context, c symbolon.Caller, in *listAppsInput) (appPage, error) {
	limit := or(in.Limit, 50)
	apps, err := s.registry.ListApps(ctx, c, in.After, limit)
	page := appPage{Items: append([]symbolon.App{}, apps...)}
	if len(apps) == limit {
		page.NextCursor = apps[limit-1].ID
	}
	return page, err
}

func (s *Server) getApp(ctx context.Context, c symbolon.Caller, in *inApp) (*versioned[symbolon.App], error) {
	a, err := s.registry.GetApp(ctx, c, in.App)
	return newVersioned(a.Version, a), err
}

type updateAppInput struct {
	App     symbolon.AppID `path:"app" doc:"The app's id"`
	IfMatch string         `header:"If-Match" doc:"The ETag of the version to change; any where absent"`
	Body    appPatch
}

func (s *Server) updateApp(ctx context.Context, c symbolon.Caller, in *updateAppInput) (*versioned[symbolon.App], error) {
	version, err := ifMatch(in.IfMatch)
	if err != nil {
		return nil, err
	}
	a, err := s.registry.UpdateApp(ctx, c, in.App, symbolon.AppPatch(in.Body), version)
	return newVersioned(a.Version, a), err
}

func (s *Server) removeApp(ctx context.Context, c symbolon.Caller, in *inApp) error {
	return s.registry.RemoveApp(ctx, c, in.App)
}
