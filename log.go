package symbolon

import (
	"slices"
	"time"
)

// LogQuery asks for a page of the log without its decisions, the latest first. Empty
// members do not filter.
type LogQuery struct {
	AppID  AppID // "" for what belongs to no app: admins, and credentials on all apps
	Types  []EventType
	Actor  CallerKind
	By     string // the actor's id
	User   UserID
	From   *time.Time
	To     *time.Time
	Before EventID // the last one of the page before; 0 for the newest
	Limit  int     // 1 to 200
}

// Selects tells whether the query asks for an event of its app.
func (q LogQuery) Selects(e Event) bool {
	return (len(q.Types) == 0 || slices.Contains(q.Types, e.Type)) &&
		(q.Actor == "" || q.Actor == e.Actor.Kind) &&
		(q.By == "" || q.By == e.Actor.ID) &&
		(q.User == "" || q.User == e.UserID) &&
		Between{q.From, q.To}.Contains(e.At)
}

// DecisionQuery asks for recorded decisions of an app, the latest first. Empty members do
// not filter.
type DecisionQuery struct {
	User           UserID
	Device         DeviceID
	Recommendation Recommendation
	SecondFactor   SecondFactor
	Action         string
	Country        string // ISO 3166-1 alpha-2
	Reason         string // the code of one
	Rule           string // the name of one that held, in production or in preview
	Score          Scores
	From, To       *time.Time
	Before         EventID // of a device: recorded before this one
	Limit          int     // 0 for 50, at most 200
	Cursor         string  // of the page before
}

// Selects tells whether the query asks for a decision of its app, which was recorded as e
// and d.
func (q DecisionQuery) Selects(e Event, d Decided) bool {
	return (q.User == "" || q.User == e.UserID) &&
		(q.Device == "" || q.Device == e.DeviceID) &&
		(q.Recommendation == "" || q.Recommendation == d.Recommendation) &&
		(q.SecondFactor == "" || q.SecondFactor == d.SecondFactor) &&
		(q.Action == "" || q.Action == d.Action) &&
		(q.Country == "" || d.Place != nil && q.Country == d.Place.Country) &&
		(q.Reason == "" || slices.ContainsFunc(d.Reasons, func(r DecidedReason) bool { return r.Code == q.Reason })) &&
		(q.Rule == "" || slices.Contains(d.Rules, q.Rule) || slices.Contains(d.Previews, q.Rule)) &&
		q.Score.Contains(d.Score) &&
		(q.From == nil || !e.At.Before(*q.From)) &&
		(q.To == nil || !e.At.After(*q.To)) &&
		(q.Before == 0 || e.ID < q.Before)
}

// DecisionEntry is a recorded decision, as it can be read back.
type DecisionEntry struct {
	ID             string         `json:"decisionId"`
	EventID        EventID        `json:"eventId"`
	DecidedAt      time.Time      `json:"decidedAt"`
	UserID         UserID         `json:"userId"`
	DeviceID       DeviceID       `json:"deviceId"`
	Actor          Actor          `json:"actor"`
	IPAddress      string         `json:"ipAddress,omitempty" doc:"Cut after the policy's retention"`
	Action         string         `json:"action"`
	PayloadHash    string         `json:"payloadHash,omitempty"`
	Recommendation Recommendation `json:"recommendation" enum:"DENY,CHALLENGE,ALLOW,TRUST"`
	SecondFactor   SecondFactor   `json:"secondFactor" enum:"skip,require"`
	Known          bool           `json:"known"`
	Trusted        bool           `json:"trusted"`
	Risk           Risk           `json:"risk" doc:"With the points of the policy of that time"`
	Rules          []string       `json:"rules,omitempty" doc:"Production rules that held"`
	Previews       []string       `json:"previews,omitempty" doc:"Preview rules that would have made it stricter"`
	Place          *Place         `json:"place,omitempty"`
	PolicyVersion  int64          `json:"policyVersion" doc:"Of the policy that decided; 0 for the default"`
}

// DecisionPage is a page of decisions. It can be empty and still lead on: each page looks
// at a bounded part of the log.
type DecisionPage struct {
	Items      []DecisionEntry `json:"items"`
	NextCursor string          `json:"nextCursor,omitempty" doc:"For the next page; absent after the last"`
}
