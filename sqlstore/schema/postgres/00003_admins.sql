-- +goose Up

-- The people who administer Symbolon. They belong to no app, and are few.
CREATE TABLE admins (
    admin_id        TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    login           TEXT COLLATE "C" NOT NULL UNIQUE,
    name            TEXT COLLATE "C" NOT NULL,
    grants          TEXT COLLATE "C" NOT NULL,
    password        TEXT COLLATE "C" NOT NULL,
    disabled_at     BIGINT,
    last_sign_in_at BIGINT,
    created_at      BIGINT NOT NULL,
    updated_at      BIGINT NOT NULL,
    version         BIGINT NOT NULL
);

CREATE TABLE admin_sessions (
    session_id       TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    admin_id         TEXT COLLATE "C" NOT NULL REFERENCES admins (admin_id),
    hash             BYTEA NOT NULL UNIQUE,
    method           TEXT COLLATE "C" NOT NULL,
    ip_address       TEXT COLLATE "C" NOT NULL,
    user_agent       TEXT COLLATE "C" NOT NULL,
    created_at       BIGINT NOT NULL,
    last_seen_at     BIGINT NOT NULL,
    authenticated_at BIGINT NOT NULL,
    expires_at       BIGINT NOT NULL
);
CREATE INDEX admin_sessions_admin ON admin_sessions (admin_id, created_at);
CREATE INDEX admin_sessions_ends ON admin_sessions (expires_at);
CREATE INDEX admin_sessions_idle ON admin_sessions (last_seen_at);
