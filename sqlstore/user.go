package sqlstore

import (
	"context"
	"errors"

	"github.com/symbolon-id/symbolon"
)

var (
	getUser = define("get_user", `SELECT app_id, user_id, not_before, deactivated_at, epoch FROM users WHERE app_id = $1 AND user_id = $2`)
	putUser = changing(aUser, define("put_user", `INSERT INTO users (app_id, user_id, not_before, deactivated_at, epoch) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (app_id, user_id) DO UPDATE SET
			not_before = excluded.not_before, deactivated_at = excluded.deactivated_at, epoch = excluded.epoch`))
)

// GetUser implements [symbolon.Users].
func (s *Store) GetUser(ctx context.Context, app symbolon.AppID, user symbolon.UserID) (symbolon.User, error) {
	u, err := one(ctx, s.reader(), getUser, readUser, string(app), string(user))
	if errors.Is(err, symbolon.ErrNotFound) {
		return symbolon.User{AppID: app, ID: user}, nil
	}
	return u, err
}

// PutUser implements [symbolon.Users].
func (s *Store) PutUser(ctx context.Context, u symbolon.User) error {
	if err := checkIDs(field{"app", string(u.AppID)}, field{"userId", string(u.ID)}); err != nil {
		return err
	}
	if err := checkTexts(field{"epoch", u.Epoch}); err != nil {
		return err
	}
	return s.write(ctx, func(d db) error {
		_, err := d.exec(ctx, putUser, string(u.AppID), string(u.ID), microUnlessZero(u.NotBefore), microUnlessZero(u.DeactivatedAt), u.Epoch)
		return err
	})
}

func readUser(row scan) (u symbolon.User, err error) {
	var notBefore, deactivated *int64
	err = row(&u.AppID, &u.ID, &notBefore, &deactivated, &u.Epoch)
	u.NotBefore, u.DeactivatedAt = fromMicroOrZero(notBefore), fromMicroOrZero(deactivated)
	return u, err
}
