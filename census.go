package symbolon

import "time"

// CensusKind is what a census counts devices by.
type CensusKind string

// What an app's devices are counted by.
const (
	CensusStatus   CensusKind = "status"
	CensusType     CensusKind = "type"
	CensusPlatform CensusKind = "platform"
	CensusBrowser  CensusKind = "browser" // without its version
	CensusSystem   CensusKind = "system"  // the operating system without its version
	CensusStorage  CensusKind = "keyStorage"
	CensusCountry  CensusKind = "country" // ISO 3166-1 alpha-2
	CensusTrusted  CensusKind = "trusted" // yes or no, by the policy of the time
	CensusScore    CensusKind = "score"   // the last one, by tens: 0, 10, … 90, 100
)

// CensusKinds lists every kind.
var CensusKinds = []CensusKind{
	CensusStatus, CensusType, CensusPlatform, CensusBrowser, CensusSystem, CensusStorage, CensusCountry, CensusTrusted, CensusScore,
}

// CensusOther is the name that the rarest of a kind are counted under together.
const CensusOther = "other"

// Census is how many devices of which kind an app had. It is taken in the background.
type Census struct {
	AppID   AppID         `json:"appId"`
	At      time.Time     `json:"at,omitzero" doc:"When it was finished, or, where a later one found the same, up to an hour before that; absent while the first one of a large app is being taken, and then nothing is counted yet"`
	Devices int64         `json:"devices"`
	Users   int64         `json:"users" doc:"That have a device; estimated to about one percent where there are more than 131,072"`
	Counts  []CensusCount `json:"counts" doc:"By kind, each the most first; the rarest of a kind with many names are put together under the name other"`
}

// CensusCount is one number of a [Census].
type CensusCount struct {
	Kind  CensusKind `json:"kind"`
	Name  string     `json:"name" doc:"Empty where the devices say nothing of it"`
	Count int64      `json:"count"`
}
