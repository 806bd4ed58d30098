-- +goose Up

-- The people who administer Symbolon. They belong to no app, and are few.
CREATE TABLE admins (
    admin_id        TEXT NOT NULL PRIMARY KEY,
    login           TEXT NOT NULL UNIQUE,
    name            TEXT NOT NULL,
    grants          TEXT NOT NULL,
    password        TEXT NOT NULL,
    disabled_at     INTEGER,
    last_sign_in_at INTEGER,
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    version         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE admin_sessions (
    session_id       TEXT NOT NULL PRIMARY KEY,
    admin_id         TEXT NOT NULL REFERENCES admins (admin_id),
    hash             BLOB NOT NULL UNIQUE,
    method           TEXT NOT NULL,
    ip_address       TEXT NOT NULL,
    user_agent       TEXT NOT NULL,
    created_at       INTEGER NOT NULL,
    last_seen_at     INTEGER NOT NULL,
    authenticated_at INTEGER NOT NULL,
    expires_at       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX admin_sessions_admin ON admin_sessions (admin_id, created_at);
CREATE INDEX admin_sessions_ends ON admin_sessions (expires_at);
CREATE INDEX admin_sessions_idle ON admin_sessions (last_seen_at);
