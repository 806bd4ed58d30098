-- +goose Up

-- Where a device was last, to list by.
ALTER TABLE device_use ADD COLUMN country TEXT NOT NULL DEFAULT '';
-- Of a device from before: the word before the tab of its latest visit.
UPDATE device_use SET country = substr(history, 1, instr(history, char(9)) - 1) WHERE history <> '';
UPDATE device_use SET country = substr(country, length(rtrim(country, replace(country, ' ', ''))) + 1) WHERE history <> '';

-- Which incident blocked a device, so that it can be undone, and what blocks it then.
ALTER TABLE devices ADD COLUMN block_incident TEXT NOT NULL DEFAULT '';
ALTER TABLE devices ADD COLUMN block_beneath TEXT NOT NULL DEFAULT '';

-- The log without its decisions, the latest first.
CREATE INDEX events_log ON events (app_id, id) WHERE type <> 'device.decided';

CREATE TABLE censuses (
    app_id   TEXT NOT NULL PRIMARY KEY,
    document TEXT NOT NULL,
    at       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

ALTER TABLE admins ADD COLUMN issuer TEXT NOT NULL DEFAULT '';
ALTER TABLE admins ADD COLUMN subject TEXT NOT NULL DEFAULT '';
ALTER TABLE admins ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX admins_external ON admins (issuer, subject) WHERE issuer <> '';
ALTER TABLE admin_sessions ADD COLUMN device_id TEXT NOT NULL DEFAULT '';

CREATE TABLE passkeys (
    credential   BLOB NOT NULL PRIMARY KEY,
    passkey_id   TEXT NOT NULL UNIQUE,
    admin_id     TEXT NOT NULL REFERENCES admins (admin_id),
    name         TEXT NOT NULL,
    document     TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    last_used_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX passkeys_admin ON passkeys (admin_id, created_at);

-- The app of the service's own, whose users are the admins.
ALTER TABLE apps ADD COLUMN built_in INTEGER NOT NULL DEFAULT 0;
ALTER TABLE credentials ADD COLUMN last_used_at INTEGER;
