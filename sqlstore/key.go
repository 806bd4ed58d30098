package sqlstore

import (
	"context"
	"errors"

	"github.com/symbolon-id/symbolon"
)

const keyColumns = `k.app_id, k.key_id, k.thumbprint, k.public_key, k.storage, k.rotations, k.blocked_at, k.created_at, k.rotated_at, k.version`

var (
	getKey = define("get_key", `SELECT `+keyColumns+` FROM keys k WHERE k.app_id = $1 AND k.key_id = $2`)

	getKeyByThumbprint = define("get_key_by_thumbprint", `SELECT `+keyColumns+`, t.past
		FROM thumbprints t JOIN keys k ON k.app_id = t.app_id AND k.key_id = t.key_id
		WHERE t.app_id = $1 AND t.thumbprint = $2`)

	listThumbprints = define("list_thumbprints", `SELECT thumbprint FROM thumbprints WHERE app_id = $1 AND key_id = $2 ORDER BY past, thumbprint`)

	addKey = changing(aKey, define("add_key", `INSERT INTO keys (app_id, key_id, thumbprint, public_key, storage, rotations, blocked_at, created_at, rotated_at, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1) ON CONFLICT DO NOTHING`))

	putKey = changing(aKey, define("put_key", `UPDATE keys SET thumbprint = $3, public_key = $4, storage = $5, rotations = $6,
			blocked_at = $7, created_at = $8, rotated_at = $9, version = version + 1
		WHERE app_id = $1 AND key_id = $2 AND version = $10`))

	addThumbprint = define("add_thumbprint", `INSERT INTO thumbprints (app_id, thumbprint, key_id, past)
		VALUES ($1, $2, $3, 0) ON CONFLICT DO NOTHING`)

	pastThumbprints = define("past_thumbprints", `UPDATE thumbprints SET past = 1 WHERE app_id = $1 AND key_id = $2 AND past = 0`)

	renewKeyDevices = changing(aKey, define("renew_key_devices", `UPDATE devices SET version = version + 1 WHERE app_id = $1 AND key_id = $2`))

	// A key that is blocked for all users stays, so that the block holds for future ones.
	takeKey = changing(aKey, define("take_key", `DELETE FROM keys WHERE app_id = $1 AND key_id = $2 AND blocked_at IS NULL
		AND NOT EXISTS (SELECT 1 FROM devices d WHERE d.app_id = keys.app_id AND d.key_id = keys.key_id)`))

	eraseKey = changing(aKey, define("erase_key", `DELETE FROM keys WHERE app_id = $1 AND key_id = $2
		AND NOT EXISTS (SELECT 1 FROM devices d WHERE d.app_id = keys.app_id AND d.key_id = keys.key_id)`))

	takeThumbprints = define("take_thumbprints", `DELETE FROM thumbprints WHERE app_id = $1 AND key_id = $2`)
)

// GetKey implements [symbolon.Keys].
func (s *Store) GetKey(ctx context.Context, app symbolon.AppID, id symbolon.KeyID) (symbolon.Key, error) {
	return one(ctx, s.reader(), getKey, func(row scan) (symbolon.Key, error) { return readKey(row) }, string(app), string(id))
}

// GetKeyByThumbprint implements [symbolon.Keys].
func (s *Store) GetKeyByThumbprint(ctx context.Context, app symbolon.AppID, thumbprint string) (symbolon.Key, bool, error) {
	var past int64
	k, err := one(ctx, s.reader(), getKeyByThumbprint, func(row scan) (symbolon.Key, error) { return readKey(row, &past) }, string(app), thumbprint)
	return k, past != 0, err
}

// ListThumbprints implements [symbolon.Keys]: the present one first.
func (s *Store) ListThumbprints(ctx context.Context, app symbolon.AppID, id symbolon.KeyID) ([]string, error) {
	return all(ctx, s.reader(), listThumbprints, readValue[string], string(app), string(id))
}

// PutKey implements [symbolon.Keys].
func (s *Store) PutKey(ctx context.Context, k symbolon.Key) (symbolon.Key, error) {
	if err := checkIDs(field{"app", string(k.AppID)}, field{"keyId", string(k.ID)}, field{"thumbprint", k.Thumbprint}); err != nil {
		return k, err
	}
	if err := checkTexts(field{"keyStorage", string(k.Storage)}); err != nil {
		return k, err
	}
	if err := checkJSON("publicKey", k.PublicKey); err != nil {
		return k, err
	}
	k.CreatedAt, k.RotatedAt, k.BlockedAt = symbolon.Micro(k.CreatedAt), kept(k.RotatedAt), kept(k.BlockedAt)
	err := s.atomic(ctx, func(d db) error {
		if k.Version == 0 {
			return storeNewKey(ctx, d, k)
		}
		return storeKey(ctx, d, k)
	})
	if err == nil {
		k.Version++
	}
	return k, err
}

func storeNewKey(ctx context.Context, d db, k symbolon.Key) error {
	n, err := d.exec(ctx, addKey, keyArgs(k)...)
	if err := notThere(n, err, symbolon.Errorf(symbolon.ErrConflict, "there is another key under this keyId already")); err != nil {
		return err
	}
	return storeThumbprint(ctx, d, k)
}

// storeKey changes a key. With another thumbprint it is a rotation.
func storeKey(ctx context.Context, d db, k symbolon.Key) error {
	before, err := one(ctx, d, getKey, func(row scan) (symbolon.Key, error) { return readKey(row) }, string(k.AppID), string(k.ID))
	if err != nil && !errors.Is(err, symbolon.ErrNotFound) {
		return err
	}
	n, err := d.exec(ctx, putKey, append(keyArgs(k), k.Version)...)
	if err := notThere(n, err, symbolon.ErrStale); err != nil || before.Thumbprint == k.Thumbprint {
		return err
	}
	if _, err := d.exec(ctx, pastThumbprints, string(k.AppID), string(k.ID)); err != nil {
		return err
	}
	if err := storeThumbprint(ctx, d, k); err != nil {
		return err
	}
	_, err = d.exec(ctx, renewKeyDevices, string(k.AppID), string(k.ID))
	return err
}

func storeThumbprint(ctx context.Context, d db, k symbolon.Key) error {
	n, err := d.exec(ctx, addThumbprint, string(k.AppID), k.Thumbprint, string(k.ID))
	return notThere(n, err, symbolon.Errorf(symbolon.ErrConflict, "this key is there already, or was until it was rotated"))
}

// takeUnusedKey deletes a key that no device has, with its thumbprints.
func takeUnusedKey(ctx context.Context, d db, take *statement, app symbolon.AppID, key string) error {
	if key == "" {
		return nil
	}
	n, err := d.exec(ctx, take, string(app), key)
	if err != nil || n == 0 {
		return err
	}
	_, err = d.exec(ctx, takeThumbprints, string(app), key)
	return err
}

func keyArgs(k symbolon.Key) []any {
	return []any{
		string(k.AppID), string(k.ID), k.Thumbprint, string(k.PublicKey), string(k.Storage), int64(k.Rotations),
		microOr(k.BlockedAt), micro(k.CreatedAt), microOr(k.RotatedAt),
	}
}

func readKey(row scan, more ...any) (k symbolon.Key, err error) {
	var public string
	var blocked, rotated *int64
	var created int64
	err = row(append([]any{
		&k.AppID, &k.ID, &k.Thumbprint, &public, &k.Storage, &k.Rotations, &blocked, &created, &rotated, &k.Version,
	}, more...)...)
	k.PublicKey, k.BlockedAt, k.CreatedAt, k.RotatedAt = document(public), fromMicroOr(blocked), fromMicro(created), fromMicroOr(rotated)
	return k, err
}
