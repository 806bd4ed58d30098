package sqlstore

import (
	"context"
	"encoding/json"

	"github.com/symbolon-id/symbolon"
)

const adminColumns = `admin_id, login, name, grants, password, disabled_at, last_sign_in_at, created_at, updated_at, issuer, subject, epoch, version`

var (
	getAdmin        = define("get_admin", `SELECT `+adminColumns+` FROM admins WHERE admin_id = $1`)
	getAdminByLogin = define("get_admin_by_login", `SELECT `+adminColumns+` FROM admins WHERE login = $1`)
	// The words on issuer let SQLite use the index, which leaves the others out.
	getAdminByExternal = define("get_admin_by_external", `SELECT `+adminColumns+` FROM admins WHERE issuer = $1 AND subject = $2 AND issuer <> ''`)
	listAdmins         = define("list_admins", `SELECT `+adminColumns+` FROM admins WHERE login > $1 ORDER BY login LIMIT $2`)
	addAdmin           = define("add_admin", `INSERT INTO admins (`+adminColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1) ON CONFLICT DO NOTHING`)
	putAdmin = define("put_admin", `UPDATE admins SET login = $2, name = $3, grants = $4, password = $5, disabled_at = $6,
		last_sign_in_at = $7, created_at = $8, updated_at = $9, issuer = $10, subject = $11, epoch = $12, version = version + 1
		WHERE admin_id = $1 AND version = $13`)
	takeAdmin = define("take_admin", `DELETE FROM admins WHERE admin_id = $1`)
)

// GetAdmin implements [symbolon.Admins].
func (s *Store) GetAdmin(ctx context.Context, id symbolon.AdminID) (symbolon.Admin, error) {
	return one(ctx, s.reader(), getAdmin, readAdmin, string(id))
}

// GetAdminByLogin implements [symbolon.Admins].
func (s *Store) GetAdminByLogin(ctx context.Context, login string) (symbolon.Admin, error) {
	return one(ctx, s.reader(), getAdminByLogin, readAdmin, login)
}

// GetAdminByExternal implements [symbolon.Admins].
func (s *Store) GetAdminByExternal(ctx context.Context, e symbolon.External) (symbolon.Admin, error) {
	return one(ctx, s.reader(), getAdminByExternal, readAdmin, e.Issuer, e.Subject)
}

// ListAdmins implements [symbolon.Admins].
func (s *Store) ListAdmins(ctx context.Context, after string, limit int) ([]symbolon.Admin, error) {
	return all(ctx, s.reader(), listAdmins, readAdmin, after, limit)
}

// PutAdmin implements [symbolon.Admins].
func (s *Store) PutAdmin(ctx context.Context, a symbolon.Admin) (symbolon.Admin, error) {
	if err := checkIDs(field{"adminId", string(a.ID)}, field{"login", a.Login}, field{"name", a.Name}); err != nil {
		return a, err
	}
	var external symbolon.External
	if a.External != nil {
		external = *a.External
	}
	if err := checkTexts(field{"password", a.Password}, field{"issuer", external.Issuer}, field{"subject", external.Subject}); err != nil {
		return a, err
	}
	grants, err := json.Marshal(a.Grants)
	if err != nil {
		return a, err
	}
	a.CreatedAt, a.UpdatedAt = symbolon.Micro(a.CreatedAt), symbolon.Micro(a.UpdatedAt)
	a.DisabledAt, a.LastSignInAt = kept(a.DisabledAt), kept(a.LastSignInAt)
	put, missing := putAdmin, error(symbolon.ErrStale)
	args := []any{
		string(a.ID), a.Login, a.Name, string(grants), a.Password, microOr(a.DisabledAt), microOr(a.LastSignInAt),
		micro(a.CreatedAt), micro(a.UpdatedAt), external.Issuer, external.Subject, a.Epoch,
	}
	if a.Version == 0 {
		put, missing = addAdmin, symbolon.Errorf(symbolon.ErrConflict, "there is an admin with this login, or who is the same at the provider, already")
	} else {
		args = append(args, a.Version)
	}
	err = s.write(ctx, func(d db) error {
		n, err := d.exec(ctx, put, args...)
		return notThere(n, err, missing)
	})
	if err == nil {
		a.Version++
	}
	return a, err
}

// TakeAdmin implements [symbolon.Admins].
func (s *Store) TakeAdmin(ctx context.Context, id symbolon.AdminID) error {
	return s.atomic(ctx, func(d db) error {
		for _, theirs := range []*statement{takeAdminSessions, takePasskeys} {
			if _, err := d.exec(ctx, theirs, string(id)); err != nil {
				return err
			}
		}
		n, err := d.exec(ctx, takeAdmin, string(id))
		return notThere(n, err, symbolon.ErrNotFound)
	})
}

func readAdmin(row scan) (a symbolon.Admin, err error) {
	var grants string
	var disabled, lastSignIn *int64
	var created, updated int64
	var external symbolon.External
	err = row(&a.ID, &a.Login, &a.Name, &grants, &a.Password, &disabled, &lastSignIn, &created, &updated,
		&external.Issuer, &external.Subject, &a.Epoch, &a.Version)
	if err != nil {
		return a, err
	}
	if external.Issuer != "" {
		a.External = &external
	}
	a.DisabledAt, a.LastSignInAt = fromMicroOr(disabled), fromMicroOr(lastSignIn)
	a.CreatedAt, a.UpdatedAt = fromMicro(created), fromMicro(updated)
	return a, json.Unmarshal([]byte(grants), &a.Grants)
}
