package symbolon

import (
	"strconv"
	"time"
)

// TallyKind is what is counted.
type TallyKind string

// What is counted of an app, hour by hour, as its events are sealed.
const (
	TallyEvent          TallyKind = "event"          // by type
	TallyRecommendation TallyKind = "recommendation" // of decisions on valid proofs
	TallySecondFactor   TallyKind = "secondFactor"   // of decisions on valid proofs
	TallyScore          TallyKind = "score"          // by tens: 0, 10, … 90, 100
	TallyReason         TallyKind = "reason"         // by code
	TallyCountry        TallyKind = "country"        // ISO 3166-1 alpha-2
	TallyRule           TallyKind = "rule"           // a production rule that matched
	TallyPreview        TallyKind = "preview"        // a preview rule that would have made an answer stricter
	TallyProof          TallyKind = "proof"          // results of proofs that were not valid, whoever sent them: see [ProofResult]
)

// TallyKinds lists every kind.
var TallyKinds = []TallyKind{
	TallyEvent, TallyRecommendation, TallySecondFactor, TallyScore, TallyReason, TallyCountry, TallyRule, TallyPreview, TallyProof,
}

// TallyStep is the time over which counts are added up.
type TallyStep string

// The steps. Days and months are those of a time zone; an hour belongs to the day in which
// it begins there.
const (
	StepHour  TallyStep = "hour"
	StepDay   TallyStep = "day"
	StepMonth TallyStep = "month"
)

// TallySteps lists every step.
var TallySteps = []TallyStep{StepHour, StepDay, StepMonth}

// Tally is how often something happened in one step, which is an hour if nothing else was
// asked for.
type Tally struct {
	Hour  time.Time `json:"hour" doc:"The beginning of the step, in UTC: of the hour, or of the day or month in the zone that was asked for"`
	Kind  TallyKind `json:"kind"`
	Name  string    `json:"name"`
	Count int64     `json:"count"`
}

// TallyQuery asks for what was counted from one step until before another.
type TallyQuery struct {
	AppID    AppID
	Kind     TallyKind // "" for every kind
	From, To time.Time

	Step TallyStep // "" for hours; the store knows hours only
	Zone string    // an IANA time zone, in which days and months begin; "" for UTC
}

// Tallies is what the event adds to, each by one.
func (e Event) Tallies() []Tally {
	d, _ := e.Decided()
	return e.TalliesOf(d)
}

// TalliesOf is Tallies of an event whose data has been read; the zero Decided stands for
// one that is no decision, or was erased.
func (e Event) TalliesOf(d Decided) []Tally {
	hour := e.At.UTC().Truncate(time.Hour)
	tallies := make([]Tally, 1, 8+len(d.Reasons)+len(d.Rules)+len(d.Previews))
	tallies[0] = Tally{hour, TallyEvent, string(e.Type), 1}
	if d.ProofResult != ProofValid {
		return tallies
	}
	add := func(kind TallyKind, name string) { tallies = append(tallies, Tally{hour, kind, name, 1}) }
	add(TallyRecommendation, string(d.Recommendation))
	add(TallySecondFactor, string(d.SecondFactor))
	add(TallyScore, strconv.Itoa(d.Score/10*10))
	for _, r := range d.Reasons {
		add(TallyReason, r.Code)
	}
	if d.Place != nil && d.Place.Country != "" {
		add(TallyCountry, d.Place.Country)
	}
	for _, name := range d.Rules {
		add(TallyRule, name)
	}
	for _, name := range d.Previews {
		add(TallyPreview, name)
	}
	return tallies
}
