-- +goose Up

CREATE TABLE apps (
    app_id     TEXT NOT NULL PRIMARY KEY,
    name       TEXT NOT NULL,
    origins    TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- An id of an app that was removed is never given again.
CREATE TABLE removed_apps (
    app_id TEXT NOT NULL PRIMARY KEY,
    at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE policies (
    app_id   TEXT NOT NULL,
    version  INTEGER NOT NULL,
    document TEXT NOT NULL,
    at       INTEGER NOT NULL,
    by       TEXT NOT NULL,
    PRIMARY KEY (app_id, version)
) STRICT;

CREATE TABLE credentials (
    app_id        TEXT NOT NULL,
    credential_id TEXT NOT NULL,
    hash          BLOB NOT NULL,
    name          TEXT NOT NULL,
    scopes        TEXT NOT NULL,
    role          TEXT NOT NULL,
    created_at    INTEGER NOT NULL,
    expires_at    INTEGER,
    revoked_at    INTEGER,
    PRIMARY KEY (app_id, credential_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX credentials_hash ON credentials (app_id, hash);

CREATE TABLE users (
    app_id         TEXT NOT NULL,
    user_id        TEXT NOT NULL,
    not_before     INTEGER,
    deactivated_at INTEGER,
    epoch          TEXT NOT NULL,
    PRIMARY KEY (app_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE devices (
    app_id           TEXT NOT NULL,
    device_id        TEXT NOT NULL,
    user_id          TEXT NOT NULL,
    key_id           TEXT,
    endpoint_id      TEXT NOT NULL,
    status           TEXT NOT NULL,
    name             TEXT NOT NULL,
    name_folded      TEXT NOT NULL,
    renamed          INTEGER NOT NULL,
    type             TEXT NOT NULL,
    platform         TEXT NOT NULL,
    user_agent       TEXT NOT NULL,
    operating_system TEXT NOT NULL,
    browser          TEXT NOT NULL,
    fingerprint      TEXT NOT NULL,
    manufacturer_id  TEXT NOT NULL,
    traits           TEXT NOT NULL,
    metadata         TEXT NOT NULL,
    push_config      TEXT NOT NULL,
    proven_at        INTEGER,
    block_at         INTEGER,
    block_by         TEXT NOT NULL,
    block_reason     TEXT NOT NULL,
    block_cause      TEXT NOT NULL,
    block_until      INTEGER,
    block_before     TEXT NOT NULL,
    trusted_at       INTEGER,
    granted_at       INTEGER,
    trusted_until    INTEGER,
    idle_timeout     INTEGER,
    trust_factor     TEXT NOT NULL,
    revoked_at       INTEGER,
    revoked_reason   TEXT NOT NULL,
    revoked_by       TEXT NOT NULL,
    created_at       INTEGER NOT NULL,
    updated_at       INTEGER NOT NULL,
    version          INTEGER NOT NULL,
    PRIMARY KEY (app_id, device_id)
) STRICT;
CREATE UNIQUE INDEX devices_identity ON devices (app_id, user_id, key_id);
CREATE INDEX devices_key ON devices (app_id, key_id);
CREATE INDEX devices_created ON devices (app_id, created_at, device_id);
CREATE INDEX devices_name ON devices (app_id, name_folded, device_id);
CREATE INDEX devices_blocked ON devices (block_until) WHERE status = 'blocked' AND block_until IS NOT NULL;
CREATE INDEX devices_pending ON devices (created_at) WHERE status = 'pending';
-- What a decision asks of the devices around one.
CREATE INDEX devices_active ON devices (app_id, user_id) WHERE status = 'active';
CREATE INDEX devices_refused ON devices (app_id, user_id, block_at) WHERE status = 'blocked';
CREATE INDEX devices_hardware ON devices (app_id, manufacturer_id, user_id) WHERE manufacturer_id <> '';

CREATE TABLE device_use (
    app_id           TEXT NOT NULL,
    device_id        TEXT NOT NULL,
    usage_count      INTEGER NOT NULL,
    seen_at          INTEGER NOT NULL,
    last_used_at     INTEGER,
    last_verified_at INTEGER,
    ip_address       TEXT NOT NULL,
    location         TEXT NOT NULL,
    risk_score       INTEGER NOT NULL,
    history          TEXT NOT NULL,
    PRIMARY KEY (app_id, device_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX device_use_seen ON device_use (app_id, seen_at, device_id);
CREATE INDEX device_use_risk ON device_use (app_id, risk_score, device_id);

CREATE TABLE keys (
    app_id     TEXT NOT NULL,
    key_id     TEXT NOT NULL,
    thumbprint TEXT NOT NULL,
    public_key TEXT NOT NULL,
    storage    TEXT NOT NULL,
    rotations  INTEGER NOT NULL,
    blocked_at INTEGER,
    created_at INTEGER NOT NULL,
    rotated_at INTEGER,
    version    INTEGER NOT NULL,
    PRIMARY KEY (app_id, key_id)
) STRICT;

CREATE TABLE thumbprints (
    app_id     TEXT NOT NULL,
    thumbprint TEXT NOT NULL,
    key_id     TEXT NOT NULL,
    past       INTEGER NOT NULL,
    PRIMARY KEY (app_id, thumbprint)
) STRICT, WITHOUT ROWID;
CREATE INDEX thumbprints_key ON thumbprints (app_id, key_id);

CREATE TABLE spent (
    app_id    TEXT NOT NULL,
    spend_key BLOB NOT NULL,
    until     INTEGER NOT NULL,
    PRIMARY KEY (app_id, spend_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX spent_until ON spent (until);

CREATE TABLE events (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    app_id     TEXT NOT NULL,
    type       TEXT NOT NULL,
    at         INTEGER NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id   TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    device_id  TEXT NOT NULL,
    ip_address TEXT NOT NULL,
    data       TEXT NOT NULL,
    salt       BLOB,
    commitment BLOB,
    spend      BLOB
) STRICT;
-- It holds the events without a spend too, so that those of a removed app are found.
CREATE UNIQUE INDEX events_spend ON events (app_id, spend);
CREATE INDEX events_device ON events (app_id, device_id, id) WHERE device_id <> '';
CREATE INDEX events_user ON events (app_id, user_id, id) WHERE type <> 'device.decided' AND user_id <> '';

CREATE TABLE seals (
    app_id TEXT NOT NULL,
    seq    INTEGER NOT NULL,
    ids    BLOB NOT NULL,
    chain  BLOB NOT NULL,
    at     INTEGER NOT NULL,
    PRIMARY KEY (app_id, seq)
) STRICT;

CREATE TABLE checkpoints (
    app_id    TEXT NOT NULL PRIMARY KEY,
    seq       INTEGER NOT NULL,
    chain     BLOB NOT NULL,
    at        INTEGER NOT NULL,
    signature BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- How far the sealer came, over all apps.
CREATE TABLE sealer (
    one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    id  INTEGER NOT NULL
) STRICT;
INSERT INTO sealer (one, id) VALUES (1, 0);

-- How far addresses were cut: in the app's events, and in its devices by when they were seen.
CREATE TABLE sweeps (
    app_id     TEXT NOT NULL PRIMARY KEY,
    cut_seq    INTEGER NOT NULL,
    cut_seen   INTEGER NOT NULL,
    cut_device TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What is left to strip of erased users: the events up to up_to of each device, and with
-- device_id '' the user's own. Those up to done are stripped.
CREATE TABLE erasures (
    app_id    TEXT NOT NULL,
    user_id   TEXT NOT NULL,
    device_id TEXT NOT NULL,
    done      INTEGER NOT NULL,
    up_to     INTEGER NOT NULL,
    PRIMARY KEY (app_id, user_id, device_id)
) STRICT, WITHOUT ROWID;

-- The epoch of a user who was erased, under a keyed hash of their id.
CREATE TABLE erased (
    app_id TEXT NOT NULL,
    tag    BLOB NOT NULL,
    epoch  TEXT NOT NULL,
    until  INTEGER NOT NULL,
    PRIMARY KEY (app_id, tag)
) STRICT, WITHOUT ROWID;
CREATE INDEX erased_until ON erased (until);

-- How often something happened in the hour that begins then.
CREATE TABLE tallies (
    app_id TEXT NOT NULL,
    hour   INTEGER NOT NULL,
    kind   TEXT NOT NULL,
    name   TEXT NOT NULL,
    count  INTEGER NOT NULL,
    PRIMARY KEY (app_id, hour, kind, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX tallies_hour ON tallies (hour);

CREATE TABLE incidents (
    app_id      TEXT NOT NULL,
    incident_id TEXT NOT NULL,
    document    TEXT NOT NULL,
    after       TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    finished_at INTEGER,
    PRIMARY KEY (app_id, incident_id)
) STRICT;
CREATE INDEX incidents_created ON incidents (app_id, created_at, incident_id);
CREATE INDEX incidents_open ON incidents (created_at, incident_id) WHERE finished_at IS NULL;

CREATE TABLE tombstones (
    app_id   TEXT NOT NULL,
    key_tag  BLOB NOT NULL,
    user_tag BLOB NOT NULL,
    at       INTEGER NOT NULL,
    PRIMARY KEY (app_id, key_tag)
) STRICT, WITHOUT ROWID;
CREATE INDEX tombstones_user ON tombstones (app_id, user_tag);

-- tag is a digest of caller, operation and key.
CREATE TABLE answers (
    app_id  TEXT NOT NULL,
    tag     BLOB NOT NULL,
    payload BLOB NOT NULL,
    user_id TEXT NOT NULL,
    status  INTEGER NOT NULL,
    header  BLOB,
    body    BLOB,
    at      INTEGER NOT NULL,
    PRIMARY KEY (app_id, tag)
) STRICT;
CREATE INDEX answers_user ON answers (app_id, user_id) WHERE user_id <> '';
CREATE INDEX answers_at ON answers (at);
