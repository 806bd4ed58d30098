package sqlstore

import (
	"context"
	"time"

	"github.com/symbolon-id/symbolon"
)

const adminSessionColumns = `session_id, admin_id, hash, method, ip_address, user_agent, created_at, last_seen_at, authenticated_at, expires_at, device_id`

var (
	getAdminSession   = define("get_admin_session", `SELECT `+adminSessionColumns+` FROM admin_sessions WHERE hash = $1`)
	listAdminSessions = define("list_admin_sessions", `SELECT `+adminSessionColumns+` FROM admin_sessions
		WHERE admin_id = $1 ORDER BY created_at DESC, session_id DESC`)
	putAdminSession = define("put_admin_session", `INSERT INTO admin_sessions (`+adminSessionColumns+`)
		SELECT $1, admin_id, $3, $4, $5, $6, $7, $8, $9, $10, $11 FROM admins WHERE admin_id = $2`)
	seeAdminSession = define("see_admin_session", `UPDATE admin_sessions SET
		last_seen_at = CASE WHEN last_seen_at < $2 THEN $2 ELSE last_seen_at END,
		authenticated_at = CASE WHEN authenticated_at < $3 THEN $3 ELSE authenticated_at END WHERE session_id = $1`)
	bindAdminSession   = define("bind_admin_session", `UPDATE admin_sessions SET device_id = $2 WHERE session_id = $1`)
	takeAdminSession   = define("take_admin_session", `DELETE FROM admin_sessions WHERE admin_id = $1 AND session_id = $2`)
	takeAdminSessions  = define("take_admin_sessions", `DELETE FROM admin_sessions WHERE admin_id = $1`)
	pruneAdminSessions = define("prune_admin_sessions", `DELETE FROM admin_sessions WHERE session_id IN
		(SELECT session_id FROM admin_sessions WHERE expires_at < $1 OR last_seen_at < $2 LIMIT $3)`)
)

// GetAdminSession implements [symbolon.Admins].
func (s *Store) GetAdminSession(ctx context.Context, hash []byte) (symbolon.AdminSession, error) {
	return one(ctx, s.reader(), getAdminSession, readAdminSession, bytesOf(hash))
}

// ListAdminSessions implements [symbolon.Admins].
func (s *Store) ListAdminSessions(ctx context.Context, id symbolon.AdminID) ([]symbolon.AdminSession, error) {
	return all(ctx, s.reader(), listAdminSessions, readAdminSession, string(id))
}

// PutAdminSession implements [symbolon.Admins].
func (s *Store) PutAdminSession(ctx context.Context, a symbolon.AdminSession) error {
	if err := checkIDs(field{"sessionId", a.ID}, field{"adminId", string(a.AdminID)}, field{"method", string(a.Method)}); err != nil {
		return err
	}
	if err := checkTexts(field{"ipAddress", a.IPAddress}, field{"userAgent", a.UserAgent}, field{"deviceId", string(a.DeviceID)}); err != nil {
		return err
	}
	return s.write(ctx, func(d db) error {
		n, err := d.exec(ctx, putAdminSession, a.ID, string(a.AdminID), bytesOf(a.Hash), string(a.Method), a.IPAddress, a.UserAgent,
			micro(a.CreatedAt), micro(a.LastSeenAt), micro(a.AuthenticatedAt), micro(a.ExpiresAt), string(a.DeviceID))
		return notThere(n, err, symbolon.ErrNotFound)
	})
}

// SeeAdminSession implements [symbolon.Admins].
func (s *Store) SeeAdminSession(ctx context.Context, id string, seen, authenticated time.Time) error {
	return s.write(ctx, func(d db) error {
		n, err := d.exec(ctx, seeAdminSession, id, micro(seen), micro(authenticated))
		return notThere(n, err, symbolon.ErrNotFound)
	})
}

// BindAdminSession implements [symbolon.Admins].
func (s *Store) BindAdminSession(ctx context.Context, id string, device symbolon.DeviceID) error {
	if err := checkTexts(field{"deviceId", string(device)}); err != nil {
		return err
	}
	return s.write(ctx, func(d db) error {
		n, err := d.exec(ctx, bindAdminSession, id, string(device))
		return notThere(n, err, symbolon.ErrNotFound)
	})
}

// TakeAdminSession implements [symbolon.Admins].
func (s *Store) TakeAdminSession(ctx context.Context, admin symbolon.AdminID, id string) error {
	return s.write(ctx, func(d db) error {
		if id == "" {
			_, err := d.exec(ctx, takeAdminSessions, string(admin))
			return err
		}
		n, err := d.exec(ctx, takeAdminSession, string(admin), id)
		return notThere(n, err, symbolon.ErrNotFound)
	})
}

// PruneAdminSessions implements [symbolon.Admins].
func (s *Store) PruneAdminSessions(ctx context.Context, ended, seen time.Time, limit int) (n int, err error) {
	err = s.write(ctx, func(d db) error {
		n, err = d.exec(ctx, pruneAdminSessions, micro(ended), micro(seen), limit)
		return err
	})
	return n, err
}

func readAdminSession(row scan) (a symbolon.AdminSession, err error) {
	var created, seen, authenticated, expires int64
	err = row(&a.ID, &a.AdminID, &a.Hash, &a.Method, &a.IPAddress, &a.UserAgent, &created, &seen, &authenticated, &expires, &a.DeviceID)
	a.CreatedAt, a.LastSeenAt, a.AuthenticatedAt, a.ExpiresAt = fromMicro(created), fromMicro(seen), fromMicro(authenticated), fromMicro(expires)
	return a, err
}
