package sqlstore

import (
	"context"
	"time"

	"github.com/symbolon-id/symbolon"
)

const sessionColumns = `app_id, session_id, user_id, device_id, thumbprint, origin, public_key, risk_score, trusted,
	created_at, refreshed_at, expires_at`

var (
	getSession = define("get_session", `SELECT `+sessionColumns+` FROM sessions WHERE app_id = $1 AND session_id = $2`)

	// Nothing is put where there is no such device, nor into another device's session.
	putSession = define("put_session", `INSERT INTO sessions (`+sessionColumns+`)
		SELECT app_id, $2, user_id, device_id, $5, $6, $7, $8, $9, $10, $11, $12
		FROM devices WHERE app_id = $1 AND device_id = $4 AND user_id = $3
		ON CONFLICT (app_id, session_id) DO UPDATE SET
			risk_score = excluded.risk_score, trusted = excluded.trusted, refreshed_at = excluded.refreshed_at
		WHERE sessions.device_id = excluded.device_id`)

	takeDeviceSessions = define("take_device_sessions", `DELETE FROM sessions WHERE app_id = $1 AND device_id = $2`)

	pruneSessions = prune("prune_sessions", "sessions", "app_id, session_id", "expires_at")
)

// GetSession implements [symbolon.Sessions].
func (s *Store) GetSession(ctx context.Context, app symbolon.AppID, id string) (symbolon.BoundSession, error) {
	return one(ctx, s.reader(), getSession, readSession, string(app), id)
}

// PutSession implements [symbolon.Sessions]. It is a transaction, so that on PostgreSQL it
// does not slip in behind the back of one that removes the device.
func (s *Store) PutSession(ctx context.Context, b symbolon.BoundSession) error {
	if err := checkSession(b); err != nil {
		return err
	}
	return s.atomic(ctx, func(d db) error {
		n, err := d.exec(ctx, putSession, string(b.AppID), b.ID, string(b.UserID), string(b.DeviceID), b.Thumbprint, b.Origin,
			string(b.PublicKey), int64(b.RiskScore), flag(b.Trusted), micro(b.CreatedAt), micro(b.RefreshedAt), micro(b.ExpiresAt))
		return notThere(n, err, symbolon.ErrNotFound)
	})
}

// PruneSessions implements [symbolon.Sessions].
func (s *Store) PruneSessions(ctx context.Context, before time.Time, limit int) (n int, err error) {
	err = s.write(ctx, func(d db) error {
		n, err = d.exec(ctx, pruneSessions, micro(before), limit)
		return err
	})
	return n, err
}

func checkSession(b symbolon.BoundSession) error {
	if err := checkIDs(
		field{"app", string(b.AppID)}, field{"sessionId", b.ID}, field{"userId", string(b.UserID)}, field{"deviceId", string(b.DeviceID)},
	); err != nil {
		return err
	}
	if err := checkTexts(field{"thumbprint", b.Thumbprint}, field{"origin", b.Origin}); err != nil {
		return err
	}
	return checkJSON("publicKey", b.PublicKey)
}

func readSession(row scan) (b symbolon.BoundSession, err error) {
	var public string
	var trusted, created, refreshed, expires int64
	err = row(&b.AppID, &b.ID, &b.UserID, &b.DeviceID, &b.Thumbprint, &b.Origin, &public, &b.RiskScore, &trusted,
		&created, &refreshed, &expires)
	b.PublicKey, b.Trusted = document(public), trusted != 0
	b.CreatedAt, b.RefreshedAt, b.ExpiresAt = fromMicro(created), fromMicro(refreshed), fromMicro(expires)
	return b, err
}
