package sqlstore

import (
	"context"
	"slices"

	"github.com/symbolon-id/symbolon"
)

// eraseStep bounds how many events are held in memory while a user is erased.
const eraseStep = 500

var (
	lockUserDevices = define("lock_user_devices", `SELECT device_id, COALESCE(key_id, '') FROM devices
		WHERE app_id = $1 AND user_id = $2 {for_update}`)

	listPastDevices = define("list_past_devices", `SELECT DISTINCT device_id FROM events
		WHERE app_id = $1 AND user_id = $2 AND user_id <> '' AND type <> 'device.decided' AND device_id <> ''`)

	listEventIDs = define("list_event_ids", `SELECT id FROM events WHERE app_id = $1 AND device_id IN {texts} AND device_id <> ''`)

	listErasable = define("list_erasable", selectEvent+`
		WHERE app_id = $1 AND device_id IN {texts} AND device_id <> '' AND user_id IN ($3, '') LIMIT $4`)

	listErasableOfUser = define("list_erasable_of_user", selectEvent+`
		WHERE app_id = $1 AND user_id = $2 AND user_id <> '' AND type <> 'device.decided' LIMIT $3`)

	eraseEvent = define("erase_event", `UPDATE events SET actor_id = '', user_id = '', device_id = '', ip_address = '',
		data = '', salt = NULL, commitment = $3 WHERE app_id = $1 AND id = $2`)

	eraseUserUse     = define("erase_user_use", `DELETE FROM device_use WHERE app_id = $1 AND device_id IN {texts}`)
	eraseUserDevices = define("erase_user_devices", `DELETE FROM devices WHERE app_id = $1 AND user_id = $2`)
	eraseUserState   = define("erase_user_state", `DELETE FROM users WHERE app_id = $1 AND user_id = $2`)
	eraseUserAnswers = define("erase_user_answers", `DELETE FROM answers WHERE app_id = $1 AND user_id = $2 AND user_id <> ''`)
)

// EraseUser implements [symbolon.Users].
func (s *Store) EraseUser(ctx context.Context, app symbolon.AppID, user symbolon.UserID) (n int, err error) {
	err = s.atomic(ctx, func(d db) error {
		e := &erasure{db: d, dialect: s.engine.dialect(), app: string(app), user: string(user), devices: []string{}}
		if err := e.find(ctx); err != nil {
			return err
		}
		if err := s.engine.overtaken(ctx, d, app, e.devices); err != nil {
			return err
		}
		if err := e.events(ctx); err != nil {
			return err
		}
		n, err = e.rows(ctx)
		return err
	})
	return n, err
}

// erasure is one user's: the devices are those that the user has or had, the keys those
// of the devices that there are.
type erasure struct {
	db
	dialect       *dialect
	app, user     string
	devices, keys []string
}

// find locks the devices that there are: a decision that is being made either is seen
// by what follows, or finds its device gone.
func (e *erasure) find(ctx context.Context) error {
	err := e.each(ctx, lockUserDevices, []any{e.app, e.user}, func(row scan) error {
		var device, key string
		err := row(&device, &key)
		e.devices, e.keys = append(e.devices, device), append(e.keys, key)
		return err
	})
	if err != nil {
		return err
	}
	past, err := all(ctx, e.db, listPastDevices, readValue[string], e.app, e.user)
	e.devices = append(e.devices, past...)
	slices.Sort(e.devices)
	e.devices = slices.Compact(e.devices)
	return err
}

// events leaves of each event its bare facts, and the commitment that keeps the chain
// verifiable.
func (e *erasure) events(ctx context.Context) error {
	err := e.strip(ctx, listErasable, e.app, list(e.dialect, e.devices), e.user, eraseStep)
	if err != nil {
		return err
	}
	return e.strip(ctx, listErasableOfUser, e.app, e.user, eraseStep)
}

// strip goes on until nothing is found, since what was erased is not found again.
func (e *erasure) strip(ctx context.Context, find *statement, args ...any) error {
	for {
		events, err := all(ctx, e.db, find, readEvent, args...)
		if err != nil || len(events) == 0 {
			return err
		}
		lists := make([][]any, len(events))
		for i, event := range events {
			lists[i] = []any{e.app, int64(event.ID), event.Commit()}
		}
		if err := e.execMany(ctx, eraseEvent, lists); err != nil {
			return err
		}
	}
}

// rows deletes all but the events, and gives the number of devices.
func (e *erasure) rows(ctx context.Context) (int, error) {
	if _, err := e.exec(ctx, eraseUserUse, e.app, list(e.dialect, e.devices)); err != nil {
		return 0, err
	}
	n, err := e.exec(ctx, eraseUserDevices, e.app, e.user)
	if err != nil {
		return 0, err
	}
	for _, key := range e.keys {
		if err := takeUnusedKey(ctx, e.db, eraseKey, symbolon.AppID(e.app), key); err != nil {
			return 0, err
		}
	}
	for _, statement := range []*statement{eraseUserState, eraseUserAnswers} {
		if _, err := e.exec(ctx, statement, e.app, e.user); err != nil {
			return 0, err
		}
	}
	return n, nil
}
