package symbolon

import "time"

// DeviceSort orders a list of devices.
type DeviceSort string

// The orders: the latest, the riskiest, or the first by name come first.
const (
	SortLastUsed DeviceSort = "lastUsed"
	SortCreated  DeviceSort = "created"
	SortRisk     DeviceSort = "risk"
	SortName     DeviceSort = "name"
)

// DeviceSorts lists every order.
var DeviceSorts = []DeviceSort{SortLastUsed, SortCreated, SortRisk, SortName}

// DeviceQuery asks for a page of an app's devices. Empty members do not filter.
type DeviceQuery struct {
	AppID   AppID
	User    UserID
	Status  Status
	Type    DeviceType
	KeyID   KeyID
	Trusted *TrustFilter
	Prefix  string // of user, key or name
	Sort    DeviceSort
	Limit   int // 1 to 200
	Cursor  string
}

// TrustFilter selects by whether trust counts now, as [Device.TrustAt] has it.
type TrustFilter struct {
	Want   bool
	Now    time.Time
	Policy TrustPolicy
}
