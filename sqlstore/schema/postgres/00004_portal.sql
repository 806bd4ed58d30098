-- +goose Up

-- Where a device was last, to list by.
ALTER TABLE device_use ADD COLUMN country TEXT COLLATE "C" NOT NULL DEFAULT '';
-- Of a device from before: the word before the tab of its latest visit.
UPDATE device_use SET country = COALESCE(substring(history FROM '^(?:[^ \n]* ){6}([^\t\n]*)\t'), '') WHERE history <> '';

-- Which incident blocked a device, so that it can be undone, and what blocks it then.
ALTER TABLE devices ADD COLUMN block_incident TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE devices ADD COLUMN block_beneath TEXT COLLATE "C" NOT NULL DEFAULT '';

-- The log without its decisions, the latest first.
CREATE INDEX events_log ON events (app_id, id) WHERE type <> 'device.decided';

CREATE TABLE censuses (
    app_id   TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    document TEXT COLLATE "C" NOT NULL,
    at       BIGINT NOT NULL
);

ALTER TABLE admins ADD COLUMN issuer TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE admins ADD COLUMN subject TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE admins ADD COLUMN epoch BIGINT NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX admins_external ON admins (issuer, subject) WHERE issuer <> '';
ALTER TABLE admin_sessions ADD COLUMN device_id TEXT COLLATE "C" NOT NULL DEFAULT '';

CREATE TABLE passkeys (
    credential   BYTEA NOT NULL PRIMARY KEY,
    passkey_id   TEXT COLLATE "C" NOT NULL UNIQUE,
    admin_id     TEXT COLLATE "C" NOT NULL REFERENCES admins (admin_id),
    name         TEXT COLLATE "C" NOT NULL,
    document     TEXT COLLATE "C" NOT NULL,
    created_at   BIGINT NOT NULL,
    last_used_at BIGINT
);
CREATE INDEX passkeys_admin ON passkeys (admin_id, created_at);

-- The app of the service's own, whose users are the admins.
ALTER TABLE apps ADD COLUMN built_in BIGINT NOT NULL DEFAULT 0;
ALTER TABLE credentials ADD COLUMN last_used_at BIGINT;
