-- +goose Up

ALTER TABLE apps ADD COLUMN issuers TEXT NOT NULL DEFAULT '[]';

ALTER TABLE devices ADD COLUMN session_bound_at INTEGER;

CREATE TABLE sessions (
    app_id       TEXT NOT NULL,
    session_id   TEXT NOT NULL,
    user_id      TEXT NOT NULL,
    device_id    TEXT NOT NULL,
    thumbprint   TEXT NOT NULL,
    origin       TEXT NOT NULL,
    public_key   TEXT NOT NULL,
    risk_score   INTEGER NOT NULL,
    trusted      INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    refreshed_at INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    PRIMARY KEY (app_id, session_id)
) STRICT;
CREATE INDEX sessions_device ON sessions (app_id, device_id);
CREATE INDEX sessions_end ON sessions (expires_at);
