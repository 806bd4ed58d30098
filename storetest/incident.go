package storetest

import (
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
)

var incidents = []story{
	{"an incident is read as it was put, and how far it is", func(t *testing.T, w *world) {
		i := newIncident("inc_1", start)
		must(t, w.store.PutIncident(w.ctx, i))
		i.Examined, i.Matched, i.Changed, i.After, i.Again = 1000, 12, 11, "dev_1000", true
		must(t, w.store.PutIncident(w.ctx, i))
		got, err := w.Replicas[1].GetIncident(w.ctx, acme, "inc_1")
		must(t, err)
		equal(t, "incident", got, i)
		equal(t, "the last device that was examined, and the walk", []any{got.After, got.Again}, []any{i.After, true})
		for _, app := range []symbolon.AppID{acme, "other"} {
			_, err = w.store.GetIncident(w.ctx, app, map[symbolon.AppID]string{acme: "inc_2", "other": "inc_1"}[app])
			fails(t, err, symbolon.ErrNotFound)
		}
	}},
	{"a finished incident no longer names a device", func(t *testing.T, w *world) {
		i := newIncident("inc_1", start)
		i.After = "dev_1000"
		must(t, w.store.PutIncident(w.ctx, i))
		i.FinishedAt = at(start.Add(time.Minute))
		must(t, w.store.PutIncident(w.ctx, i))
		got, err := w.store.GetIncident(w.ctx, acme, "inc_1")
		must(t, err)
		equal(t, "the last device, and the end", []any{got.After, got.FinishedAt}, []any{symbolon.DeviceID(""), i.FinishedAt})
	}},
	{"incidents come latest first, and open ones of all apps oldest first", func(t *testing.T, w *world) {
		done := newIncident("inc_3", start.Add(2*time.Second))
		done.FinishedAt = at(start.Add(time.Hour))
		elsewhere := newIncident("inc_4", start.Add(3*time.Second))
		elsewhere.AppID = "other"
		for _, i := range []symbolon.Incident{newIncident("inc_2", start.Add(time.Second)), done, newIncident("inc_1", start), elsewhere} {
			must(t, w.store.PutIncident(w.ctx, i))
		}
		list, err := w.store.ListIncidents(w.ctx, acme, 10)
		must(t, err)
		equal(t, "of the app", incidentIDs(list), []string{"inc_3", "inc_2", "inc_1"})
		list, err = w.store.ListIncidents(w.ctx, acme, 1)
		must(t, err)
		equal(t, "the latest", incidentIDs(list), []string{"inc_3"})
		for limit, want := range map[int][]string{10: {"inc_1", "inc_2", "inc_4"}, 2: {"inc_1", "inc_2"}} {
			list, err = w.Replicas[1].ListOpenIncidents(w.ctx, limit)
			must(t, err)
			equal(t, "open", incidentIDs(list), want)
		}
	}},
	{"what an incident did lasts with its progress, or neither does", func(t *testing.T, w *world) {
		d := w.register(t, "ann", "k1")
		i := newIncident("inc_1", start)
		must(t, w.store.PutIncident(w.ctx, i))
		i.Changed, i.After = 1, d.ID
		err := w.store.Tx(w.ctx, func(s symbolon.Store) error {
			if err := s.PutIncident(w.ctx, i); err != nil {
				return err
			}
			d.Version = 9 // somebody was quicker
			_, err := s.PutDevice(w.ctx, d)
			return err
		})
		fails(t, err, symbolon.ErrStale)
		got, err := w.store.GetIncident(w.ctx, acme, "inc_1")
		must(t, err)
		equal(t, "progress", []any{got.Changed, got.After}, []any{int64(0), symbolon.DeviceID("")})
	}},
}

func newIncident(id string, created time.Time) symbolon.Incident {
	return symbolon.Incident{
		ID: id, AppID: acme, Action: symbolon.IncidentBlock, Reason: "malware in “Notepad” 7", By: "admin:cred_1", CreatedAt: created, Devices: 5000,
		Match: symbolon.IncidentMatch{
			TrustedBetween: &symbolon.Between{From: at(start.Add(-time.Hour))}, Network: []string{"192.0.2.0/24", "AS64500"},
			Country: []string{"BR"}, KeyStorage: []symbolon.KeyStorage{symbolon.StorageSoftware}, Browser: []string{"Chrome 120"},
		},
	}
}

func incidentIDs(list []symbolon.Incident) (ids []string) {
	for _, i := range list {
		ids = append(ids, i.ID)
	}
	return ids
}
