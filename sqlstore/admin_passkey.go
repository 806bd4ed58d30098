package sqlstore

import (
	"context"
	"encoding/json"

	"github.com/symbolon-id/symbolon"
)

const passkeyColumns = `credential, passkey_id, admin_id, name, document, created_at, last_used_at`

var (
	listPasskeys = define("list_passkeys", `SELECT `+passkeyColumns+` FROM passkeys WHERE admin_id = $1 ORDER BY created_at DESC, passkey_id DESC`)
	getPasskey   = define("get_passkey", `SELECT `+passkeyColumns+` FROM passkeys WHERE credential = $1`)
	putPasskey   = define("put_passkey", `INSERT INTO passkeys (`+passkeyColumns+`)
		SELECT $1, $2, admin_id, $4, $5, $6, $7 FROM admins WHERE admin_id = $3
		ON CONFLICT (credential) DO UPDATE SET name = excluded.name, document = excluded.document, last_used_at = excluded.last_used_at
		WHERE passkeys.admin_id = excluded.admin_id AND passkeys.passkey_id = excluded.passkey_id`)
	takePasskey  = define("take_passkey", `DELETE FROM passkeys WHERE admin_id = $1 AND passkey_id = $2`)
	takePasskeys = define("take_passkeys", `DELETE FROM passkeys WHERE admin_id = $1`)
)

// ListPasskeys implements [symbolon.Admins].
func (s *Store) ListPasskeys(ctx context.Context, id symbolon.AdminID) ([]symbolon.Passkey, error) {
	return all(ctx, s.reader(), listPasskeys, readPasskey, string(id))
}

// GetPasskey implements [symbolon.Admins].
func (s *Store) GetPasskey(ctx context.Context, credential []byte) (symbolon.Passkey, error) {
	return one(ctx, s.reader(), getPasskey, readPasskey, bytesOf(credential))
}

// PutPasskey implements [symbolon.Admins].
func (s *Store) PutPasskey(ctx context.Context, p symbolon.Passkey) error {
	if err := checkIDs(field{"passkeyId", p.ID}, field{"adminId", string(p.AdminID)}, field{"name", p.Name}); err != nil {
		return err
	}
	return s.atomic(ctx, func(d db) error {
		n, err := d.exec(ctx, putPasskey, bytesOf(p.Credential), p.ID, string(p.AdminID), p.Name, string(p.Document), micro(p.CreatedAt), microOr(p.LastUsedAt))
		if err != nil || n > 0 {
			return err
		}
		if _, err := one(ctx, d, getAdmin, readAdmin, string(p.AdminID)); err != nil {
			return err
		}
		return symbolon.Errorf(symbolon.ErrConflict, "this passkey is another account's")
	})
}

// TakePasskey implements [symbolon.Admins].
func (s *Store) TakePasskey(ctx context.Context, admin symbolon.AdminID, id string) error {
	return s.write(ctx, func(d db) error {
		if id == "" {
			_, err := d.exec(ctx, takePasskeys, string(admin))
			return err
		}
		n, err := d.exec(ctx, takePasskey, string(admin), id)
		return notThere(n, err, symbolon.ErrNotFound)
	})
}

func readPasskey(row scan) (p symbolon.Passkey, err error) {
	var document string
	var created int64
	var used *int64
	err = row(&p.Credential, &p.ID, &p.AdminID, &p.Name, &document, &created, &used)
	p.Document, p.CreatedAt, p.LastUsedAt = json.RawMessage(document), fromMicro(created), fromMicroOr(used)
	return p, err
}
