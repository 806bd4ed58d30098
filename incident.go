package symbolon

import "time"

// IncidentAction is what an incident does to the devices that match.
type IncidentAction string

// The actions.
const (
	IncidentDistrust IncidentAction = "distrust"
	IncidentBlock    IncidentAction = "block"
	IncidentUnblock  IncidentAction = "unblock" // takes back what another incident blocked
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
	SeenBetween       *Between     `json:"seenBetween,omitempty" doc:"The last valid proof, or the registration where there was none, was then"`
	Network           []string     `json:"network,omitempty" doc:"Prefixes such as 192.0.2.0/24, held against the last address, or systems such as AS64500, against the places where it was"`
	Country           []string     `json:"country,omitempty" doc:"ISO 3166-1 alpha-2, of any place where it was"`
	LastCountry       []string     `json:"lastCountry,omitempty" doc:"ISO 3166-1 alpha-2, of where it was last"`
	AppVersion        []string     `json:"appVersion,omitempty" doc:"As in metadata.appVersion"`
	KeyStorage        []KeyStorage `json:"keyStorage,omitempty"`
	Browser           []string     `json:"browser,omitempty" doc:"Beginnings, such as Chrome or Chrome 120"`
	OperatingSystem   []string     `json:"operatingSystem,omitempty" doc:"Beginnings, such as Android 9"`
	Platform          []Platform   `json:"platform,omitempty"`
	DeviceType        []DeviceType `json:"deviceType,omitempty"`
	BeginsWith        string       `json:"beginsWith,omitempty" doc:"The beginning of user, key or name, as q of a list of devices"`
	Status            []Status     `json:"status,omitempty"`
	Trusted           *bool        `json:"trusted,omitempty" doc:"Whether trust counts as each device is examined"`
	RiskFrom          *int         `json:"riskFrom,omitempty" minimum:"0" maximum:"100" doc:"Its last score is this or more"`
	RiskTo            *int         `json:"riskTo,omitempty" minimum:"0" maximum:"100" doc:"Its last score is this or less"`
	BlockedBy         string       `json:"blockedBy,omitempty" doc:"The id of an incident that blocked it, and that is still why it is blocked; with unblock only"`
}

// IncidentRequest begins an incident, or with DryRun only counts.
type IncidentRequest struct {
	Match  IncidentMatch  `json:"match"`
	Action IncidentAction `json:"action" enum:"distrust,block,unblock"`
	Reason string         `json:"reason" doc:"What support staff will read on each device"`
	DryRun bool           `json:"dryRun,omitempty" doc:"Only count the devices that match"`
}

// UndoRequest takes back what an incident did.
type UndoRequest struct {
	Reason string `json:"reason" doc:"What support staff will read on each device"`
}

// Incident is work on many devices that goes on by itself, also after a restart, until
// all that match are done.
type Incident struct {
	ID         string         `json:"incidentId"`
	AppID      AppID          `json:"appId"`
	Match      IncidentMatch  `json:"match"`
	Action     IncidentAction `json:"action" enum:"distrust,block,unblock"`
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
