package registry_test

import (
	"encoding/binary"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/proof"
	"github.com/symbolon-id/symbolon/registry"
	"github.com/symbolon-id/symbolon/sqlstore"
)

// decisions reads all pages of a list at the bank.
func (w *world) decisions(edits ...func(*symbolon.DecisionQuery)) (all []symbolon.DecisionEntry) {
	w.Helper()
	q := symbolon.DecisionQuery{Limit: 3}
	for _, edit := range edits {
		edit(&q)
	}
	for range 100 {
		page, err := w.reg.ListDecisions(w.Context(), w.holder(bank, "", symbolon.ScopeEventsRead), bank, q)
		w.ok(err)
		all = append(all, page.Items...)
		if page.NextCursor == "" {
			return all
		}
		q.Cursor = page.NextCursor
	}
	w.Fatalf("the list never ends")
	return nil
}

// A sign-in from another country is read back with what was seen, and with the points of
// its day, whatever the policy says later.
func TestADecisionIsReadBackAsItWasMade(t *testing.T) {
	onBothStores(t, func(t *testing.T, at sqlstore.Config) {
		w := worldOn(t, at).mapped()
		f := w.trustedLaptop()
		w.policy(bank, `{"rules":[{"name":"abroad","priority":1,"when":"'new_country' in risk.reasons","recommend":"CHALLENGE","mode":"preview"}]}`)
		w.pass(time.Second)
		made := f.from(laptop.at(lisbon))
		w.pass(time.Second)
		w.policy(bank, `{"risk":{"points":{"new_country":99},"challengeAt":1}}`)
		got, err := w.reg.GetDecision(w.Context(), w.holder(bank, symbolon.RoleViewer), bank, made.ID)
		w.ok(err)
		if !reflect.DeepEqual(got.Risk.Reasons[:len(made.Risk.Reasons)], plainly(made.Risk.Reasons)) || len(made.Risk.Reasons) == 0 {
			t.Errorf("reasons %+v; want %+v", got.Risk.Reasons, made.Risk.Reasons)
		}
		if got.Risk.Score != made.Risk.Score || got.Risk.Level != made.Risk.Level || got.PolicyVersion != 1 {
			t.Errorf("risk %d %s by policy %d; want %d %s by 1", got.Risk.Score, got.Risk.Level, got.PolicyVersion, made.Risk.Score, made.Risk.Level)
		}
		if got.ID != made.ID || got.Recommendation != made.Recommendation || got.SecondFactor != made.SecondFactor || !got.DecidedAt.Equal(made.DecidedAt) ||
			got.Place == nil || got.Place.Country != "PT" || got.IPAddress != lisbon || got.UserID != ada || got.DeviceID != f.id ||
			got.Action != "login" || got.Actor.Kind != symbolon.CallerBackend || !got.Known || !got.Trusted || !slices.Equal(got.Previews, []string{"abroad"}) {
			t.Errorf("read back: %+v", got)
		}
		byNumber, err := w.reg.GetDecision(w.Context(), w.root(), bank, fmt.Sprint(got.EventID))
		w.ok(err)
		if !reflect.DeepEqual(byNumber, got) {
			t.Errorf("by the number of its event: %+v", byNumber)
		}
		if first := w.decisions()[1]; first.PolicyVersion != 0 || first.Risk.Reasons[0].Detail != "The user has not chosen to trust the device." {
			t.Errorf("the first of all: %+v", first)
		}
	})
}

// A version of the policy that would be refused today hides none of its decisions.
func TestDecisionsOfAStrangePolicyAreRead(t *testing.T) {
	w := newWorld(t)
	phone := w.registered(ada)
	w.ok(w.store.PutPolicy(t.Context(), symbolon.PolicyVersion{AppID: bank, Version: 1, Document: []byte(`{"ofOldTimes":1}`), At: w.now}))
	w.ok(w.store.PutPolicy(t.Context(), symbolon.PolicyVersion{AppID: bank, Version: 2, Document: []byte(`{}`), At: w.now.Add(time.Minute)}))
	w.pass(time.Second)
	phone.decide()
	if got := w.decisions(); len(got) != 1 || got[0].PolicyVersion != 1 {
		t.Errorf("read back: %+v", got)
	}
}

// plainly are reasons as JSON has them.
func plainly(reasons []symbolon.Reason) []symbolon.Reason {
	reasons = slices.Clone(reasons)
	for i := range reasons {
		if reasons[i].Points == 0 {
			reasons[i].Weight = 0
		}
	}
	return reasons
}

func TestDecisionsAreFiltered(t *testing.T) {
	w := newWorld(t).mapped()
	laptops := w.trustedLaptop() // ALLOW, two days ago
	w.policy(bank, `{"rules":[{"name":"transfers","priority":1,"when":"action == 'transfer'","recommend":"CHALLENGE","mode":"production"}]}`)
	w.pass(time.Second)
	start := w.now
	laptops.from(laptop) // TRUST
	phone := w.registered(bob)
	w.pass(time.Hour)
	phone.decide()                  // ALLOW
	laptops.from(laptop.at(lisbon)) // TRUST
	w.decision(phone.ask(phone.prove(func(s *proof.Statement) { s.Action = "transfer" }), func(r *symbolon.DecisionRequest) { r.Action = "transfer" }))
	some, none := 1, 0
	hour := start.Add(time.Hour)
	type query = symbolon.DecisionQuery
	for what, c := range map[string]struct {
		edit func(*query)
		want string
	}{
		"all":                    {func(*query) {}, "CHALLENGE TRUST ALLOW TRUST ALLOW"},
		"of a user":              {func(q *query) { q.User = bob }, "CHALLENGE ALLOW"},
		"of a device":            {func(q *query) { q.Device = laptops.id }, "TRUST TRUST ALLOW"},
		"of nobody":              {func(q *query) { q.User = "nobody" }, ""},
		"of another's device":    {func(q *query) { q.User, q.Device = bob, laptops.id }, ""},
		"by recommendation":      {func(q *query) { q.Recommendation = symbolon.RecommendTrust }, "TRUST TRUST"},
		"by second factor":       {func(q *query) { q.SecondFactor = symbolon.FactorSkip }, "TRUST TRUST"},
		"by action":              {func(q *query) { q.Action = "transfer" }, "CHALLENGE"},
		"by country":             {func(q *query) { q.Country = "PT" }, "TRUST"},
		"by reason":              {func(q *query) { q.Reason = symbolon.RiskNewCountry }, "TRUST"},
		"by rule":                {func(q *query) { q.Rule = "transfers" }, "CHALLENGE"},
		"by score":               {func(q *query) { q.Score.From, q.Country = &some, "PT" }, "TRUST"},
		"by no score":            {func(q *query) { q.Score.To, q.Country = &none, "US" }, "TRUST"},
		"until an hour ago":      {func(q *query) { q.To = &start }, "TRUST ALLOW"},
		"since an hour":          {func(q *query) { q.From = &hour }, "CHALLENGE TRUST ALLOW"},
		"a device, between":      {func(q *query) { q.Device, q.From, q.To = laptops.id, &start, &start }, "TRUST"},
		"a user's since an hour": {func(q *query) { q.User, q.From = ada, &hour }, "TRUST"},
	} {
		var got []string
		for _, d := range w.decisions(c.edit) {
			got = append(got, string(d.Recommendation))
		}
		slices.Sort(got)
		want := strings.Fields(c.want)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v; want %s", what, got, c.want)
		}
	}
}

// Page by page every decision comes once, the latest first, also of a removed device.
func TestPagesOfDecisionsMissNone(t *testing.T) {
	w := newWorld(t)
	phone, browser := w.registered(ada), w.registered(ada)
	want := 0
	for range 7 {
		w.pass(time.Minute)
		phone.decide()
		browser.decide()
		want += 2
	}
	w.ok(w.reg.RemoveDevice(w.Context(), w.backend(bank), bank, browser.id))
	for what, edit := range map[string]func(*symbolon.DecisionQuery){
		"the app's":  func(*symbolon.DecisionQuery) {},
		"the user's": func(q *symbolon.DecisionQuery) { q.User = ada },
	} {
		all := w.decisions(edit)
		seen := map[string]bool{}
		for i, d := range all {
			seen[d.ID] = true
			if i > 0 && d.DecidedAt.After(all[i-1].DecidedAt) {
				t.Errorf("%s: %v comes after %v", what, d.DecidedAt, all[i-1].DecidedAt)
			}
		}
		if len(all) != want || len(seen) != want {
			t.Errorf("%s: %d, of which %d differ; want %d", what, len(all), len(seen), want)
		}
	}
}

// What was decided just before is found at once, whatever the device did since.
func TestDecisionsBeforeOneOfABusyDevice(t *testing.T) {
	heard, spy := spied()
	w := newWorld(t, spy)
	phone := w.registered(ada)
	for n := range uint64(3003) {
		w.record(phone, n, `{"recommendation":"ALLOW","proofResult":"valid"}`)
	}
	first := w.decisions(func(q *symbolon.DecisionQuery) { q.Device, q.Limit = phone.id, 200 })
	slices.Reverse(first)
	heard.take()
	page, err := w.reg.ListDecisions(w.Context(), w.root(), bank, symbolon.DecisionQuery{Device: phone.id, Before: first[2].EventID, Limit: 3})
	w.ok(err)
	reads := slices.DeleteFunc(heard.take(), func(m string) bool { return m != "ListDeviceEvents" })
	if len(page.Items) != 2 || page.Items[0].EventID != first[1].EventID || page.NextCursor != "" || len(reads) != 1 {
		t.Errorf("before the third: %+v, next %q, after %d reads", page.Items, page.NextCursor, len(reads))
	}
	if all := w.decisions(func(q *symbolon.DecisionQuery) { q.Device, q.Before = phone.id, first[9].EventID }); len(all) != 9 {
		t.Errorf("page by page there are %d before the tenth", len(all))
	}
	for field, q := range map[string]symbolon.DecisionQuery{"before": {Before: 7}, "secondFactor": {SecondFactor: "maybe"}} {
		_, err := w.reg.ListDecisions(w.Context(), w.root(), bank, q)
		w.refused(field, err, symbolon.ErrInvalidRequest)
	}
}

// Of an erased user nothing is told any more; a record from before details were kept says
// what its codes say.
func TestDecisionsThatSayLess(t *testing.T) {
	w := newWorld(t)
	phone, gone := w.registered(ada), w.registered(bob)
	lost := gone.decide()
	w.record(phone, 1, `{"recommendation":"CHALLENGE","secondFactor":"require","proofResult":"valid","action":"login","score":50,
		"reasons":[{"code":"device_pending"},{"code":"os_changed","weight":100}]}`)
	_, err := w.reg.EraseUser(w.Context(), w.root(), bank, bob)
	w.ok(err)
	w.ok(w.reg.Sweep(w.Context(), w.now))
	all := w.decisions()
	want := []symbolon.Reason{
		{Code: "device_pending", Detail: "The device waits for approval."}, {Code: "os_changed", Points: 50, Weight: 100},
	}
	if len(all) != 1 || !reflect.DeepEqual(all[0].Risk, symbolon.Risk{Score: 50, Level: symbolon.RiskMedium, Reasons: want}) {
		t.Errorf("left: %+v", all)
	}
	_, err = w.reg.GetDecision(w.Context(), w.root(), bank, lost.ID)
	w.refused("an erased user's decision", err, symbolon.ErrNotFound)
}

// record writes a decision on the device as it may have been recorded once.
func (w *world) record(f *fake, n uint64, data string) {
	w.Helper()
	d := f.stored()
	spend := binary.BigEndian.AppendUint64(nil, uint64(w.now.UnixMicro()))
	spend = binary.BigEndian.AppendUint64(append(spend, make([]byte, 8)...), n)
	_, err := w.store.PutDecision(w.Context(), symbolon.DecisionRecord{
		DeviceID: d.ID, Version: d.Version, Spend: spend,
		Event: symbolon.Event{AppID: bank, Type: symbolon.EventDeviceDecided, At: w.now, UserID: d.UserID, DeviceID: d.ID, Data: []byte(data)},
	})
	w.ok(err)
}

// What is rare is found, though each page looks at a part of the log only.
func TestAPageOfDecisionsIsBounded(t *testing.T) {
	heard, spy := spied()
	w := newWorld(t, spy)
	phone := w.registered(ada)
	w.record(phone, 0, `{"recommendation":"DENY","proofResult":"valid"}`)
	for n := range uint64(2500) {
		w.record(phone, n+1, `{"recommendation":"TRUST","proofResult":"valid"}`)
	}
	heard.take()
	q := symbolon.DecisionQuery{Recommendation: symbolon.RecommendDeny}
	page, err := w.reg.ListDecisions(w.Context(), w.root(), bank, q)
	w.ok(err)
	reads := slices.DeleteFunc(heard.take(), func(m string) bool { return m != "ListLatestDecisions" })
	if len(page.Items) != 0 || page.NextCursor == "" || len(reads) != 10 {
		t.Errorf("the first page: %d, next %q, after %d reads", len(page.Items), page.NextCursor, len(reads))
	}
	for what, edit := range map[string]func(*symbolon.DecisionQuery){
		"the app's": func(*symbolon.DecisionQuery) {}, "the device's": func(q *symbolon.DecisionQuery) { q.Device = phone.id },
	} {
		if got := w.decisions(edit, func(q *symbolon.DecisionQuery) { q.Recommendation = symbolon.RecommendDeny }); len(got) != 1 {
			t.Errorf("%s: found %d", what, len(got))
		}
	}
}

func TestDecisionListsThatAreRefused(t *testing.T) {
	w := newWorld(t)
	made := w.registered(ada).decide()
	low, high, later := 10, 20, noon.Add(time.Hour)
	for field, edit := range map[string]func(*symbolon.DecisionQuery){
		"recommendation": func(q *symbolon.DecisionQuery) { q.Recommendation = "MAYBE" },
		"action":         func(q *symbolon.DecisionQuery) { q.Action = "a\x00b" },
		"user":           func(q *symbolon.DecisionQuery) { q.User = "a\nb" },
		"riskFrom":       func(q *symbolon.DecisionQuery) { q.Score = symbolon.Scores{From: &high, To: &low} },
		"from":           func(q *symbolon.DecisionQuery) { q.From, q.To = &later, new(noon) },
		"limit":          func(q *symbolon.DecisionQuery) { q.Limit = registry.MaxPage + 1 },
		"cursor":         func(q *symbolon.DecisionQuery) { q.Cursor = "12" },
		"cursor ":        func(q *symbolon.DecisionQuery) { q.Cursor, q.Device = "AAAA", "dev" },
	} {
		q := symbolon.DecisionQuery{}
		edit(&q)
		_, err := w.reg.ListDecisions(w.Context(), w.root(), bank, q)
		w.refused(field, err, symbolon.ErrInvalidRequest)
		if err != nil && !strings.Contains(err.Error(), strings.TrimSpace(field)) {
			t.Errorf("%q does not name %s", err, field)
		}
	}
	unrecorded := w.browser(bob).decide()
	for what, id := range map[string]string{"none": "dec_none", "a number": "999999", "one that was not recorded": unrecorded.ID} {
		_, err := w.reg.GetDecision(w.Context(), w.root(), bank, id)
		w.refused(what, err, symbolon.ErrNotFound)
	}
	_, err := w.reg.GetDecision(w.Context(), w.root(), shop, made.ID)
	w.refused("another app's", err, symbolon.ErrNotFound)
}
