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

	Platform   Platform
	KeyStorage KeyStorage
	Country    string     // ISO 3166-1 alpha-2, of where it was last
	Risk       Scores     // its last score
	SeenFrom   *time.Time // its last valid proof, or its registration, is not before
	SeenTo     *time.Time // nor after

	Sort   DeviceSort
	Limit  int // 1 to 200
	Cursor string
}

// TrustFilter selects by whether trust counts now, as [Device.TrustAt] has it.
type TrustFilter struct {
	Want   bool
	Now    time.Time
	Policy TrustPolicy
}

// Scores is a range of risk scores, its ends included; a missing end is open.
type Scores struct {
	From *int
	To   *int
}

// Check refuses ends that are no scores, or the wrong way round; the error names the field.
func (s Scores) Check(from, to string) error {
	for field, end := range map[string]*int{from: s.From, to: s.To} {
		if end != nil && (*end < 0 || *end > 100) {
			return InvalidField(field, "must be from 0 to 100")
		}
	}
	if s.From != nil && s.To != nil && *s.To < *s.From {
		return InvalidField(to, "must not be less than %s", from)
	}
	return nil
}

// Contains tells whether the score is in the range.
func (s Scores) Contains(score int) bool {
	return (s.From == nil || score >= *s.From) && (s.To == nil || score <= *s.To)
}

// RelatedDevices are devices of an app that share a key or hardware with one of it.
type RelatedDevices struct {
	SameKey      []Device `json:"sameKey" doc:"Of other users of the same browser or installation, the latest created first"`
	SameHardware []Device `json:"sameHardware" doc:"With the same manufacturer id, of any user, the latest created first; without those under sameKey"`
}

// MaxRelated bounds each list of [RelatedDevices].
const MaxRelated = 50
