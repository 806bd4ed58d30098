package sqlstore

import (
	"context"
	"encoding/json"
	"time"

	"github.com/symbolon-id/symbolon"
)

const credentialColumns = `app_id, credential_id, hash, name, scopes, role, created_at, expires_at, revoked_at, last_used_at`

var (
	getCredential   = define("get_credential", `SELECT `+credentialColumns+` FROM credentials WHERE app_id = $1 AND hash = $2`)
	listCredentials = define("list_credentials", `SELECT `+credentialColumns+` FROM credentials
		WHERE app_id = $1 ORDER BY created_at, credential_id`)
	putCredential = define("put_credential", `INSERT INTO credentials (`+credentialColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (app_id, credential_id) DO UPDATE SET name = excluded.name, revoked_at = excluded.revoked_at`)
	seeCredential = define("see_credential", `UPDATE credentials SET last_used_at = $3
		WHERE app_id = $1 AND credential_id = $2 AND COALESCE(last_used_at, 0) < $3`)
)

// GetCredential implements [symbolon.Credentials].
func (s *Store) GetCredential(ctx context.Context, app symbolon.AppID, hash []byte) (symbolon.Credential, error) {
	return one(ctx, s.reader(), getCredential, readCredential, string(app), bytesOf(hash))
}

// ListCredentials implements [symbolon.Credentials].
func (s *Store) ListCredentials(ctx context.Context, app symbolon.AppID) ([]symbolon.Credential, error) {
	return all(ctx, s.reader(), listCredentials, readCredential, string(app))
}

// PutCredential implements [symbolon.Credentials].
func (s *Store) PutCredential(ctx context.Context, c symbolon.Credential) error {
	if err := checkIDs(field{"credentialId", string(c.ID)}, field{"name", c.Name}); err != nil {
		return err
	}
	if err := checkTexts(field{"app", string(c.AppID)}, field{"role", string(c.Role)}); err != nil {
		return err
	}
	scopes, err := json.Marshal(c.Scopes)
	if err != nil {
		return err
	}
	return s.write(ctx, func(d db) error {
		_, err := d.exec(ctx, putCredential, string(c.AppID), string(c.ID), bytesOf(c.Hash), c.Name,
			string(scopes), string(c.Role), micro(c.CreatedAt), microOr(c.ExpiresAt), microOr(c.RevokedAt), microOr(c.LastUsedAt))
		return err
	})
}

// SeeCredential implements [symbolon.Credentials].
func (s *Store) SeeCredential(ctx context.Context, app symbolon.AppID, id symbolon.CredentialID, at time.Time) error {
	return s.write(ctx, func(d db) error {
		_, err := d.exec(ctx, seeCredential, string(app), string(id), micro(at))
		return err
	})
}

func readCredential(row scan) (c symbolon.Credential, err error) {
	var scopes string
	var created int64
	var expires, revoked, used *int64
	err = row(&c.AppID, &c.ID, &c.Hash, &c.Name, &scopes, &c.Role, &created, &expires, &revoked, &used)
	if err != nil {
		return c, err
	}
	c.CreatedAt, c.ExpiresAt, c.RevokedAt = fromMicro(created), fromMicroOr(expires), fromMicroOr(revoked)
	c.LastUsedAt = fromMicroOr(used)
	return c, json.Unmarshal([]byte(scopes), &c.Scopes)
}
