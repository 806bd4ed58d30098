package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
)

var userLists = []story{
	{"users with devices come in order of id, each with what their devices come to", func(t *testing.T, w *world) {
		for i, status := range []symbolon.Status{symbolon.StatusActive, symbolon.StatusPending, symbolon.StatusBlocked, symbolon.StatusBlocked} {
			d := newDevice("bob", symbolon.KeyID(fmt.Sprint("k", i)))
			d.Status, d.RiskScore, d.LastUsedAt = status, 10+i%3, at(start.Add(time.Duration(i%3)*time.Hour))
			w.put(t, d)
		}
		w.register(t, "ann", "k1")
		w.registerIn(t, "other", "zoe", "k1")
		must(t, w.store.PutUser(w.ctx, symbolon.User{AppID: acme, ID: "has-none", Epoch: "e"}))
		list, err := w.store.ListUsers(w.ctx, symbolon.UserQuery{AppID: acme, Limit: 10})
		must(t, err)
		equal(t, "users", list, []symbolon.UserSummary{
			{UserID: "ann", Devices: 1, LastSeenAt: symbolon.Micro(start)},
			{UserID: "bob", Devices: 4, Pending: 1, Blocked: 2, LastSeenAt: symbolon.Micro(start.Add(2 * time.Hour)), RiskScore: 12},
		})
	}},
	{"every page of users goes on after the one before", func(t *testing.T, w *world) {
		ids := []symbolon.UserID{"Ann", "ann", "ann ", "ann%", "ann1", "anna", "ann\u00e9", "ann\U0010ffff", "b", "\ud7ff", "\ue000", "\U0010ffff", "\U0010ffff\U0010ffffz"}
		for i, id := range ids {
			w.register(t, id, symbolon.KeyID(fmt.Sprint("k", i)))
			w.register(t, id, symbolon.KeyID(fmt.Sprint("second", i)))
		}
		for prefix, want := range map[string][]symbolon.UserID{
			"":           ids,
			"ann":        ids[1:8],
			"ann%":       ids[3:4],
			"an":         ids[1:8],
			"A":          ids[:1],
			"ann1x":      nil,
			"\ud7ff":     ids[9:10],
			"\U0010ffff": ids[11:],
			"zzz":        nil,
		} {
			for _, limit := range []int{1, 3, 200} {
				equal(t, fmt.Sprintf("%q, %d on a page", prefix, limit), usersOf(t, w, symbolon.UserQuery{AppID: acme, Prefix: prefix, Limit: limit}), want)
			}
		}
	}},
	{"of a user with very many devices, as many are looked at as are counted", func(t *testing.T, w *world) {
		must(t, w.store.Tx(w.ctx, func(tx symbolon.Store) error {
			for i := range symbolon.MaxCounted + 3 {
				d := newDevice("ann", "")
				d.Status, d.KeyID = symbolon.StatusUnbound, ""
				if i == 0 {
					d.UserID = "bob"
				}
				if _, err := tx.PutDevice(w.ctx, d); err != nil {
					return err
				}
			}
			return nil
		}))
		list, err := w.store.ListUsers(w.ctx, symbolon.UserQuery{AppID: acme, Limit: 10})
		must(t, err)
		equal(t, "users and their devices", []any{len(list), list[0].Devices, list[1].Devices}, []any{2, symbolon.MaxCounted, 1})
	}},
	{"a page has 1 to 200 users, and its texts are plain", func(t *testing.T, w *world) {
		for _, q := range []symbolon.UserQuery{{Limit: 0}, {Limit: 201}, {Limit: 1, Prefix: "a\x00"}, {Limit: 1, After: "a\n"}} {
			q.AppID = acme
			_, err := w.store.ListUsers(w.ctx, q)
			fails(t, err, symbolon.ErrInvalidRequest)
		}
	}},
	{"devices of one piece of hardware are found, the latest first", func(t *testing.T, w *world) {
		put := func(user symbolon.UserID, key symbolon.KeyID, hardware string, later time.Duration) symbolon.DeviceID {
			d := newDevice(user, key)
			d.ManufacturerID, d.CreatedAt = hardware, start.Add(later)
			return w.put(t, d).ID
		}
		first, last, middle := put("ann", "k1", "mf", 0), put("ann", "k2", "mf", 2*time.Hour), put("bob", "k3", "mf", time.Hour)
		put("bob", "k4", "mf2", 0)
		put("bob", "k5", "", 0)
		for limit, want := range map[int][]symbolon.DeviceID{2: {last, middle}, 10: {last, middle, first}} {
			list, err := w.store.ListHardwareDevices(w.ctx, acme, "mf", limit)
			must(t, err)
			equal(t, fmt.Sprint("of ", limit), idsOf(list), want)
		}
		list, err := w.store.ListHardwareDevices(w.ctx, "other", "mf", 10)
		must(t, err)
		equal(t, "in another app", len(list), 0)
	}},
}

func usersOf(t *testing.T, w *world, q symbolon.UserQuery) (ids []symbolon.UserID) {
	t.Helper()
	for {
		page, err := w.Replicas[1].ListUsers(w.ctx, q)
		must(t, err)
		for _, u := range page {
			equal(t, "devices of "+string(u.UserID), u.Devices, 2)
			ids = append(ids, u.UserID)
		}
		if len(page) < q.Limit {
			return ids
		}
		q.After = ids[len(ids)-1]
	}
}
