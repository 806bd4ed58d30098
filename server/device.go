package server

import (
	"context"
	"net/http"
	"time"

	"github.com/symbolon-id/symbolon"
)

// registered is 201 with a new device, or 200 with one that was there.
type registered struct {
	Status int
	Body   symbolon.Device
}

func newRegistered(d symbolon.Device, isNew bool, err error) (*registered, error) {
	if isNew {
		return &registered{http.StatusCreated, d}, err
	}
	return &registered{http.StatusOK, d}, err
}

func (s *Server) registerDevice(ctx context.Context, c symbolon.Caller, in *inAppWith[symbolon.Registration]) (*registered, error) {
	in.Body.Context = connection(ctx)
	return newRegistered(s.registry.Register(ctx, c, in.App, in.Body))
}

func (s *Server) registerKey(ctx context.Context, c symbolon.Caller, in *inUserWith[symbolon.KeyRegistration]) (*registered, error) {
	return newRegistered(s.registry.RegisterKey(ctx, c, in.App, in.User, in.Body))
}

type listDevicesInput struct {
	App     symbolon.AppID      `path:"app" doc:"The app's id"`
	User    symbolon.UserID     `query:"user" doc:"Of this user only"`
	Status  symbolon.Status     `query:"status" enum:"active,pending,blocked,unbound"`
	Type    symbolon.DeviceType `query:"type" enum:"desktop,laptop,mobile,tablet,browser,api_client,smart_tv,wearable"`
	Trusted optionalBool        `query:"trusted" doc:"Whether trust counts now"`
	KeyID   symbolon.KeyID      `query:"keyId"`
	Prefix  string              `query:"q" doc:"Beginning of a user, key or name"`

	Platform   symbolon.Platform   `query:"platform" enum:"web,android,ios,other"`
	KeyStorage symbolon.KeyStorage `query:"keyStorage" enum:"software,browser,hardware,attested"`
	Country    string              `query:"country" doc:"ISO 3166-1 alpha-2, of where it was last"`
	RiskFrom   optionalInt         `query:"riskFrom" doc:"The last score is this or more"`
	RiskTo     optionalInt         `query:"riskTo" doc:"The last score is this or less"`
	SeenFrom   time.Time           `query:"seenFrom" doc:"Last seen not before"`
	SeenTo     time.Time           `query:"seenTo" doc:"Last seen not after"`

	Sort   symbolon.DeviceSort `query:"sort" enum:"lastUsed,created,risk,name" doc:"lastUsed where absent"`
	Limit  int                 `query:"limit" minimum:"1" maximum:"200" doc:"Items on a page; 50 where absent"`
	Cursor string              `query:"cursor" doc:"The nextCursor of the page before"`
}

func (s *Server) listDevices(ctx context.Context, c symbolon.Caller, in *listDevicesInput) (symbolon.DevicePage, error) {
	return s.registry.ListDevices(ctx, c, in.App, symbolon.DeviceQuery{
		User: in.User, Status: in.Status, Type: in.Type, KeyID: in.KeyID, Platform: in.Platform, KeyStorage: in.KeyStorage,
		Country: in.Country, Risk: symbolon.Scores{From: in.RiskFrom.value, To: in.RiskTo.value}, SeenFrom: orNil(in.SeenFrom), SeenTo: orNil(in.SeenTo),
		Prefix: in.Prefix, Sort: in.Sort, Limit: in.Limit, Cursor: in.Cursor,
	}, in.Trusted.value)
}

func (s *Server) getDevice(ctx context.Context, c symbolon.Caller, in *inDevice) (symbolon.Device, error) {
	return s.registry.GetDevice(ctx, c, in.App, in.Device)
}

func (s *Server) updateDevice(ctx context.Context, c symbolon.Caller, in *inDeviceWith[devicePatch]) (symbolon.Device, error) {
	return s.registry.UpdateDevice(ctx, c, in.App, in.Device, symbolon.DevicePatch(in.Body))
}

func (s *Server) removeDevice(ctx context.Context, c symbolon.Caller, in *inDevice) error {
	return s.registry.RemoveDevice(ctx, c, in.App, in.Device)
}

func (s *Server) blockDevice(ctx context.Context, c symbolon.Caller, in *inDeviceWith[symbolon.BlockRequest]) (symbolon.Device, error) {
	return s.registry.BlockDevice(ctx, c, in.App, in.Device, in.Body)
}

func (s *Server) unblockDevice(ctx context.Context, c symbolon.Caller, in *inDeviceWith[*symbolon.UnblockRequest]) (symbolon.Device, error) {
	return s.registry.UnblockDevice(ctx, c, in.App, in.Device, orZero(in.Body))
}

func (s *Server) approveDevice(ctx context.Context, c symbolon.Caller, in *inDevice) (symbolon.Device, error) {
	return s.registry.ApproveDevice(ctx, c, in.App, in.Device)
}

func (s *Server) trustDevice(ctx context.Context, c symbolon.Caller, in *inDeviceWith[*symbolon.TrustRequest]) (symbolon.Device, error) {
	return s.registry.TrustDevice(ctx, c, in.App, in.Device, orZero(in.Body))
}

func (s *Server) distrustDevice(ctx context.Context, c symbolon.Caller, in *inDeviceWith[*symbolon.DistrustRequest]) (symbolon.Device, error) {
	return s.registry.DistrustDevice(ctx, c, in.App, in.Device, orZero(in.Body))
}

func (s *Server) rotateKey(ctx context.Context, c symbolon.Caller, in *inDeviceWith[symbolon.Rotation]) (symbolon.Device, error) {
	return s.registry.RotateKey(ctx, c, in.App, in.Device, in.Body)
}

type deviceEventsInput struct {
	App    symbolon.AppID    `path:"app" doc:"The app's id"`
	Device symbolon.DeviceID `path:"device" doc:"The device's id"`
	Cursor string            `query:"cursor" doc:"The nextCursor of the page before"`
	Limit  int               `query:"limit" minimum:"1" maximum:"200" doc:"Items on a page; 50 where absent"`
}

func (s *Server) listDeviceEvents(ctx context.Context, c symbolon.Caller, in *deviceEventsInput) (symbolon.EventPage, error) {
	return s.registry.DeviceEvents(ctx, c, in.App, in.Device, in.Cursor, in.Limit)
}
