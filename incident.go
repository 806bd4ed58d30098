package symbolon

import "time"

// IncidentAction is what an incident does to the devices that match.
type IncidentAction string

// The actions.
const (
	IncidentDistrust IncidentAction = "distrust"
	IncidentBlock    IncidentAction = "block"
)

// Between is a span of time; a missing end is open.
type Between struct {
	From *time.Time `json:"from,omitempty"`
	To   *time.Time `json:"to,omitempty"`
}

// Contains tells whether the moment is in the span, its ends included.
func (b Between) Contains(t time.Time) bool {
	return (b.From == nil || !t.Before(*b.From)) && (b.To == nil || !t.After(*b.To))
}

// IncidentMatch says which devices an incident is about: those that fit all members that
// are given. At least one is.
type IncidentMatch struct {
	TrustedBetween    *Between     `json:"trustedBetween,omitempty" doc:"Trust was granted then, the last time"`
	RegisteredBetween *Between     `json:"registeredBetween,omitempty"`
	SeenBetween       *Between     `json:"seenBetween,omitempty" doc:"The last valid proof was then"`
	Network           []string     `json:"network,omitempty" doc:"Prefixes such as 192.0.2.0/24, held against the last address, or systems such as AS64500, against the places where it was"`
	Country           []string     `json:"country,omitempty" doc:"ISO 3166-1 alpha-2, of any place where it was"`
	AppVersion        []string     `json:"appVersion,omitempty" doc:"As in metadata.appVersion"`
	KeyStorage        []KeyStorage `json:"keyStorage,omitempty"`
	Browser           []string     `json:"browser,omitempty" doc:"Beginnings, such as Chrome or Chrome 120"`
	OperatingSystem   []string     `json:"operatingSystem,omitempty" doc:"Beginnings, such as Android 9"`
	Platform          []Platform   `json:"platform,omitempty"`
	DeviceType        []DeviceType `json:"deviceType,omitempty"`
}

// IncidentRequest begins an incident, or with DryRun only counts.
type IncidentRequest struct {
	Match  IncidentMatch  `json:"match"`
	Action IncidentAction `json:"action" enum:"distrust,block"`
	Reason string         `json:"reason" doc:"What support staff will read on each device"`
	DryRun bool           `json:"dryRun,omitempty" doc:"Only count the devices that match"`
}

// Incident is work on many devices that goes on by itself, also after a restart, until
// all that match are done.
type Incident struct {
	ID         string         `json:"incidentId"`
	AppID      AppID          `json:"appId"`
	Match      IncidentMatch  `json:"match"`
	Action     IncidentAction `json:"action"`
	Reason     string         `json:"reason"`
	DryRun     bool           `json:"dryRun"`
	By         string         `json:"by"`
	CreatedAt  time.Time      `json:"createdAt"`
	FinishedAt *time.Time     `json:"finishedAt,omitempty" doc:"Absent while it goes on"`
	Devices    int64          `json:"devices" doc:"Of the app when it began"`
	Examined   int64          `json:"examined" doc:"So far"`
	Matched    int64          `json:"matched" doc:"So far"`
	Changed    int64          `json:"changed" doc:"So far; with dryRun those that it would change"`

	After DeviceID `json:"-"` // the last one that was examined
	Again bool     `json:"-"` // in the second walk, for what came in or changed behind the first
}
