package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
)

var lists = []story{
	{"every order pages through all devices once, also while others come in", func(t *testing.T, w *world) {
		for _, sort := range symbolon.DeviceSorts {
			t.Run(string(sort), func(t *testing.T) { pagesAreStable(t, w, sort) })
		}
	}},
	{"each order begins where it says", func(t *testing.T, w *world) {
		a, b := newDevice("ann", "k1"), newDevice("ann", "k2")
		a.Name, a.CreatedAt, a.LastUsedAt, a.RiskScore = "zebra", start.Add(2), at(start.Add(time.Hour)), 10
		b.Name, b.CreatedAt, b.LastUsedAt, b.RiskScore = "Ape", start.Add(time.Second), at(start.Add(time.Minute)), 90
		a, b = w.put(t, a), w.put(t, b)
		for sort, first := range map[symbolon.DeviceSort]symbolon.DeviceID{
			symbolon.SortLastUsed: a.ID, "": a.ID, symbolon.SortCreated: b.ID, symbolon.SortRisk: b.ID, symbolon.SortName: b.ID,
		} {
			list, _, err := w.store.ListDevices(w.ctx, symbolon.DeviceQuery{AppID: acme, Sort: sort, Limit: 10})
			must(t, err)
			equal(t, "first by "+string(sort), list[0].ID, first)
		}
	}},
	{"filters and prefixes select, and no character of theirs is special", filters},
	{"a cursor is for its own query", cursors},
	{"a page has 1 to 200 devices, in an order that there is", func(t *testing.T, w *world) {
		for _, q := range []symbolon.DeviceQuery{{Limit: 0}, {Limit: 201}, {Limit: 1, Sort: "colour"}, {Limit: 1, Prefix: "a\x00"}} {
			q.AppID = acme
			_, _, err := w.store.ListDevices(w.ctx, q)
			fails(t, err, symbolon.ErrInvalidRequest)
		}
	}},
	{"the trusted filter agrees with TrustAt", trustedFilter},
	{"an app's devices are walked through by id, each once, whatever their state", walkDevices},
}

func pagesAreStable(t *testing.T, w *world, sort symbolon.DeviceSort) {
	app := symbolon.AppID("paged-" + string(sort[0]|0x20) + "x")
	put := func(i int) symbolon.DeviceID {
		d := newDevice(symbolon.UserID(fmt.Sprintf("u%d", i%7)), symbolon.KeyID(fmt.Sprintf("k%d", i)))
		d.AppID, d.Name, d.RiskScore = app, fmt.Sprintf("name %d", i%5), i%4 // many are equal
		d.CreatedAt = start.Add(time.Duration(i%6) * time.Second)
		return w.put(t, d).ID
	}
	var before []symbolon.DeviceID
	for i := range 40 {
		before = append(before, put(i))
	}
	var seen []symbolon.DeviceID
	q := symbolon.DeviceQuery{AppID: app, Sort: sort, Limit: 7}
	for page := 0; ; page++ {
		list, next, err := w.Replicas[page%2].ListDevices(w.ctx, q)
		must(t, err)
		seen = append(seen, idsOf(list)...)
		if next == "" {
			break
		}
		put(100 + page)
		q.Cursor = next
	}
	for _, id := range before {
		n := 0
		for _, s := range seen {
			if s == id {
				n++
			}
		}
		equal(t, "times that a device was seen", n, 1)
	}
}

func filters(t *testing.T, w *world) {
	odd := newDevice("ann%", "K_odd")
	odd.Name, odd.Type = "ÉCLAIR phone", symbolon.TypeMobile
	odd = w.put(t, odd)
	plain := newDevice("anne", "Kxodd")
	plain.Name, plain.Status = "Tablet", symbolon.StatusPending
	plain = w.put(t, plain)
	last := newDevice("z\U0010ffff", "end") // no text comes after this prefix
	last = w.put(t, last)

	for what, c := range map[string]struct {
		q    symbolon.DeviceQuery
		want []symbolon.DeviceID
	}{
		"a user's prefix":                {symbolon.DeviceQuery{Prefix: "ann"}, []symbolon.DeviceID{odd.ID, plain.ID}},
		"a prefix with %":                {symbolon.DeviceQuery{Prefix: "ann%"}, []symbolon.DeviceID{odd.ID}},
		"a key's prefix with _":          {symbolon.DeviceQuery{Prefix: "K_"}, []symbolon.DeviceID{odd.ID}},
		"a key's prefix has case":        {symbolon.DeviceQuery{Prefix: "k_"}, nil},
		"a name's prefix has none":       {symbolon.DeviceQuery{Prefix: "éclAIR"}, []symbolon.DeviceID{odd.ID}},
		"not the middle of a name":       {symbolon.DeviceQuery{Prefix: "phone"}, nil},
		"the last character that exists": {symbolon.DeviceQuery{Prefix: "z\U0010ffff"}, []symbolon.DeviceID{last.ID}},
		"a user":                         {symbolon.DeviceQuery{User: "ann"}, nil},
		"a user as a whole":              {symbolon.DeviceQuery{User: "anne"}, []symbolon.DeviceID{plain.ID}},
		"a state":                        {symbolon.DeviceQuery{Status: symbolon.StatusPending}, []symbolon.DeviceID{plain.ID}},
		"a type":                         {symbolon.DeviceQuery{Type: symbolon.TypeMobile}, []symbolon.DeviceID{odd.ID}},
		"a key":                          {symbolon.DeviceQuery{KeyID: "end"}, []symbolon.DeviceID{last.ID}},
		"a type and another's user":      {symbolon.DeviceQuery{Type: symbolon.TypeMobile, User: "anne"}, nil},
	} {
		for _, sort := range symbolon.DeviceSorts {
			c.q.AppID, c.q.Limit, c.q.Sort = acme, 10, sort
			list, _, err := w.store.ListDevices(w.ctx, c.q)
			must(t, err)
			got := idsOf(list)
			slices.Sort(got)
			slices.Sort(c.want)
			equal(t, what+" by "+string(sort), got, c.want)
		}
	}
}

func cursors(t *testing.T, w *world) {
	for i := range 3 {
		w.register(t, "ann", symbolon.KeyID(fmt.Sprint("k", i)))
	}
	q := symbolon.DeviceQuery{AppID: acme, User: "ann", Limit: 1, Sort: symbolon.SortName}
	_, cursor, err := w.store.ListDevices(w.ctx, q)
	must(t, err)
	for what, change := range map[string]func(*symbolon.DeviceQuery){
		"another user":  func(q *symbolon.DeviceQuery) { q.User = "bob" },
		"another app":   func(q *symbolon.DeviceQuery) { q.AppID = "other" },
		"another order": func(q *symbolon.DeviceQuery) { q.Sort = symbolon.SortRisk },
		"a filter":      func(q *symbolon.DeviceQuery) { q.Trusted = &symbolon.TrustFilter{Want: true, Now: start} },
		"a country":     func(q *symbolon.DeviceQuery) { q.Country = "PT" },
		"a range":       func(q *symbolon.DeviceQuery) { q.SeenTo = at(start) },
		"a score":       func(q *symbolon.DeviceQuery) { ten := 10; q.Risk.To = &ten },
		"not ours":      func(q *symbolon.DeviceQuery) { q.Cursor = "bm90IG91cnM" },
		"not base64":    func(q *symbolon.DeviceQuery) { q.Cursor = "?" },
	} {
		other := q
		other.Cursor = cursor
		change(&other)
		if _, _, err := w.store.ListDevices(w.ctx, other); err == nil {
			t.Errorf("%s: the cursor was accepted", what)
		} else {
			fails(t, err, symbolon.ErrInvalidRequest)
		}
	}
	q.Cursor, q.Limit = cursor, 2
	list, _, err := w.store.ListDevices(w.ctx, q)
	must(t, err)
	equal(t, "rest, in another page size", len(list), 2)
	q.Cursor, q.Limit, q.Trusted = "", 1, &symbolon.TrustFilter{Now: start}
	_, q.Cursor, err = w.store.ListDevices(w.ctx, q)
	must(t, err)
	q.Limit, q.Trusted = 2, &symbolon.TrustFilter{Now: start.Add(time.Hour), Policy: symbolon.DefaultPolicy().Trust}
	list, _, err = w.store.ListDevices(w.ctx, q)
	must(t, err)
	equal(t, "rest, later and under another policy", len(list), 2)
}

// trustedFilter compares the database with the rule, over devices and policies that
// stand on every side of every border.
func trustedFilter(t *testing.T, w *world) {
	now := start.Add(500) // between two microseconds
	for i, d := range devicesAtBorders() {
		d.KeyID = symbolon.KeyID(fmt.Sprint("k", i))
		w.put(t, d)
	}
	all, rest, err := w.store.ListDevices(w.ctx, symbolon.DeviceQuery{AppID: acme, Limit: 200, Sort: symbolon.SortCreated})
	must(t, err)
	equal(t, "next page", rest, "")
	for _, p := range policiesAtBorders() {
		want := map[bool][]symbolon.DeviceID{}
		for _, d := range all {
			trusted := d.TrustAt(now, p) == symbolon.TrustActive
			want[trusted] = append(want[trusted], d.ID)
		}
		for _, side := range []bool{true, false} {
			f := &symbolon.TrustFilter{Want: side, Now: now, Policy: p}
			list, _, err := w.store.ListDevices(w.ctx, symbolon.DeviceQuery{AppID: acme, Limit: 200, Sort: symbolon.SortCreated, Trusted: f})
			must(t, err)
			equal(t, fmt.Sprintf("trusted=%v under %s", side, show(p)), idsOf(list), want[side])
		}
	}
}

// around gives the microseconds before, at and after a border.
func around(border time.Time) []*time.Time {
	return []*time.Time{at(border.Add(-time.Microsecond)), at(border), at(border.Add(time.Microsecond))}
}

func devicesAtBorders() (devices []symbolon.Device) {
	hourAgo, idle := start.Add(-time.Hour), symbolon.Duration(time.Hour)
	for _, granted := range around(hourAgo) {
		for _, until := range append(around(start), nil) {
			for _, verified := range append(around(hourAgo), nil) {
				for _, timeout := range []*symbolon.Duration{nil, &idle} {
					d := newDevice("ann", "")
					d.LastVerifiedAt = verified
					d.Trust = &symbolon.Trust{TrustedAt: hourAgo, GrantedAt: *granted, TrustedUntil: until, IdleTimeout: timeout}
					devices = append(devices, d)
				}
			}
		}
	}
	trusted := func() symbolon.Device {
		d := newDevice("ann", "")
		d.Trust = &symbolon.Trust{TrustedAt: start, GrantedAt: start}
		return d
	}
	for _, status := range symbolon.Statuses {
		d := trusted()
		d.Status = status
		devices = append(devices, d)
	}
	unproven, revoked := trusted(), trusted()
	unproven.ProvenAt, revoked.Trust.RevokedAt = nil, at(start)
	return append(devices, unproven, revoked, newDevice("ann", ""))
}

func policiesAtBorders() (policies []symbolon.TrustPolicy) {
	var timeouts []*symbolon.Duration
	for _, d := range []time.Duration{time.Hour - time.Microsecond, time.Hour, time.Hour + time.Microsecond} {
		timeout := symbolon.Duration(d)
		timeouts = append(timeouts, &timeout)
	}
	for _, idle := range append(timeouts, nil) {
		for _, longest := range []time.Duration{time.Hour, symbolon.Day} {
			for _, permanent := range []bool{true, false} {
				for _, enabled := range []bool{true, false} {
					policies = append(policies, symbolon.TrustPolicy{
						Enabled: enabled, Permanent: permanent, MaxDuration: symbolon.Duration(longest), IdleTimeout: idle,
					})
				}
			}
		}
	}
	return policies
}

func walkDevices(t *testing.T, w *world) {
	var want []symbolon.DeviceID
	for i := range 7 {
		d := newDevice("ann", symbolon.KeyID(fmt.Sprint("k", i)))
		d.Status = symbolon.Statuses[i%len(symbolon.Statuses)]
		want = append(want, w.put(t, d).ID)
	}
	w.registerIn(t, "other", "ann", "k1")
	slices.Sort(want)
	var got []symbolon.DeviceID
	for after := symbolon.DeviceID(""); ; after = got[len(got)-1] {
		page, err := w.Replicas[1].WalkDevices(w.ctx, acme, after, 3)
		must(t, err)
		if len(page) == 0 {
			break
		}
		got = append(got, idsOf(page)...)
	}
	equal(t, "devices", got, want)
}
