package symbolon

import "encoding/json"

// AdminApp is the app that is built in: its users are the admins, by their ids, and their
// browsers its devices. Only admins of all apps have a role on it.
const AdminApp AppID = "admin"

// ActionPortal is what an admin's browser proves itself for. Where the policy of [AdminApp]
// names it under actions, an admin's session has to show such a device.
const ActionPortal = "portal"

// overAdmins is the role on the app of who has this one on all: on [AdminApp] that of an
// admin counts, and no other.
func overAdmins(app AppID, onAll Role) Role {
	if app == AdminApp && onAll != RoleAdmin {
		return ""
	}
	return onAll
}

// DeviceProof shows the device that an admin's session comes from.
type DeviceProof struct {
	Proof   string          `json:"proof" doc:"JWS over a prove challenge of the app admin, whose sub is the admin's id and whose action is portal"`
	Signals json.RawMessage `json:"signals,omitempty" doc:"What the SDK collected"`

	Context ClientContext `json:"-"` // that of the connection
}

// OwnDevice is what an admin's session has shown of the device that it comes from.
type OwnDevice struct {
	Required Requirement `json:"required,omitempty" enum:"known,trusted" doc:"What the policy of the app admin demands; absent where it demands nothing"`
	Met      bool        `json:"met" doc:"Whether the session may do all that its admin may, as far as that demand goes"`
	Device   *Device     `json:"device,omitempty" doc:"The device that was shown; absent where none is known"`
}
