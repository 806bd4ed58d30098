package storetest

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
)

var histories = []story{
	{"where a device was folds out of the decisions that say it moved, over batches and replicas", foldMoves},
	{"a history goes on from the one that a device came with", func(t *testing.T, w *world) {
		d := newDevice("ann", "k1")
		d.History = d.History.With(placeIn("PT", 1), start)
		d = w.put(t, d)
		w.seen(t, d, placeIn("BR", 2), start.Add(time.Hour), true)
		w.sealAll(t)
		equal(t, "history", w.device(t, d.ID).History, d.History.With(placeIn("BR", 2), start.Add(time.Hour)))
	}},
	{"what moves beside another app's device of the same id is its own", func(t *testing.T, w *world) {
		anns, others := newDevice("ann", "k1"), newDevice("ann", "k1")
		anns.ID, others.ID, others.AppID = "dev_1", "dev_1", "other"
		anns, others = w.put(t, anns), w.put(t, others)
		w.seen(t, anns, placeIn("PT", 1), start, true)
		w.seen(t, others, placeIn("BR", 2), start, true)
		w.sealAll(t)
		equal(t, "ann's in acme", w.device(t, "dev_1").History.Visits[0].Country, "PT")
		got, err := w.store.GetDevice(w.ctx, "other", "dev_1")
		must(t, err)
		equal(t, "ann's in the other app", got.History.Visits[0].Country, "BR")
	}},
	{"a decision folds into its device whatever characters are in the id", func(t *testing.T, w *world) {
		var ids []symbolon.DeviceID
		for what, text := range unicode {
			d := newDevice("ann", symbolon.KeyID(what))
			d.ID = symbolon.DeviceID(text)
			ids = append(ids, d.ID)
			w.seen(t, w.put(t, d), placeIn("PT", 1), start, true)
		}
		w.sealAll(t)
		for _, id := range ids {
			got := w.device(t, id)
			equal(t, "use of "+string(id), []int{int(got.UsageCount), got.RiskScore, len(got.History.Visits)}, []int{1, 3, 1})
		}
	}},
	{"retention cuts the points of a device that is no longer used", func(t *testing.T, w *world) {
		d := w.register(t, "ann", "k1")
		w.seen(t, d, placeIn("PT", 1), start, true)
		w.seen(t, d, placeIn("BR", 2), start.Add(time.Hour), true)
		w.sealAll(t)
		w.cutAll(t, start.Add(2*time.Hour))
		got := w.device(t, d.ID)
		equal(t, "address", got.IPAddress, "203.0.113.0")
		equal(t, "visits", got.History.Visits, []symbolon.Visit{pointless("BR", 2, start.Add(time.Hour)), pointless("PT", 1, start)})
	}},
	{"retention cuts the old points of a device that is in use, and no other", cutsOldPoints},
	{"retention cuts points where the last address was not told", func(t *testing.T, w *world) {
		d := newDevice("ann", "k1")
		d.IPAddress, d.History = "", d.History.With(placeIn("PT", 1), start)
		d = w.put(t, d)
		w.cutAll(t, start.Add(48*time.Hour))
		equal(t, "visits", w.device(t, d.ID).History.Visits, []symbolon.Visit{pointless("PT", 1, start)})
	}},
	{"a device that is gone takes its history with it", func(t *testing.T, w *world) {
		d := w.register(t, "ann", "k1")
		w.seen(t, d, placeIn("Annville", 1), start, true)
		must(t, w.store.TakeDevice(w.ctx, acme, d.ID))
		w.sealAll(t)
		_, err := w.store.GetDevice(w.ctx, acme, d.ID)
		fails(t, err, symbolon.ErrNotFound)
	}},
}

// placeIn is a place that no two numbers share.
func placeIn(country string, n int) symbolon.Place {
	return symbolon.Place{
		Location: "Somewhere, " + country, Country: country, Latitude: 38.7167 + float64(n), Longitude: -9.1333333333333333 - float64(n)/3,
		Radius: 20, ASN: uint32(4_200_000_000 + n), Network: "Example Net", //nolint:gosec // a small number
	}
}

// pointless is a visit to placeIn of which only country and network are left.
func pointless(country string, n int, when time.Time) symbolon.Visit {
	p := placeIn(country, n)
	return symbolon.Visit{Country: p.Country, ASN: p.ASN, First: when, Last: when}
}

func (w *world) cutAll(t *testing.T, before time.Time) {
	t.Helper()
	for n := 3; n > 0; {
		var err error
		n, err = w.store.CutAddresses(w.ctx, acme, before, 3)
		must(t, err)
	}
}

func cutsOldPoints(t *testing.T, w *world) {
	d := w.register(t, "ann", "k1")
	old, lately := start.Add(time.Hour), start.Add(48*time.Hour)
	w.seen(t, d, placeIn("PT", 1), old, true)
	w.seen(t, d, placeIn("BR", 2), lately, true)
	w.sealAll(t)
	w.cutAll(t, start.Add(24*time.Hour))
	var young symbolon.History
	young = young.With(placeIn("BR", 2), lately)
	equal(t, "visits", w.device(t, d.ID).History.Visits, append(young.Visits, pointless("PT", 1, old)))

	again := lately.Add(time.Hour) // where only country and network are left, the point is learnt anew
	w.seen(t, d, placeIn("PT", 1), again, true)
	w.sealAll(t)
	visits := w.device(t, d.ID).History.Visits
	equal(t, "point", visits[0].Radius, placeIn("PT", 1).Radius)
	equal(t, "since", visits[0].First, old)
}

// seen writes a decision on a valid proof from a place.
func (w *world) seen(t *testing.T, d symbolon.Device, p symbolon.Place, when time.Time, moved bool) symbolon.Event {
	t.Helper()
	w.sightings++
	r, err := sighting(d, fmt.Sprint("sighting", w.sightings), when, symbolon.Decided{Score: 3, Place: &p, Moved: moved})
	must(t, err)
	_, err = w.store.PutDecision(w.ctx, r)
	must(t, err)
	return r.Event
}

// sighting is a decision on a valid proof.
func sighting(d symbolon.Device, spend string, when time.Time, decided symbolon.Decided) (symbolon.DecisionRecord, error) {
	decided.Recommendation, decided.SecondFactor = symbolon.RecommendAllow, symbolon.FactorRequire
	decided.ProofResult, decided.Action = symbolon.ProofValid, symbolon.ActionLogin
	r := decisionOn(d, spend, when)
	data, err := json.Marshal(decided)
	r.Event.Data = data
	return r, err
}

// foldMoves takes a device and one that stays to more places than are kept, not in order
// of time.
func foldMoves(t *testing.T, w *world) {
	d, stays := w.register(t, "ann", "k1"), w.register(t, "bob", "k2")
	var want symbolon.DeviceUse
	for i := range 30 {
		p := placeIn([]string{"PT", "BR", "", "Côte d'Ivoire"}[i%4], i%11)
		want.Fold(w.seen(t, d, p, start.Add(time.Duration((i*7)%30)*time.Minute), i%5 != 0))
		w.seen(t, stays, p, start.Add(time.Duration(i)*time.Minute), false)
		if i%4 == 3 {
			_, err := w.Replicas[i/4%2].Seal(w.ctx, start, 100)
			must(t, err)
		}
	}
	w.sealAll(t)
	got := w.device(t, d.ID)
	equal(t, "places", len(got.History.Visits), symbolon.MaxVisits)
	equal(t, "where it was", lastOf(got.History), lastOf(want.History))
	equal(t, "places of one that stays", len(w.device(t, stays.ID).History.Visits), 0)
	id, err := w.Replicas[1].GetIdentity(w.ctx, acme, d.UserID, d.KeyID)
	must(t, err)
	equal(t, "history of the identity", id.Device.History, got.History)
}

// lastOf leaves out when a visit began, which is forgotten with a place that is.
func lastOf(h symbolon.History) (visits []symbolon.Visit) {
	for _, v := range h.Visits {
		v.First = time.Time{}
		visits = append(visits, v)
	}
	return visits
}
