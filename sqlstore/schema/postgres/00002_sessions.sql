-- +goose Up

ALTER TABLE apps ADD COLUMN issuers TEXT COLLATE "C" NOT NULL DEFAULT '[]';

ALTER TABLE devices ADD COLUMN session_bound_at BIGINT;

CREATE TABLE sessions (
    app_id       TEXT COLLATE "C" NOT NULL,
    session_id   TEXT COLLATE "C" NOT NULL,
    user_id      TEXT COLLATE "C" NOT NULL,
    device_id    TEXT COLLATE "C" NOT NULL,
    thumbprint   TEXT COLLATE "C" NOT NULL,
    origin       TEXT COLLATE "C" NOT NULL,
    public_key   TEXT COLLATE "C" NOT NULL,
    risk_score   BIGINT NOT NULL,
    trusted      BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    refreshed_at BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    PRIMARY KEY (app_id, session_id)
);
CREATE INDEX sessions_device ON sessions (app_id, device_id);
CREATE INDEX sessions_end ON sessions (expires_at);
