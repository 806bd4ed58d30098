package sqlstore

import (
	"context"
	"errors"
	"time"

	"github.com/symbolon-id/symbolon"
)

var (
	lockUserDevices = define("lock_user_devices", `SELECT device_id, COALESCE(key_id, '') FROM devices
		WHERE app_id = $1 AND user_id = $2 {for_update}`)

	lastUserEvent = define("last_user_event", `SELECT id FROM events
		WHERE app_id = $1 AND user_id = $2 AND user_id <> '' AND type <> 'device.decided' ORDER BY id DESC LIMIT 1`)

	lastEvent = defineEach("last_event", `SELECT COALESCE(MAX(id), 0) FROM events`, postgres.text(lastID))

	putErasure = define("put_erasure", `INSERT INTO erasures (app_id, user_id, device_id, done, up_to) VALUES ($1, $2, $3, 0, $4)
		ON CONFLICT (app_id, user_id, device_id) DO UPDATE SET up_to = excluded.up_to`)

	eraseUserDevices = changing(aUser, define("erase_user_devices", `DELETE FROM devices WHERE app_id = $1 AND user_id = $2`))
	eraseUserState   = changing(aUser, define("erase_user_state", `DELETE FROM users WHERE app_id = $1 AND user_id = $2`))
	eraseUserAnswers = define("erase_user_answers", `DELETE FROM answers WHERE app_id = $1 AND user_id = $2 AND user_id <> ''`)

	putErased = define("put_erased", `INSERT INTO erased (app_id, tag, epoch, until) VALUES ($1, $2, $3, $4)
		ON CONFLICT (app_id, tag) DO UPDATE SET epoch = excluded.epoch, until = excluded.until`)
	getErased   = define("get_erased", `SELECT epoch FROM erased WHERE app_id = $1 AND tag = $2`)
	pruneErased = prune("prune_erased", "erased", "app_id, tag", "until")
)

// EraseUser implements [symbolon.Users].
func (s *Store) EraseUser(ctx context.Context, app symbolon.AppID, user symbolon.UserID) (n int, err error) {
	if err := checkIDs(field{"app", string(app)}, field{"userId", string(user)}); err != nil {
		return 0, err
	}
	err = s.atomic(ctx, func(d db) error {
		e := &erasure{db: d, app: string(app), user: string(user)}
		if err := e.lock(ctx); err != nil {
			return err
		}
		if err := e.note(ctx); err != nil {
			return err
		}
		n, err = e.rows(ctx)
		return err
	})
	return n, err
}

// erasure is one user's, with the devices that there are, and their keys.
type erasure struct {
	db
	app, user     string
	devices, keys []string
}

// lock makes a decision that is under way either commit before what follows, or find
// its device gone.
func (e *erasure) lock(ctx context.Context) error {
	return e.each(ctx, lockUserDevices, []any{e.app, e.user}, func(row scan) error {
		var device, key string
		err := row(&device, &key)
		e.devices, e.keys = append(e.devices, device), append(e.keys, key)
		return err
	})
}

// note keeps what to strip: whatever came before the last event id that is drawn by now,
// which is after the devices were locked. Looking for the user's last event makes this
// transaction conflict with another that appends one and saw the user as before.
func (e *erasure) note(ctx context.Context) error {
	if _, err := all(ctx, e.db, lastUserEvent, readValue[int64], e.app, e.user); err != nil {
		return err
	}
	last, err := one(ctx, e.db, lastEvent, readValue[int64])
	if err != nil {
		return err
	}
	lists := [][]any{{e.app, e.user, "", last}}
	for _, device := range e.devices {
		lists = append(lists, []any{e.app, e.user, device, last})
	}
	return e.execMany(ctx, putErasure, lists)
}

// rows deletes all but the events, and gives the number of devices.
func (e *erasure) rows(ctx context.Context) (int, error) {
	devices := make([][]any, len(e.devices))
	for i, device := range e.devices {
		devices[i] = []any{e.app, device}
	}
	for _, statement := range []*statement{takeDeviceUse, takeDeviceSessions} {
		if err := e.execMany(ctx, statement, devices); err != nil {
			return 0, err
		}
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

// PutErased implements [symbolon.Erasures].
func (s *Store) PutErased(ctx context.Context, app symbolon.AppID, tag []byte, epoch string, until time.Time) error {
	if err := checkTexts(field{"epoch", epoch}); err != nil {
		return err
	}
	return s.write(ctx, func(d db) error {
		_, err := d.exec(ctx, putErased, string(app), bytesOf(tag), epoch, micro(until))
		return err
	})
}

// GetErased implements [symbolon.Erasures].
func (s *Store) GetErased(ctx context.Context, app symbolon.AppID, tag []byte) (string, error) {
	epoch, err := one(ctx, s.reader(), getErased, readValue[string], string(app), bytesOf(tag))
	if errors.Is(err, symbolon.ErrNotFound) {
		return "", nil
	}
	return epoch, err
}
