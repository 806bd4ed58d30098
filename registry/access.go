package registry

import "github.com/symbolon-id/symbolon"

// operation is one thing that a caller may ask for.
type operation struct {
	name   string
	client bool           // a device, for whose user nobody vouches
	user   bool           // an assertion
	scope  symbolon.Scope // of a backend; "" where no backend may
	role   symbolon.Role  // the least role of an admin; "" where no admin may
}

// Who may do what. Every operation begins by asking this table.
var (
	opChallenge = operation{name: "take challenges", client: true, scope: symbolon.ScopeDecisions}
	opRegister  = operation{name: "register the device it speaks from", user: true}
	opRotate    = operation{name: "rotate a key", client: true}
	opDecide    = operation{name: "decide", client: true, scope: symbolon.ScopeDecisions}
	opTicket    = operation{name: "issue tickets", scope: symbolon.ScopeTickets}
	opMe        = operation{name: "manage its own devices", user: true}

	opReadDevices  = operation{name: "read devices", scope: symbolon.ScopeDevicesRead, role: symbolon.RoleViewer}
	opWriteDevices = operation{name: "change devices", scope: symbolon.ScopeDevicesWrite, role: symbolon.RoleOperator}
	opAddDevices   = operation{name: "add devices", scope: symbolon.ScopeDevicesWrite, role: symbolon.RoleAdmin}
	opEnroll       = operation{name: "register keys for users", scope: symbolon.ScopeDevicesWrite}
	opRevoke       = operation{name: "revoke what a user's devices may do", scope: symbolon.ScopeUsers, role: symbolon.RoleOperator}
	opReadUsers    = operation{name: "export users", scope: symbolon.ScopeUsers, role: symbolon.RoleAdmin}
	opEraseUsers   = operation{name: "erase users", scope: symbolon.ScopeUsers, role: symbolon.RoleAdmin}
	opReadEvents   = operation{name: "read events", scope: symbolon.ScopeEventsRead, role: symbolon.RoleViewer}

	opReadApp     = operation{name: "read the app's settings", role: symbolon.RoleViewer}
	opWriteApp    = operation{name: "change the app's settings", role: symbolon.RoleAdmin}
	opCredentials = operation{name: "manage credentials", role: symbolon.RoleAdmin}
	opApps        = operation{name: "add and remove apps", role: symbolon.RoleAdmin}
)

// allow is nil if the caller may do this on the app. App "" stands for all apps.
func allow(c symbolon.Caller, app symbolon.AppID, op operation) error {
	ok := false
	switch c.Kind {
	case symbolon.CallerClient:
		ok = op.client
	case symbolon.CallerUser:
		ok = op.user && c.Assertion != nil && c.Assertion.AppID == app
	case symbolon.CallerBackend:
		ok = op.scope != "" && c.AppID == app && app != "" && hasScope(c.Scopes, op.scope)
	case symbolon.CallerAdmin:
		ok = op.role != "" && (c.AppID == "" || c.AppID == app) && c.Role.Includes(op.role)
	case symbolon.CallerSystem:
		ok = true
	}
	if ok {
		return nil
	}
	if c.Kind == symbolon.CallerClient {
		return symbolon.Errorf(symbolon.ErrUnauthenticated, "to %s, a bearer token is needed", op.name)
	}
	return symbolon.Errorf(symbolon.ErrForbidden, "this caller may not %s", op.name)
}

func hasScope(scopes []symbolon.Scope, want symbolon.Scope) bool {
	return symbolon.Credential{Scopes: scopes}.Has(want)
}
