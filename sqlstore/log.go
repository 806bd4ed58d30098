package sqlstore

import (
	"bytes"
	"context"
	"time"

	"github.com/symbolon-id/symbolon"
)

var (
	// Of an app with few events among many, PostgreSQL would read everyone's, were it not
	// asked in the order of the index.
	listLog = defineEach("list_log",
		selectEvent+` WHERE app_id = $1 AND type <> 'device.decided' AND id < $2 ORDER BY id DESC LIMIT $3`,
		selectEvent+` WHERE app_id >= $1 AND (app_id, id) < ($1, $2) AND type <> 'device.decided' ORDER BY app_id DESC, id DESC LIMIT $3`)

	listLatestDecisions = define("list_latest_decisions", `SELECT `+eventColumns+`, spend FROM events
		WHERE app_id = $1 AND spend < $2 AND type = 'device.decided' ORDER BY spend DESC LIMIT $3`)
)

// How many events of a log are looked at: in one read, and for one page.
const (
	logStep = 200
	logPage = 1000
)

// clocks is how far the clocks of replicas may be apart, which write one log.
const clocks = 10 * time.Minute

// lastSpend is after every spend key.
var lastSpend = bytes.Repeat([]byte{0xff}, 64)

// ListLatestDecisions implements [symbolon.Decisions].
func (s *Store) ListLatestDecisions(ctx context.Context, app symbolon.AppID, before []byte, limit int) ([]symbolon.DecisionRecord, error) {
	if before == nil {
		before = lastSpend
	}
	return all(ctx, s.reader(), listLatestDecisions, readDecision, string(app), before, limit)
}

// ListLog implements [symbolon.Events]. Of one user's events there are few, and an index has
// them.
func (s *Store) ListLog(ctx context.Context, q symbolon.LogQuery) ([]symbolon.Event, symbolon.EventID, error) {
	if q.Limit < 1 || q.Limit > maxPage {
		return nil, 0, symbolon.InvalidField("limit", "must be from 1 to %d", maxPage)
	}
	if err := checkTexts(field{"user", string(q.User)}); err != nil {
		return nil, 0, err
	}
	var found []symbolon.Event
	for looked := 0; looked < logPage; looked += logStep {
		step, err := s.logBefore(ctx, q)
		if err != nil {
			return nil, 0, err
		}
		for _, e := range step {
			if q.From != nil && e.At.Before(q.From.Add(-clocks)) {
				return found, 0, nil
			}
			q.Before = e.ID
			if !q.Selects(e) {
				continue
			}
			if found = append(found, e); len(found) == q.Limit {
				return found, q.Before, nil
			}
		}
		if len(step) < logStep {
			return found, 0, nil
		}
	}
	return found, q.Before, nil
}

func (s *Store) logBefore(ctx context.Context, q symbolon.LogQuery) ([]symbolon.Event, error) {
	if q.User != "" {
		return s.ListUserEvents(ctx, q.AppID, q.User, q.Before, logStep)
	}
	return all(ctx, s.reader(), listLog, readOnlyEvent, string(q.AppID), newest(q.Before), logStep)
}
