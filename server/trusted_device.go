package server

import (
	"context"

	"github.com/symbolon-id/symbolon"
)

func (s *Server) listTrustedDevices(ctx context.Context, c symbolon.Caller, in *inUser) (symbolon.TrustedDeviceList, error) {
	return s.registry.ListTrustedDevices(ctx, c, in.App, in.User)
}

// trustedDeviceImport is a list of records; of each, what is unknown may be left out.
type trustedDeviceImport struct {
	Items []importedTrustedDevice `json:"items" doc:"1 to 500 records"`
}

type importedTrustedDevice symbolon.TrustedDevice

type importInput struct {
	App    symbolon.AppID `path:"app" doc:"The app's id"`
	DryRun bool           `query:"dryRun" doc:"Say what the import would do, and do nothing"`
	Body   trustedDeviceImport
}

func (s *Server) importTrustedDevices(ctx context.Context, c symbolon.Caller, in *importInput) (symbolon.ImportReport, error) {
	records := make([]symbolon.TrustedDevice, len(in.Body.Items))
	for i, item := range in.Body.Items {
		records[i] = symbolon.TrustedDevice(item)
	}
	if in.DryRun {
		return s.registry.CheckImport(ctx, c, in.App, records)
	}
	return s.registry.ImportTrustedDevices(ctx, c, in.App, records)
}
