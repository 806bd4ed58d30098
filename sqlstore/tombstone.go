package sqlstore

import (
	"context"
	"errors"

	"github.com/symbolon-id/symbolon"
)

var (
	putTombstone = define("put_tombstone", `INSERT INTO tombstones (app_id, key_tag, user_tag, at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (app_id, key_tag) DO UPDATE SET user_tag = excluded.user_tag, at = excluded.at`)
	hasTombstone   = define("has_tombstone", `SELECT 1 FROM tombstones WHERE app_id = $1 AND key_tag = $2`)
	takeTombstones = define("take_tombstones", `DELETE FROM tombstones WHERE app_id = $1 AND user_tag = $2`)
)

// PutTombstone implements [symbolon.Tombstones].
func (s *Store) PutTombstone(ctx context.Context, t symbolon.Tombstone) error {
	return s.write(ctx, func(d db) error {
		_, err := d.exec(ctx, putTombstone, string(t.AppID), bytesOf(t.KeyTag), bytesOf(t.UserTag), micro(t.At))
		return err
	})
}

// HasTombstone implements [symbolon.Tombstones].
func (s *Store) HasTombstone(ctx context.Context, app symbolon.AppID, keyTag []byte) (bool, error) {
	_, err := one(ctx, s.reader(), hasTombstone, readValue[int64], string(app), bytesOf(keyTag))
	if errors.Is(err, symbolon.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// TakeTombstones implements [symbolon.Tombstones].
func (s *Store) TakeTombstones(ctx context.Context, app symbolon.AppID, userTag []byte) (n int, err error) {
	err = s.write(ctx, func(d db) error {
		n, err = d.exec(ctx, takeTombstones, string(app), bytesOf(userTag))
		return err
	})
	return n, err
}
