package symbolon

import (
	"encoding/json"
	"time"
)

// MaxSimulatedDays is how far back a simulation may go.
const MaxSimulatedDays = 90

// SimulationRequest asks what a proposed policy would have made of recorded decisions.
type SimulationRequest struct {
	Policy json.RawMessage `json:"policy"` // as [ParsePolicy] reads it
	Days   int             `json:"days"`   // 1 to [MaxSimulatedDays]
}

// Simulation is what the present and a proposed policy make of recorded decisions on
// valid proofs. What a decision saw is recorded; the device's other facts, which rules may
// ask for, are those that it has now.
type Simulation struct {
	From      time.Time `json:"from" doc:"The first decisions are about from here"`
	Until     time.Time `json:"until" doc:"The last decisions are about from here"`
	Truncated bool      `json:"truncated" doc:"There are later decisions, which were not read: what one call reads is bounded"`
	Decisions int64     `json:"decisions" doc:"Recorded decisions that were tried"`
	Gone      int64     `json:"gone" doc:"Others, of devices that are no longer there; they count nowhere"`
	Changed   int64     `json:"changed" doc:"Decisions that the proposed policy would answer differently than the present one"`

	Recorded SimulatedAnswers `json:"recorded" doc:"What was answered then, under the policies of that time"`
	Present  SimulatedAnswers `json:"present" doc:"What the present policy would have answered"`
	Proposed SimulatedAnswers `json:"proposed" doc:"What the proposed policy would have answered"`
	Moves    []SimulatedMove  `json:"moves" doc:"Between which answers the changed decisions move; where both are the same, only the second factor changes"`
	Rules    []SimulatedRule  `json:"rules" doc:"How often each rule of the proposed policy holds, in the order of the document"`
	Limits   SimulatedLimits  `json:"limits" doc:"What the proposed device limits mean for the devices that there are now"`
}

// SimulatedAnswers counts what a policy answers.
type SimulatedAnswers struct {
	Trust     int64 `json:"trust"`
	Allow     int64 `json:"allow"`
	Challenge int64 `json:"challenge"`
	Deny      int64 `json:"deny"`
	Skipped   int64 `json:"skipped" doc:"Second factors that it skips"`

	Distrusted []DeviceID `json:"distrusted,omitempty" doc:"Devices that lose their trust by it, the first 100"`
	Losses     int64      `json:"losses" doc:"How many devices lose their trust by it"`
}

// Count counts one answer.
func (a *SimulatedAnswers) Count(r Recommendation, f SecondFactor) {
	switch r {
	case RecommendTrust:
		a.Trust++
	case RecommendAllow:
		a.Allow++
	case RecommendChallenge:
		a.Challenge++
	case RecommendDeny:
		a.Deny++
	}
	if f == FactorSkip {
		a.Skipped++
	}
}

// SimulatedMove counts the decisions that the present policy answers with From, and the
// proposed one with To.
type SimulatedMove struct {
	From  Recommendation `json:"from"`
	To    Recommendation `json:"to"`
	Count int64          `json:"count"`
}

// SimulatedRule counts where a rule holds.
type SimulatedRule struct {
	Name    string   `json:"name"`
	Mode    RuleMode `json:"mode"`
	Matches int64    `json:"matches" doc:"Decisions where it holds; of a preview rule, those that it would make stricter"`
}

// Moved counts a decision whose answer changes.
func (s *Simulation) Moved(from, to Recommendation) {
	for i, m := range s.Moves {
		if m.From == from && m.To == to {
			s.Moves[i].Count++
			return
		}
	}
	s.Moves = append(s.Moves, SimulatedMove{from, to, 1})
}

// SimulatedLimits is what a device limit means for the devices that there are. Nobody
// loses one by it: it keeps users above it from adding more.
type SimulatedLimits struct {
	Users     int64 `json:"users" doc:"Users who have more active devices than it allows"`
	Devices   int64 `json:"devices" doc:"How many devices they have too many"`
	Truncated bool  `json:"truncated" doc:"Not all devices were looked at: there are at least so many"`
}

// SimulationProgress is how far a simulation is.
type SimulationProgress struct {
	Decisions int64 `json:"decisions" doc:"Tried so far"`
	Devices   int64 `json:"devices" doc:"Held against the limits so far"`
	Percent   int   `json:"percent" minimum:"0" maximum:"100" doc:"Of the time span"`
}

// PolicyVersionPage is a page of an app's policy versions, the latest first, without their
// documents.
type PolicyVersionPage struct {
	Items      []PolicyVersion `json:"items"`
	NextCursor string          `json:"nextCursor,omitempty" doc:"For the next page; absent after the last"`
}

// PolicyDiff is what changed between two versions of a policy, defaults filled in.
type PolicyDiff struct {
	From    PolicyVersion  `json:"from"`
	To      PolicyVersion  `json:"to"`
	Changes []PolicyChange `json:"changes"`
}

// RuleUse is a rule of the present policy, and how often it held lately.
type RuleUse struct {
	Rule
	Matches int64 `json:"matches" doc:"In the last seven days: decisions where it held; of a preview rule, those that it would have made stricter"`
}

// RuleUseList is every rule of the present policy, in the order of the document.
type RuleUseList struct {
	Version int64     `json:"version" doc:"Of the policy"`
	Since   time.Time `json:"since" doc:"From when matches are counted"`
	Items   []RuleUse `json:"items"`
}

// TallyList is what was counted, by step, kind and name.
type TallyList struct {
	From  time.Time `json:"from" doc:"The beginning of the first step"`
	To    time.Time `json:"to" doc:"The beginning of the first step that is not in the list"`
	Items []Tally   `json:"items"`
}

// IncidentList is an app's incidents, the latest first.
type IncidentList struct {
	Items []Incident `json:"items"`
}
