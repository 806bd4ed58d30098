package symbolon_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/symbolon-id/symbolon"
)

func TestWhatTwoPoliciesDifferIn(t *testing.T) {
	const rule = `{"name":"old apps","priority":10,"when":"risk.score > 5 && true","recommend":"DENY","mode":"preview"}`
	const live = `{"name":"old apps","priority":10,"when":"risk.score > 5 && true","recommend":"DENY","mode":"production"}`
	const other = `{"name":"b","priority":1,"when":"true","recommend":"ALLOW","mode":"preview"}`
	for given, c := range map[string]struct {
		before, after string
		want          []string // path: before -> after
	}{
		"one policy":                        {`{"limits":{"devices":5}}`, `{"limits":{"devices":5}}`, nil},
		"nothing, and nothing":              {``, ``, nil},
		"nothing, and what says nothing":    {``, `{}`, nil},
		"the defaults, written out":         {`{}`, `{"limits":{"devices":20},"trust":{"duration":"P30D"},"rules":[]}`, nil},
		"one value in another form":         {`{"trust":{"duration":"P1W"}}`, `{"trust":{"duration":"P7D"}}`, nil},
		"a value that was the default":      {`{}`, `{"limits":{"devices":5}}`, []string{"limits.devices: 20 -> 5"}},
		"a value that is the default again": {`{"limits":{"devices":5}}`, ``, []string{"limits.devices: 5 -> 20"}},
		"a value that is switched off":      {`{}`, `{"retention":{"ip":null}}`, []string{`retention.ip: "P90D" -> null`}},
		"values that are sorted by path":    {`{}`, `{"trust":{"enabled":false},"limits":{"devices":1,"overflow":"user_choose"}}`, []string{"limits.devices: 20 -> 1", `limits.overflow: "reject" -> "user_choose"`, "trust.enabled: true -> false"}},
		"a list":                            {`{}`, `{"registration":{"algorithms":["ES256"]}}`, []string{`registration.algorithms: ["ES256","EdDSA","PS256","RS256"] -> ["ES256"]`}},
		"an entry that is new":              {`{}`, `{"limits":{"perType":{"mobile":1}}}`, []string{"limits.perType.mobile: null -> 1"}},
		"an action that is new":             {`{}`, `{"actions":{"pay.out":{"require":"factor"}}}`, []string{`actions.pay.out: null -> {"require":"factor"}`}},
		"an action that changes":            {`{}`, `{"actions":{"login":{"require":"known"}}}`, []string{`actions.login.require: "trusted" -> "known"`}},
		"points of a reason":                {`{}`, `{"risk":{"points":{"rooted":0}}}`, []string{"risk.points.rooted: 30 -> 0"}},
		"a rule that is new":                {`{}`, `{"rules":[` + rule + `]}`, []string{`rules[old apps]: null -> {"mode":"preview","priority":10,"recommend":"DENY","when":"risk.score > 5 && true"}`}},
		"a rule that is gone":               {`{"rules":[` + other + `,` + rule + `]}`, `{"rules":[` + rule + `]}`, []string{`rules[b]: {"mode":"preview","priority":1,"recommend":"ALLOW","when":"true"} -> null`}},
		"a rule that goes into production":  {`{"rules":[` + rule + `]}`, `{"rules":[` + live + `]}`, []string{`rules[old apps].mode: "preview" -> "production"`}},
		"rules in another order":            {`{"rules":[` + rule + `,` + other + `]}`, `{"rules":[` + other + `,` + rule + `]}`, nil},
		"a value that is refused by now":    {`{"limits":{"devices":100000}}`, `{}`, []string{"limits.devices: 100000 -> 20"}},
	} {
		t.Run(given, func(t *testing.T) {
			changes, err := symbolon.DiffPolicies(json.RawMessage(c.before), json.RawMessage(c.after))
			wantNone(t, err)
			var got []string
			for _, change := range changes {
				got = append(got, change.Path+": "+string(change.Before)+" -> "+string(change.After))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
			if changes == nil {
				t.Error("no changes are null; they should be an empty list")
			}
		})
	}
}

func TestWhatIsNoPolicyCantBeHeldAgainstOne(t *testing.T) {
	for _, pair := range [][2]string{{`{"limit":{}}`, `{}`}, {`{}`, `{"limit":{}}`}} {
		_, err := symbolon.DiffPolicies(json.RawMessage(pair[0]), json.RawMessage(pair[1]))
		wantInvalid(t, err, "limit", "is not known")
	}
}
