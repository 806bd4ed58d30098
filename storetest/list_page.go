package storetest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
)

var pages = []story{
	{"every filter in every order pages to what a reading of all devices finds", func(t *testing.T, w *world) {
		all := crowd(t, w)
		for _, looks := range []int{1000, 60} { // a search sorts what it found, or walks along the order
			w.LookAtMost(looks)
			for what, q := range wanted() {
				for _, sort := range symbolon.DeviceSorts {
					q.AppID, q.Sort, q.Limit = acme, sort, 23
					equal(t, fmt.Sprintf("%s by %s, looking at %d", what, sort, looks), idsOf(pagesOf(t, w, q, looks)), idsOf(naive(all, q)))
				}
			}
		}
	}},
	{"an empty page leads on to what is far", func(t *testing.T, w *world) {
		w.LookAtMost(10)
		for i := range 45 {
			d := newDevice("ann", symbolon.KeyID(fmt.Sprint("k", i)))
			d.CreatedAt = start.Add(time.Duration(i) * time.Second)
			if i == 0 {
				d.Status = symbolon.StatusPending
			}
			w.put(t, d)
		}
		var found []int
		q := symbolon.DeviceQuery{AppID: acme, Status: symbolon.StatusPending, Sort: symbolon.SortCreated, Limit: 5}
		for more := true; more; more = q.Cursor != "" {
			list, next, err := w.store.ListDevices(w.ctx, q)
			must(t, err)
			found, q.Cursor = append(found, len(list)), next
		}
		equal(t, "found on each page", found, []int{0, 0, 0, 0, 1})
	}},
	{"the last device that a page looks at is no reason for another page", func(t *testing.T, w *world) {
		w.LookAtMost(10)
		for i := range 10 {
			w.register(t, "ann", symbolon.KeyID(fmt.Sprint("k", i)))
		}
		list, next, err := w.store.ListDevices(w.ctx, symbolon.DeviceQuery{AppID: acme, Platform: symbolon.PlatformIOS, Limit: 5})
		must(t, err)
		equal(t, "page and cursor", []any{len(list), next}, []any{0, ""})
	}},
	{"a range ends at its ends, to the microsecond", func(t *testing.T, w *world) {
		for i := range 3 {
			d := newDevice("ann", symbolon.KeyID(fmt.Sprint("k", i)))
			d.LastUsedAt, d.RiskScore = at(start.Add(time.Duration(i)*time.Microsecond)), 10*i
			w.put(t, d)
		}
		ten := 10
		for what, c := range map[string]struct {
			q    symbolon.DeviceQuery
			want int
		}{
			"from the middle":          {symbolon.DeviceQuery{SeenFrom: at(start.Add(time.Microsecond))}, 2},
			"from just after it":       {symbolon.DeviceQuery{SeenFrom: at(start.Add(time.Microsecond + 1))}, 1},
			"to the middle":            {symbolon.DeviceQuery{SeenTo: at(start.Add(time.Microsecond))}, 2},
			"to just before it":        {symbolon.DeviceQuery{SeenTo: at(start.Add(time.Microsecond - 1))}, 1},
			"scores from 10":           {symbolon.DeviceQuery{Risk: symbolon.Scores{From: &ten}}, 2},
			"scores to 10":             {symbolon.DeviceQuery{Risk: symbolon.Scores{To: &ten}}, 2},
			"a score of 10":            {symbolon.DeviceQuery{Risk: symbolon.Scores{From: &ten, To: &ten}}, 1},
			"a score, and a time else": {symbolon.DeviceQuery{Risk: symbolon.Scores{From: &ten, To: &ten}, SeenTo: at(start)}, 0},
		} {
			for _, sort := range symbolon.DeviceSorts {
				c.q.AppID, c.q.Limit, c.q.Sort = acme, 10, sort
				list, next, err := w.store.ListDevices(w.ctx, c.q)
				must(t, err)
				equal(t, what+" by "+string(sort), []any{len(list), next}, []any{c.want, ""})
			}
		}
	}},
}

// crowd puts 520 devices that have every value that filters ask for, in any combination.
func crowd(t *testing.T, w *world) (all []symbolon.Device) {
	t.Helper()
	state := 7
	draw := func(n int) int { // the same ones each time
		state = (state*1103515245 + 12345) % (1 << 31)
		return state >> 12 % n
	}
	storages := []symbolon.KeyStorage{symbolon.StorageBrowser, symbolon.StorageHardware, symbolon.StorageSoftware}
	must(t, w.store.Tx(w.ctx, func(tx symbolon.Store) error {
		all, state = nil, 7 // also where it is run again
		for i := range 520 {
			k := newKey(symbolon.KeyID(fmt.Sprintf("Key%d", i)))
			k.Storage = storages[draw(len(storages))]
			if _, err := tx.PutKey(w.ctx, k); err != nil {
				return err
			}
			d := newDevice(symbolon.UserID(fmt.Sprintf("%s%d", []string{"ann", "bob", "key"}[draw(3)], draw(90))), k.ID)
			d.Status = symbolon.Statuses[draw(len(symbolon.Statuses))]
			d.Type = symbolon.DeviceTypes[draw(len(symbolon.DeviceTypes))]
			d.Platform = symbolon.Platforms[draw(len(symbolon.Platforms))]
			d.Name = []string{"Chrome on macOS", "Ann's phone", "keyboard", "Édith's"}[draw(4)]
			d.Country = []string{"", "PT", "BR"}[draw(3)]
			d.RiskScore = []int{0, 0, 0, 35, 70, 71, 100}[draw(7)]
			d.CreatedAt = start.Add(time.Duration(draw(40)) * time.Second)
			if draw(3) > 0 {
				d.LastUsedAt = at(start.Add(time.Duration(draw(90)) * time.Second))
			}
			if draw(2) > 0 {
				d.Trust = &symbolon.Trust{TrustedAt: start, GrantedAt: start.Add(time.Duration(draw(3)) * time.Hour)}
			}
			d, err := tx.PutDevice(w.ctx, d)
			if err != nil {
				return err
			}
			d.KeyStorage = k.Storage
			all = append(all, d)
		}
		return nil
	}))
	return all
}

// wanted are queries of each filter by itself, and of some together.
func wanted() map[string]symbolon.DeviceQuery {
	low, high, yes, policy := 35, 70, true, symbolon.TrustPolicy{Enabled: true, Permanent: true, MaxDuration: symbolon.Duration(symbolon.Day)}
	from, to := at(start.Add(20*time.Second)), at(start.Add(50*time.Second))
	trusted := func(want bool) *symbolon.TrustFilter {
		return &symbolon.TrustFilter{Want: want, Now: start.Add(2 * time.Hour), Policy: policy}
	}
	return map[string]symbolon.DeviceQuery{
		"all":                    {},
		"a state":                {Status: symbolon.StatusPending},
		"a type":                 {Type: symbolon.TypeTablet},
		"a platform":             {Platform: symbolon.PlatformIOS},
		"a storage":              {KeyStorage: symbolon.StorageHardware},
		"a country":              {Country: "PT"},
		"a country of none":      {Country: "IS"},
		"scores from":            {Risk: symbolon.Scores{From: &high}},
		"scores to":              {Risk: symbolon.Scores{To: &low}},
		"scores between":         {Risk: symbolon.Scores{From: &low, To: &high}},
		"seen since":             {SeenFrom: from},
		"seen until":             {SeenTo: to},
		"seen between":           {SeenFrom: from, SeenTo: to},
		"trusted":                {Trusted: trusted(yes)},
		"not trusted":            {Trusted: trusted(!yes)},
		"a user":                 {User: "ann7"},
		"a key":                  {KeyID: "Key77"},
		"a user and a key":       {User: "ann7", KeyID: "Key77"},
		"a rare prefix":          {Prefix: "ann7"},
		"a common prefix":        {Prefix: "ann"},
		"the prefix of all":      {Prefix: "k"},
		"the prefix of all keys": {Prefix: "Key"},
		"a prefix of none":       {Prefix: "zoe"},
		"a prefix and more":      {Prefix: "ke", Status: symbolon.StatusActive, Country: "BR", Risk: symbolon.Scores{To: &low}, KeyStorage: symbolon.StorageBrowser},
		"much at once": {
			Status: symbolon.StatusActive, Platform: symbolon.PlatformWeb, Country: "PT", SeenFrom: from, Risk: symbolon.Scores{To: &high}, Trusted: trusted(!yes),
		},
	}
}

// naive is what a query asks for, said once more.
func naive(all []symbolon.Device, q symbolon.DeviceQuery) (found []symbolon.Device) {
	for _, d := range all {
		seen, folded := symbolon.Micro(d.LastSeen()), strings.ToLower(q.Prefix)
		if (q.User == "" || d.UserID == q.User) && (q.KeyID == "" || d.KeyID == q.KeyID) && (q.Status == "" || d.Status == q.Status) &&
			(q.Type == "" || d.Type == q.Type) && (q.Platform == "" || d.Platform == q.Platform) && (q.Country == "" || d.Country == q.Country) &&
			(q.KeyStorage == "" || d.KeyStorage == q.KeyStorage) && q.Risk.Contains(d.RiskScore) &&
			(q.SeenFrom == nil || !seen.Before(*q.SeenFrom)) && (q.SeenTo == nil || !seen.After(*q.SeenTo)) &&
			(q.Trusted == nil || (d.TrustAt(q.Trusted.Now, q.Trusted.Policy) == symbolon.TrustActive) == q.Trusted.Want) &&
			(strings.HasPrefix(string(d.UserID), q.Prefix) || strings.HasPrefix(string(d.KeyID), q.Prefix) || strings.HasPrefix(strings.ToLower(d.Name), folded)) {
			found = append(found, d)
		}
	}
	slices.SortFunc(found, func(a, b symbolon.Device) int {
		byID := cmp.Compare(b.ID, a.ID)
		switch q.Sort {
		case symbolon.SortName:
			return cmp.Or(cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), -byID)
		case symbolon.SortRisk:
			return cmp.Or(cmp.Compare(b.RiskScore, a.RiskScore), byID)
		case symbolon.SortCreated:
			return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), byID)
		default:
			return cmp.Or(b.LastSeen().Compare(a.LastSeen()), byID)
		}
	})
	return found
}

// pagesOf follows the cursors to the end, which has to come while there is something to look at.
func pagesOf(t *testing.T, w *world, q symbolon.DeviceQuery, looks int) (all []symbolon.Device) {
	t.Helper()
	for page := range 100 {
		list, next, err := w.Replicas[page%2].ListDevices(w.ctx, q)
		must(t, err)
		if len(list) > q.Limit || len(list) < q.Limit && looks == 1000 && next != "" {
			t.Fatalf("a page has %d devices of %d, and leads on", len(list), q.Limit)
		}
		all = append(all, list...)
		if q.Cursor = next; next == "" {
			return all
		}
	}
	t.Fatalf("%s leads on for ever", show(q))
	return nil
}
