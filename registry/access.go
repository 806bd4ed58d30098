package registry

import (
	"context"

	"github.com/symbolon-id/symbolon"
)

// operation is one thing that a caller may ask for.
type operation struct {
	name   string
	client bool           // a device, for whose user nobody vouches
	user   bool           // an assertion
	scope  symbolon.Scope // of a backend; "" where no backend may
	role   symbolon.Role  // the least role of an admin; "" where no admin may
	recent bool           // an admin in a session must have shown lately who they are
}

// Who may do what. Every operation begins by asking this table.
var (
	opChallenge   = operation{name: "take challenges", client: true, scope: symbolon.ScopeDecisions}
	opRegister    = operation{name: "register the device it speaks from", user: true}
	opRotate      = operation{name: "rotate a key", client: true}
	opDecide      = operation{name: "decide", client: true, scope: symbolon.ScopeDecisions, role: symbolon.RoleOperator}
	opCheckDevice = operation{name: "check a device", client: true, user: true}
	opSession     = operation{name: "bind sessions", client: true, user: true}
	opIntrospect  = operation{name: "introspect device tokens", scope: symbolon.ScopeDecisions, role: symbolon.RoleViewer}
	opTicket      = operation{name: "issue tickets", scope: symbolon.ScopeTickets}
	opMe          = operation{name: "manage its own devices", user: true}

	opReadDevices  = operation{name: "read devices", scope: symbolon.ScopeDevicesRead, role: symbolon.RoleViewer}
	opWriteDevices = operation{name: "change devices", scope: symbolon.ScopeDevicesWrite, role: symbolon.RoleOperator}
	opTrustDevices = operation{name: "trust devices and let keys come back", scope: symbolon.ScopeDevicesWrite, role: symbolon.RoleAdmin}
	opAddDevices   = operation{name: "add devices", scope: symbolon.ScopeDevicesWrite, role: symbolon.RoleAdmin}
	opEnroll       = operation{name: "register keys for users", scope: symbolon.ScopeDevicesWrite}
	opRevoke       = operation{name: "revoke what a user's devices may do", scope: symbolon.ScopeUsers, role: symbolon.RoleOperator}
	opReadUsers    = operation{name: "export users", scope: symbolon.ScopeUsers, role: symbolon.RoleAdmin}
	opEraseUsers   = operation{name: "erase users", scope: symbolon.ScopeUsers, role: symbolon.RoleAdmin, recent: true}
	opReadEvents   = operation{name: "read events", scope: symbolon.ScopeEventsRead, role: symbolon.RoleViewer}
	opVerifyLog    = operation{name: "verify the log", role: symbolon.RoleViewer}

	opReadApp         = operation{name: "read the app's settings", role: symbolon.RoleViewer}
	opWriteApp        = operation{name: "change the app's settings", role: symbolon.RoleAdmin, recent: true}
	opReadCredentials = operation{name: "list credentials", role: symbolon.RoleAdmin}
	opCredentials     = operation{name: "manage credentials", role: symbolon.RoleAdmin, recent: true}
	opApps            = operation{name: "add and remove apps", role: symbolon.RoleAdmin, recent: true}
	opStatus          = operation{name: "read how the service fares", role: symbolon.RoleViewer}
	opReadAdmins      = operation{name: "read the list of admins", role: symbolon.RoleAdmin}
	opAdmins          = operation{name: "manage admins", role: symbolon.RoleAdmin, recent: true}
)

// open begins an operation on one app: it asks whether the caller may do it, then gives
// the app's settings; ErrNotFound for an app that is not there.
func (r *Registry) open(ctx context.Context, c symbolon.Caller, app symbolon.AppID, op operation) (*settings, error) {
	if err := allow(c, app, op); err != nil {
		return nil, err
	}
	return r.settingsOf(ctx, app, c.At)
}

// allow is nil if the caller may do this on the app. App "" stands for all apps.
func allow(c symbolon.Caller, app symbolon.AppID, op operation) error {
	if err := deviceShown(c); err != nil {
		return err
	}
	ok := false
	switch c.Kind {
	case symbolon.CallerClient:
		ok = op.client
	case symbolon.CallerUser:
		ok = op.user
	case symbolon.CallerBackend:
		ok = op.scope != "" && symbolon.Credential{Scopes: c.Scopes}.Has(op.scope)
	case symbolon.CallerAdmin:
		ok = op.role != "" && c.RoleOn(app).Includes(op.role)
	case symbolon.CallerSystem:
		ok = true
	}
	if ok && belongs(c, app) {
		if op.recent {
			return recent(c)
		}
		return nil
	}
	if c.Kind == symbolon.CallerClient {
		return symbolon.Errorf(symbolon.ErrUnauthenticated, "to %s, a bearer token is needed", op.name)
	}
	return symbolon.Errorf(symbolon.ErrForbidden, "this caller may not %s", op.name)
}

// belongs tells whether what the caller showed is of this app. A client showed nothing,
// and belongs to every app.
func belongs(c symbolon.Caller, app symbolon.AppID) bool {
	switch c.Kind {
	case symbolon.CallerClient, symbolon.CallerSystem:
		return true
	case symbolon.CallerUser:
		return c.Assertion != nil && c.Assertion.AppID == app && app != ""
	case symbolon.CallerBackend:
		return c.AppID == app && app != ""
	case symbolon.CallerAdmin:
		return c.RoleOn(app) != ""
	}
	return false
}
