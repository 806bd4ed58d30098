package server

import (
	"context"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/registry"
)

// In self-service the header says which device asks: a proof for the purpose prove.
type (
	inMe struct {
		App   symbolon.AppID `path:"app" doc:"The app's id"`
		Proof string         `header:"Symbolon-Proof" doc:"A proof by the device that asks, so that it counts as the current one"`
	}
	inMine struct {
		App    symbolon.AppID    `path:"app" doc:"The app's id"`
		Device symbolon.DeviceID `path:"device" doc:"The device's id"`
		Proof  string            `header:"Symbolon-Proof" doc:"A proof by the device that asks, so that it counts as the current one"`
	}
	inMineWith[T any] struct {
		App    symbolon.AppID    `path:"app" doc:"The app's id"`
		Device symbolon.DeviceID `path:"device" doc:"The device's id"`
		Proof  string            `header:"Symbolon-Proof" doc:"A proof by the device that asks, so that it counts as the current one"`
		Body   T
	}
	myEventsInput struct {
		App    symbolon.AppID `path:"app" doc:"The app's id"`
		Cursor string         `query:"cursor" doc:"The nextCursor of the page before"`
		Limit  int            `query:"limit" minimum:"1" maximum:"200" doc:"Items on a page; 50 where absent"`
	}
)

func self(ctx context.Context, proof string) registry.Self {
	return registry.Self{Proof: proof, Context: connection(ctx)}
}

func (s *Server) listMyDevices(ctx context.Context, c symbolon.Caller, in *inMe) (symbolon.DevicePage, error) {
	return s.registry.MyDevices(ctx, c, in.App, self(ctx, in.Proof))
}

func (s *Server) listMyTrustedDevices(ctx context.Context, c symbolon.Caller, in *inMe) (symbolon.TrustedDeviceList, error) {
	return s.registry.MyTrustedDevices(ctx, c, in.App, self(ctx, in.Proof))
}

func (s *Server) listMyEvents(ctx context.Context, c symbolon.Caller, in *myEventsInput) (symbolon.EventPage, error) {
	return s.registry.MyEvents(ctx, c, in.App, in.Cursor, in.Limit)
}

func (s *Server) updateMyDevice(ctx context.Context, c symbolon.Caller, in *inMineWith[devicePatch]) (symbolon.Device, error) {
	return s.registry.UpdateMine(ctx, c, in.App, in.Device, self(ctx, in.Proof), symbolon.DevicePatch(in.Body))
}

func (s *Server) removeMyDevice(ctx context.Context, c symbolon.Caller, in *inMine) error {
	return s.registry.RemoveMine(ctx, c, in.App, in.Device, self(ctx, in.Proof))
}

func (s *Server) trustMyDevice(ctx context.Context, c symbolon.Caller, in *inMineWith[*symbolon.TrustRequest]) (symbolon.Device, error) {
	return s.registry.TrustMine(ctx, c, in.App, in.Device, self(ctx, in.Proof), orZero(in.Body))
}

func (s *Server) distrustMyDevice(ctx context.Context, c symbolon.Caller, in *inMine) (symbolon.Device, error) {
	return s.registry.DistrustMine(ctx, c, in.App, in.Device, self(ctx, in.Proof))
}

func (s *Server) approveMyDevice(ctx context.Context, c symbolon.Caller, in *inMine) (symbolon.Device, error) {
	return s.registry.ApproveMine(ctx, c, in.App, in.Device, self(ctx, in.Proof))
}

func (s *Server) reportLost(ctx context.Context, c symbolon.Caller, in *inMine) (symbolon.Device, error) {
	return s.registry.ReportLost(ctx, c, in.App, in.Device, self(ctx, in.Proof))
}

func (s *Server) signOutOthers(ctx context.Context, c symbolon.Caller, in *inMe) (symbolon.SignOut, error) {
	return s.registry.SignOutOthers(ctx, c, in.App, self(ctx, in.Proof))
}
