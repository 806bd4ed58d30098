package symbolon

import (
	"context"
	"time"
)

// Admins keeps the people who administer Symbolon, and who of them is signed in.
type Admins interface {
	GetAdmin(ctx context.Context, id AdminID) (Admin, error)
	GetAdminByLogin(ctx context.Context, login string) (Admin, error)

	// ListAdmins gives up to limit admins in order of login, after the given one.
	ListAdmins(ctx context.Context, after string, limit int) ([]Admin, error)

	// PutAdmin stores a new admin (Version 0; ErrConflict if the login is taken) or a changed
	// one (ErrStale), and gives it its next version.
	PutAdmin(ctx context.Context, a Admin) (Admin, error)

	// GetAdminByExternal finds by who they are at an OIDC provider.
	GetAdminByExternal(ctx context.Context, e External) (Admin, error)

	// ListPasskeys gives an admin's passkeys, the latest first.
	ListPasskeys(ctx context.Context, id AdminID) ([]Passkey, error)

	// GetPasskey finds by the credential's id.
	GetPasskey(ctx context.Context, credential []byte) (Passkey, error)

	// PutPasskey stores a passkey, or its changed Name, Document and LastUsedAt. ErrNotFound
	// for an admin who is not there, ErrConflict for another admin's credential.
	PutPasskey(ctx context.Context, p Passkey) error

	// TakePasskey removes one of an admin; with id "" all of them.
	TakePasskey(ctx context.Context, admin AdminID, id string) error

	// BindAdminSession notes the device that a session showed. ErrNotFound for one that ended.
	BindAdminSession(ctx context.Context, id string, device DeviceID) error

	// TakeAdmin removes an admin with their sessions and passkeys.
	TakeAdmin(ctx context.Context, id AdminID) error

	// GetAdminSession finds by the hash of the secret.
	GetAdminSession(ctx context.Context, hash []byte) (AdminSession, error)

	// ListAdminSessions gives an admin's sessions, the latest first.
	ListAdminSessions(ctx context.Context, id AdminID) ([]AdminSession, error)

	// PutAdminSession stores a new session. ErrNotFound for an admin who is not there.
	PutAdminSession(ctx context.Context, s AdminSession) error

	// SeeAdminSession notes when a session was last seen, and when its admin last showed who
	// they are; neither goes back. ErrNotFound for a session that was ended: it stays ended.
	SeeAdminSession(ctx context.Context, id string, seen, authenticated time.Time) error

	// TakeAdminSession ends one session of an admin; with id "" it ends all of them.
	TakeAdminSession(ctx context.Context, admin AdminID, id string) error

	// PruneAdminSessions forgets up to limit sessions that ended before the given time, or
	// were last seen before the other.
	PruneAdminSessions(ctx context.Context, ended, seen time.Time, limit int) (int, error)
}

// Sessions keeps bound sessions. They go with their device, their user and their app.
type Sessions interface {
	GetSession(ctx context.Context, app AppID, id string) (BoundSession, error)

	// PutSession stores a session, or its changed RefreshedAt, RiskScore and Trusted.
	PutSession(ctx context.Context, s BoundSession) error

	// PruneSessions forgets up to limit sessions that ended before the given time.
	PruneSessions(ctx context.Context, before time.Time, limit int) (int, error)
}
