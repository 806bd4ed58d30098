package sqlstore

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/symbolon-id/symbolon"
)

var (
	addTally = define("add_tally", `INSERT INTO tallies (app_id, hour, kind, name, count) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (app_id, hour, kind, name) DO UPDATE SET count = tallies.count + excluded.count`)

	listTallies = define("list_tallies", `SELECT hour, kind, name, count FROM tallies
		WHERE app_id = $1 AND hour >= $2 AND hour < $3 AND ($4 = '' OR kind = $4) ORDER BY hour, kind, name`)

	// One range of the table's key: its other kinds are passed over on the way, which costs
	// less than to look up each hour.
	listDailyTallies = define("list_daily_tallies", `SELECT (hour + $5) / 86400000000, kind, name, CAST(SUM(count) AS BIGINT) FROM tallies
		WHERE app_id = $1 AND hour >= $2 AND hour < $3 AND kind = $4 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`)

	pruneTallies = prune("prune_tallies", "tallies", "app_id, hour, kind, name", "hour")
)

type tallyKey struct {
	app  symbolon.AppID
	hour int64
	kind symbolon.TallyKind
	name string
}

func (b *batch) count(app symbolon.AppID, tallies []symbolon.Tally) {
	for _, t := range tallies {
		b.tallies[tallyKey{app, micro(t.Hour), t.Kind, t.Name}] += t.Count
	}
}

// tallyArgs come in the order in which they are kept.
func (b *batch) tallyArgs() (lists [][]any) {
	keys := slices.SortedFunc(maps.Keys(b.tallies), func(a, b tallyKey) int {
		return cmp.Or(cmp.Compare(a.app, b.app), cmp.Compare(a.hour, b.hour), cmp.Compare(a.kind, b.kind), cmp.Compare(a.name, b.name))
	})
	for _, k := range keys {
		lists = append(lists, []any{string(k.app), k.hour, string(k.kind), k.name, b.tallies[k]})
	}
	return lists
}

// ListTallies implements [symbolon.Tallies].
func (s *Store) ListTallies(ctx context.Context, q symbolon.TallyQuery) ([]symbolon.Tally, error) {
	return all(ctx, s.reader(), listTallies, readTally, string(q.AppID), micro(q.From), micro(q.To), string(q.Kind))
}

// ListDailyTallies implements [symbolon.Tallies].
func (s *Store) ListDailyTallies(ctx context.Context, q symbolon.TallyQuery, offset time.Duration) ([]symbolon.Tally, error) {
	if !q.From.Before(q.To) {
		return nil, nil
	}
	return all(ctx, s.reader(), listDailyTallies, func(row scan) (symbolon.Tally, error) {
		t, err := readTally(row)
		t.Hour = fromMicro(micro(t.Hour) * symbolon.Day.Microseconds()).Add(-offset) // from the number of the day
		return t, err
	}, string(q.AppID), micro(q.From), micro(q.To), string(q.Kind), offset.Microseconds())
}

// AddTallies implements [symbolon.Tallies].
func (s *Store) AddTallies(ctx context.Context, app symbolon.AppID, tallies []symbolon.Tally) error {
	for _, t := range tallies {
		if err := checkTexts(field{"kind", string(t.Kind)}, field{"name", t.Name}); err != nil {
			return err
		}
	}
	b := batch{tallies: map[tallyKey]int64{}}
	b.count(app, tallies)
	return s.atomic(ctx, func(d db) error { return d.execMany(ctx, addTally, b.tallyArgs()) })
}

// PruneTallies implements [symbolon.Tallies].
func (s *Store) PruneTallies(ctx context.Context, before time.Time, limit int) (n int, err error) {
	err = s.write(ctx, func(d db) error {
		n, err = d.exec(ctx, pruneTallies, micro(before), limit)
		return err
	})
	return n, err
}

func readTally(row scan) (t symbolon.Tally, err error) {
	var hour int64
	err = row(&hour, (*string)(&t.Kind), &t.Name, &t.Count)
	t.Hour = fromMicro(hour)
	return t, err
}
