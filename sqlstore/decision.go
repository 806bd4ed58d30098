package sqlstore

import (
	"context"
	"errors"

	"github.com/symbolon-id/symbolon"
)

var (
	// The whole write of a decision. The row lock of PostgreSQL makes it wait for a
	// change of the device that is being committed, and look again.
	putDecision = share(define("put_decision", `INSERT INTO events (app_id, type, at, actor_kind, actor_id, user_id, device_id, ip_address, data, salt, spend)
		SELECT app_id, $4, $5, $6, $7, $8, device_id, $9, $10, $11, $12
		FROM devices WHERE app_id = $1 AND device_id = $2 AND version = $3 {for_share}
		ON CONFLICT (app_id, spend) WHERE spend IS NOT NULL DO NOTHING {returning_id}`))

	hasSpend = define("has_spend", `SELECT 1 FROM events WHERE app_id = $1 AND spend = $2 AND spend IS NOT NULL`)

	listDecisions = define("list_decisions", `SELECT `+eventColumns+`, spend FROM events
		WHERE app_id = $1 AND spend > $2 AND spend IS NOT NULL AND type = 'device.decided' AND data <> '' ORDER BY spend LIMIT $3`)

	getDecision = define("get_decision", selectEvent+` WHERE app_id = $1 AND id = $2 AND type = 'device.decided'`)
)

// PutDecision implements [symbolon.Decisions].
func (s *Store) PutDecision(ctx context.Context, r symbolon.DecisionRecord) (id symbolon.EventID, err error) {
	e := r.Event
	if err := checkEvent(e); err != nil {
		return 0, err
	}
	if len(r.Spend) == 0 {
		return 0, errors.New("sqlstore: a decision without a spend")
	}
	if len(e.Salt) == 0 {
		e.Salt = symbolon.NewSalt()
	}
	args := []any{
		string(e.AppID), string(r.DeviceID), r.Version, string(e.Type), micro(e.At), string(e.Actor.Kind), e.Actor.ID,
		string(e.UserID), e.IPAddress, string(e.Data), e.Salt, r.Spend,
	}
	err = s.write(ctx, func(d db) error {
		n, err := d.insert(ctx, putDecision, args...)
		if errors.Is(err, symbolon.ErrNotFound) {
			return whyUndecided(ctx, d, e.AppID, r.Spend)
		}
		id = symbolon.EventID(n)
		return err
	})
	return id, err
}

// whyUndecided tells the two reasons apart for which a decision may write nothing.
func whyUndecided(ctx context.Context, d db, app symbolon.AppID, spend []byte) error {
	_, err := one(ctx, d, hasSpend, readValue[int64], string(app), spend)
	switch {
	case err == nil:
		return symbolon.ErrChallengeReplayed
	case errors.Is(err, symbolon.ErrNotFound):
		return symbolon.ErrStale
	}
	return err
}

// ListDecisions implements [symbolon.Decisions].
func (s *Store) ListDecisions(ctx context.Context, app symbolon.AppID, after []byte, limit int) ([]symbolon.DecisionRecord, error) {
	return all(ctx, s.reader(), listDecisions, readDecision, string(app), bytesOf(after), limit)
}

func readDecision(row scan) (r symbolon.DecisionRecord, err error) {
	r.Event, err = readEvent(row, &r.Spend)
	r.DeviceID = r.Event.DeviceID
	return r, err
}

// GetDecision implements [symbolon.Decisions].
func (s *Store) GetDecision(ctx context.Context, app symbolon.AppID, id symbolon.EventID) (symbolon.Event, error) {
	return one(ctx, s.reader(), getDecision, readOnlyEvent, string(app), int64(id))
}
