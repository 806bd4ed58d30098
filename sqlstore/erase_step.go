package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/symbolon-id/symbolon"
)

var (
	nextErasure = define("next_erasure", `SELECT device_id, done, up_to FROM erasures
		WHERE app_id = $1 AND user_id = $2 ORDER BY device_id LIMIT 1 {for_update}`)

	addErasure = define("add_erasure", `INSERT INTO erasures (app_id, user_id, device_id, done, up_to) VALUES ($1, $2, $3, 0, $4)
		ON CONFLICT DO NOTHING`)

	moveErasure = define("move_erasure", `UPDATE erasures SET done = $4 WHERE app_id = $1 AND user_id = $2 AND device_id = $3`)
	dropErasure = define("drop_erasure", `DELETE FROM erasures WHERE app_id = $1 AND user_id = $2 AND device_id = $3`)

	listErasableOfUser = define("list_erasable_of_user", selectEvent+`
		WHERE app_id = $1 AND user_id = $2 AND user_id <> '' AND type <> 'device.decided' AND id > $3 AND id <= $4 ORDER BY id LIMIT $5`)

	listErasable = define("list_erasable", selectEvent+`
		WHERE app_id = $1 AND device_id = $2 AND device_id <> '' AND id > $3 AND id <= $4 ORDER BY id LIMIT $5`)

	eraseEvent = define("erase_event", `UPDATE events SET actor_id = '', user_id = '', device_id = '', ip_address = '',
		data = '', salt = NULL, commitment = $3 WHERE app_id = $1 AND id = $2`)

	listErasures = define("list_erasures", `SELECT DISTINCT app_id, user_id FROM erasures ORDER BY app_id, user_id LIMIT $1`)
)

// removals are the tables of which a removed app may have rows, each with what follows the
// app in its key.
var removals = [][2]string{
	{"devices", "device_id"},
	{"device_use", "device_id"},
	{"keys", "key_id"},
	{"thumbprints", "thumbprint"},
	{"users", "user_id"},
	{"events", "id"},
	{"seals", "seq"},
	{"tallies", "hour, kind, name"},
	{"censuses", "app_id"},
	{"incidents", "incident_id"},
	{"checkpoints", "app_id"},
	{"sweeps", "app_id"},
	{"spent", "spend_key"},
	{"answers", "tag"},
	{"tombstones", "key_tag"},
	{"erased", "tag"},
	{"erasures", "user_id, device_id"},
	{"policies", "version"},
	{"credentials", "credential_id"},
	{"sessions", "session_id"},
}

// ofApp selects some rows of a table that are of one app. The range keeps PostgreSQL from
// reading the whole table, which it takes for cheaper than the table's key if it holds
// few apps.
func ofApp(column, table, key, app, limit string) [2]string {
	return [2]string{
		fmt.Sprintf(`SELECT %s FROM %s WHERE app_id = %s LIMIT %s`, key, table, app, limit),
		fmt.Sprintf(`SELECT %s FROM %s WHERE app_id >= %s AND app_id <= %s ORDER BY app_id, %s LIMIT %s`, column, table, app, app, key, limit),
	}
}

// removeRows delete some rows of an app, one statement for each table.
var removeRows = func() (statements []*statement) {
	for _, r := range removals {
		table, key := r[0], r[1]
		some := ofApp("ctid", table, key, "$1", "$2")
		statements = append(statements, changing(anApp, defineEach("remove_"+table,
			fmt.Sprintf(`DELETE FROM %s WHERE app_id = $1 AND (%s) IN (%s)`, table, key, some[0]),
			fmt.Sprintf(`DELETE FROM %s WHERE ctid = ANY(ARRAY(%s))`, table, some[1]))))
	}
	return statements
}()

// listRemovals looks into every table, so that no row of a removed app stays unseen,
// whoever wrote it and when.
var listRemovals = func() *statement {
	var texts [2]string
	for dialect := range texts {
		texts[dialect] = `SELECT app_id, '' FROM removed_apps r WHERE at > $1`
		for _, r := range removals {
			texts[dialect] += ` OR EXISTS (` + ofApp("1", r[0], r[1], "r.app_id", "1")[dialect] + `)`
		}
		texts[dialect] += ` ORDER BY at, app_id LIMIT $2`
	}
	return defineEach("list_removals", texts[0], texts[1])
}()

// ContinueErasure implements [symbolon.Erasures].
func (s *Store) ContinueErasure(ctx context.Context, app symbolon.AppID, user symbolon.UserID, limit int) (more bool, err error) {
	err = s.atomic(ctx, func(d db) error {
		if user == "" {
			more, err = removeSome(ctx, d, app, limit)
		} else {
			more, err = stripSome(ctx, d, app, user, limit)
		}
		return err
	})
	return more, err
}

// removeSome makes sure first that the id is one that no app has, now or later.
func removeSome(ctx context.Context, d db, app symbolon.AppID, limit int) (more bool, err error) {
	if _, err := one(ctx, d, isRemoved, readValue[int64], string(app)); errors.Is(err, symbolon.ErrNotFound) {
		return false, nil
	} else if err != nil {
		return false, err
	}
	for _, remove := range removeRows {
		n, err := d.exec(ctx, remove, string(app), limit)
		if limit -= n; err != nil || limit <= 0 {
			return err == nil, err
		}
	}
	return false, nil
}

// stripSome goes through what is noted of a user, their own events first. A part without
// events counts as one, so that a user of many devices is bounded too.
func stripSome(ctx context.Context, d db, app symbolon.AppID, user symbolon.UserID, limit int) (more bool, err error) {
	for {
		p := part{db: d, app: string(app), user: string(user)}
		err := d.each(ctx, nextErasure, []any{p.app, p.user}, func(row scan) error {
			more = true
			return row(&p.device, &p.done, &p.upTo)
		})
		if err != nil || !more || limit <= 0 {
			return more, err
		}
		n, err := p.strip(ctx, limit)
		if err != nil {
			return false, err
		}
		more, limit = false, limit-max(1, n)
	}
}

// part is what is left to strip of one device, or with device "" of the user's own events.
type part struct {
	db
	app, user, device string
	done, upTo        int64
}

// strip takes up to limit events, and gives their number.
func (p part) strip(ctx context.Context, limit int) (int, error) {
	find, of := listErasable, p.device
	if p.device == "" {
		find, of = listErasableOfUser, p.user
	}
	events, err := all(ctx, p.db, find, readOnlyEvent, p.app, of, p.done, p.upTo, limit)
	if err != nil {
		return 0, err
	}
	if err := p.noteDevices(ctx, events); err != nil {
		return 0, err
	}
	if err := p.execMany(ctx, eraseEvent, p.bareFacts(events)); err != nil {
		return 0, err
	}
	if len(events) < limit {
		_, err = p.exec(ctx, dropErasure, p.app, p.user, p.device)
	} else {
		_, err = p.exec(ctx, moveErasure, p.app, p.user, p.device, int64(events[len(events)-1].ID))
	}
	return len(events), err
}

// noteDevices keeps the devices that the user once had, before the events are stripped
// that alone name them.
func (p part) noteDevices(ctx context.Context, events []symbolon.Event) error {
	var lists [][]any
	noted := map[symbolon.DeviceID]bool{"": true, symbolon.DeviceID(p.device): true}
	for _, e := range events {
		if !noted[e.DeviceID] {
			noted[e.DeviceID] = true
			lists = append(lists, []any{p.app, p.user, string(e.DeviceID), p.upTo})
		}
	}
	return p.execMany(ctx, addErasure, lists)
}

// bareFacts leaves of each event what says nothing of the user, and the commitment that
// keeps the chain verifiable. Another user's device may have had the same id.
func (p part) bareFacts(events []symbolon.Event) (lists [][]any) {
	for _, e := range events {
		if e.UserID == "" || string(e.UserID) == p.user {
			lists = append(lists, []any{p.app, int64(e.ID), e.Commit()})
		}
	}
	return lists
}

// ListErasures implements [symbolon.Erasures].
func (s *Store) ListErasures(ctx context.Context, now time.Time, limit int) ([]symbolon.PendingErasure, error) {
	left, err := all(ctx, s.reader(), listErasures, readPendingErasure, limit)
	if err != nil || len(left) >= limit {
		return left, err
	}
	removed, err := all(ctx, s.reader(), listRemovals, readPendingErasure, micro(now.Add(-symbolon.RemovalGrace)), limit-len(left))
	return append(left, removed...), err
}

func readPendingErasure(row scan) (e symbolon.PendingErasure, err error) {
	err = row((*string)(&e.AppID), (*string)(&e.UserID))
	return e, err
}
