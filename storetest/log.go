package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
)

var logs = []story{
	{"the log is latest first and without decisions, sealed or not, and each app has its own", readLog},
	{"a log is filtered by type, actor and user, together too", filterLog},
	{"a log is bounded by time, ends included, and is read no further back than that", timesOfLog},
	{"a page looks at a bounded part of the log, and leads on though it found nothing", func(t *testing.T, w *world) {
		first := w.noted(t, symbolon.EventAppCreated, symbolon.Actor{})
		for range 1200 {
			w.noted(t, symbolon.EventAppUpdated, symbolon.Actor{})
		}
		q := symbolon.LogQuery{AppID: acme, Types: []symbolon.EventType{symbolon.EventAppCreated}, Limit: 10}
		page, next, err := w.store.ListLog(w.ctx, q)
		must(t, err)
		if len(page) != 0 || next == 0 {
			t.Fatalf("the first page has %d, and the next begins at %d", len(page), next)
		}
		q.Before = next
		page, next, err = w.store.ListLog(w.ctx, q)
		must(t, err)
		equal(t, "found on the second page, and more", []any{eventIDs(page), next}, []any{[]symbolon.EventID{first}, symbolon.EventID(0)})
	}},
	{"an erased user's events stay in the log without them", func(t *testing.T, w *world) {
		_, err := w.store.AppendEvent(w.ctx, eventOf(w.register(t, "ann", "k1"), symbolon.EventDeviceBlocked, start))
		must(t, err)
		_, err = w.store.EraseUser(w.ctx, acme, "ann")
		must(t, err)
		w.finish(t, acme, "ann", 10)
		page := w.wholeLog(t, symbolon.LogQuery{})
		equal(t, "what is left", []any{len(page), page[0].Type, page[0].Erased, page[0].UserID}, []any{1, symbolon.EventDeviceBlocked, true, symbolon.UserID("")})
		equal(t, "hers", len(w.wholeLog(t, symbolon.LogQuery{User: "ann"})), 0)
	}},
	{"the latest decisions come backwards by their spends, and erased ones say nothing", latestDecisions},
}

// noted appends an event that is about no device.
func (w *world) noted(t *testing.T, kind symbolon.EventType, by symbolon.Actor) symbolon.EventID {
	t.Helper()
	id, err := w.store.AppendEvent(w.ctx, symbolon.Event{AppID: acme, Type: kind, At: start, Actor: by})
	must(t, err)
	return id
}

// wholeLog reads a whole log, page by page.
func (w *world) wholeLog(t *testing.T, q symbolon.LogQuery) (all []symbolon.Event) {
	t.Helper()
	if q.AppID == "" {
		q.AppID = acme
	}
	for q.Limit = 3; ; {
		page, next, err := w.Replicas[1].ListLog(w.ctx, q)
		must(t, err)
		if all = append(all, page...); next == 0 {
			return all
		}
		q.Before = next
	}
}

func eventIDs(events []symbolon.Event) (ids []symbolon.EventID) {
	for _, e := range events {
		ids = append(ids, e.ID)
	}
	return ids
}

func readLog(t *testing.T, w *world) {
	d := w.register(t, "ann", "k1")
	var want []symbolon.EventID
	for i := range 7 {
		_, err := w.decide(d, fmt.Sprint("c", i), start)
		must(t, err)
		id, err := w.store.AppendEvent(w.ctx, eventOf(d, symbolon.EventDeviceUpdated, start))
		must(t, err)
		want = append([]symbolon.EventID{id}, want...)
		_, err = w.store.AppendEvent(w.ctx, symbolon.Event{AppID: "other", Type: symbolon.EventAppUpdated, At: start})
		must(t, err)
		if i == 3 {
			w.sealAll(t)
		}
	}
	_, err := w.store.AppendEvent(w.ctx, symbolon.Event{Type: symbolon.EventAdminSignedIn, At: start})
	must(t, err)
	equal(t, "log", eventIDs(w.wholeLog(t, symbolon.LogQuery{})), want)
	none, _, err := w.store.ListLog(w.ctx, symbolon.LogQuery{Limit: 10})
	must(t, err)
	equal(t, "of no app", []any{len(none), none[0].Type}, []any{1, symbolon.EventAdminSignedIn})
	for _, limit := range []int{0, 201} {
		_, _, err := w.store.ListLog(w.ctx, symbolon.LogQuery{AppID: acme, Limit: limit})
		fails(t, err, symbolon.ErrInvalidRequest)
	}
}

func filterLog(t *testing.T, w *world) {
	admin, user := symbolon.Actor{Kind: symbolon.CallerAdmin, ID: "adm_1"}, symbolon.Actor{Kind: symbolon.CallerUser, ID: "ann"}
	created := w.noted(t, symbolon.EventAppCreated, admin)
	updated := w.noted(t, symbolon.EventAppUpdated, symbolon.Actor{Kind: symbolon.CallerAdmin, ID: "adm_2"})
	e := eventOf(w.register(t, "ann", "k1"), symbolon.EventDeviceUpdated, start)
	renamed, err := w.store.AppendEvent(w.ctx, e)
	must(t, err)
	e.Type, e.Actor = symbolon.EventDeviceBlocked, admin
	blocked, err := w.store.AppendEvent(w.ctx, e)
	must(t, err)
	for _, c := range []struct {
		what string
		q    symbolon.LogQuery
		want []symbolon.EventID
	}{
		{"of one type", symbolon.LogQuery{Types: []symbolon.EventType{symbolon.EventAppUpdated}}, []symbolon.EventID{updated}},
		{"of two types", symbolon.LogQuery{Types: []symbolon.EventType{symbolon.EventAppCreated, symbolon.EventDeviceBlocked}}, []symbolon.EventID{blocked, created}},
		{"by admins", symbolon.LogQuery{Actor: symbolon.CallerAdmin}, []symbolon.EventID{blocked, updated, created}},
		{"by one admin", symbolon.LogQuery{By: admin.ID}, []symbolon.EventID{blocked, created}},
		{"by a user", symbolon.LogQuery{Actor: user.Kind, By: user.ID}, []symbolon.EventID{renamed}},
		{"about a user", symbolon.LogQuery{User: "ann"}, []symbolon.EventID{blocked, renamed}},
		{"about a user, by an admin", symbolon.LogQuery{User: "ann", Actor: symbolon.CallerAdmin}, []symbolon.EventID{blocked}},
		{"about nobody", symbolon.LogQuery{User: "bob"}, nil},
	} {
		equal(t, c.what, eventIDs(w.wholeLog(t, c.q)), c.want)
	}
}

func timesOfLog(t *testing.T, w *world) {
	at := func(after time.Duration) *time.Time { return new(start.Add(after)) }
	noted := func(after time.Duration) symbolon.EventID {
		id, err := w.store.AppendEvent(w.ctx, symbolon.Event{AppID: acme, Type: symbolon.EventAppUpdated, At: *at(after)})
		must(t, err)
		return id
	}
	first := noted(0)
	for range 1200 {
		noted(time.Hour)
	}
	late, behind := noted(2*time.Hour), noted(2*time.Hour-time.Second) // of a replica whose clock is behind
	for _, c := range []struct {
		what string
		q    symbolon.LogQuery
		want []symbolon.EventID
	}{
		{"since the latest", symbolon.LogQuery{From: at(2 * time.Hour)}, []symbolon.EventID{late}},
		{"since just before", symbolon.LogQuery{From: at(2*time.Hour - time.Second)}, []symbolon.EventID{behind, late}},
		{"until the first", symbolon.LogQuery{To: at(0)}, []symbolon.EventID{first}},
		{"between", symbolon.LogQuery{From: at(61 * time.Minute), To: at(2*time.Hour - time.Second)}, []symbolon.EventID{behind}},
		{"before all", symbolon.LogQuery{To: at(-time.Second)}, nil},
	} {
		equal(t, c.what, eventIDs(w.wholeLog(t, c.q)), c.want)
	}
	_, next, err := w.store.ListLog(w.ctx, symbolon.LogQuery{AppID: acme, From: at(2 * time.Hour), Limit: 10})
	must(t, err)
	equal(t, "what is left to read", next, symbolon.EventID(0))
}

func latestDecisions(t *testing.T, w *world) {
	anns, bobs := w.register(t, "ann", "k1"), w.register(t, "bob", "k2")
	var want []symbolon.EventID
	for i := range 7 {
		id, err := w.decide(anns, fmt.Sprintf("anns \x00%d", 9-i), start.Add(time.Duration(i)*time.Second))
		must(t, err)
		want = append(want, id)
	}
	erased, err := w.decide(bobs, "bobs", start)
	must(t, err)
	_, err = w.decide(w.registerIn(t, "other", "ann", "k1"), "elsewhere", start)
	must(t, err)
	_, err = w.store.AppendEvent(w.ctx, eventOf(anns, symbolon.EventDeviceUpdated, start))
	must(t, err)
	_, err = w.store.EraseUser(w.ctx, acme, "bob")
	must(t, err)
	w.finish(t, acme, "bob", 10)

	var got []symbolon.EventID
	var before []byte
	for range 4 { // pages of three: the last is empty
		page, err := w.Replicas[1].ListLatestDecisions(w.ctx, acme, before, 3)
		must(t, err)
		for _, r := range page {
			equal(t, "whether it says something", len(r.Event.Data) > 0, r.Event.ID != erased)
			got, before = append(got, r.Event.ID), r.Spend
		}
	}
	equal(t, "decisions", got, append([]symbolon.EventID{erased}, want...))
}
