-- +goose Up

CREATE TABLE apps (
    app_id     TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name       TEXT COLLATE "C" NOT NULL,
    origins    TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version    BIGINT NOT NULL
);

-- An id of an app that was removed is never given again.
CREATE TABLE removed_apps (
    app_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    at     BIGINT NOT NULL
);

CREATE TABLE policies (
    app_id   TEXT COLLATE "C" NOT NULL,
    version  BIGINT NOT NULL,
    document TEXT COLLATE "C" NOT NULL,
    at       BIGINT NOT NULL,
    by       TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (app_id, version)
);

CREATE TABLE credentials (
    app_id        TEXT COLLATE "C" NOT NULL,
    credential_id TEXT COLLATE "C" NOT NULL,
    hash          BYTEA NOT NULL,
    name          TEXT COLLATE "C" NOT NULL,
    scopes        TEXT COLLATE "C" NOT NULL,
    role          TEXT COLLATE "C" NOT NULL,
    created_at    BIGINT NOT NULL,
    expires_at    BIGINT,
    revoked_at    BIGINT,
    PRIMARY KEY (app_id, credential_id)
);
CREATE UNIQUE INDEX credentials_hash ON credentials (app_id, hash);

CREATE TABLE users (
    app_id         TEXT COLLATE "C" NOT NULL,
    user_id        TEXT COLLATE "C" NOT NULL,
    not_before     BIGINT,
    deactivated_at BIGINT,
    epoch          TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (app_id, user_id)
);

CREATE TABLE devices (
    app_id           TEXT COLLATE "C" NOT NULL,
    device_id        TEXT COLLATE "C" NOT NULL,
    user_id          TEXT COLLATE "C" NOT NULL,
    key_id           TEXT COLLATE "C",
    endpoint_id      TEXT COLLATE "C" NOT NULL,
    status           TEXT COLLATE "C" NOT NULL,
    name             TEXT COLLATE "C" NOT NULL,
    name_folded      TEXT COLLATE "C" NOT NULL,
    renamed          BIGINT NOT NULL,
    type             TEXT COLLATE "C" NOT NULL,
    platform         TEXT COLLATE "C" NOT NULL,
    user_agent       TEXT COLLATE "C" NOT NULL,
    operating_system TEXT COLLATE "C" NOT NULL,
    browser          TEXT COLLATE "C" NOT NULL,
    fingerprint      TEXT COLLATE "C" NOT NULL,
    manufacturer_id  TEXT COLLATE "C" NOT NULL,
    traits           TEXT COLLATE "C" NOT NULL,
    metadata         TEXT COLLATE "C" NOT NULL,
    push_config      TEXT COLLATE "C" NOT NULL,
    proven_at        BIGINT,
    block_at         BIGINT,
    block_by         TEXT COLLATE "C" NOT NULL,
    block_reason     TEXT COLLATE "C" NOT NULL,
    block_cause      TEXT COLLATE "C" NOT NULL,
    block_until      BIGINT,
    block_before     TEXT COLLATE "C" NOT NULL,
    trusted_at       BIGINT,
    granted_at       BIGINT,
    trusted_until    BIGINT,
    idle_timeout     BIGINT,
    trust_factor     TEXT COLLATE "C" NOT NULL,
    revoked_at       BIGINT,
    revoked_reason   TEXT COLLATE "C" NOT NULL,
    revoked_by       TEXT COLLATE "C" NOT NULL,
    created_at       BIGINT NOT NULL,
    updated_at       BIGINT NOT NULL,
    version          BIGINT NOT NULL,
    PRIMARY KEY (app_id, device_id)
);
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
    app_id           TEXT COLLATE "C" NOT NULL,
    device_id        TEXT COLLATE "C" NOT NULL,
    usage_count      BIGINT NOT NULL,
    seen_at          BIGINT NOT NULL,
    last_used_at     BIGINT,
    last_verified_at BIGINT,
    ip_address       TEXT COLLATE "C" NOT NULL,
    location         TEXT COLLATE "C" NOT NULL,
    risk_score       BIGINT NOT NULL,
    history          TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (app_id, device_id)
) WITH (fillfactor = 80);
CREATE INDEX device_use_seen ON device_use (app_id, seen_at, device_id);
CREATE INDEX device_use_risk ON device_use (app_id, risk_score, device_id);

CREATE TABLE keys (
    app_id     TEXT COLLATE "C" NOT NULL,
    key_id     TEXT COLLATE "C" NOT NULL,
    thumbprint TEXT COLLATE "C" NOT NULL,
    public_key TEXT COLLATE "C" NOT NULL,
    storage    TEXT COLLATE "C" NOT NULL,
    rotations  BIGINT NOT NULL,
    blocked_at BIGINT,
    created_at BIGINT NOT NULL,
    rotated_at BIGINT,
    version    BIGINT NOT NULL,
    PRIMARY KEY (app_id, key_id)
);

CREATE TABLE thumbprints (
    app_id     TEXT COLLATE "C" NOT NULL,
    thumbprint TEXT COLLATE "C" NOT NULL,
    key_id     TEXT COLLATE "C" NOT NULL,
    past       BIGINT NOT NULL,
    PRIMARY KEY (app_id, thumbprint)
);
CREATE INDEX thumbprints_key ON thumbprints (app_id, key_id);

CREATE TABLE spent (
    app_id    TEXT COLLATE "C" NOT NULL,
    spend_key BYTEA NOT NULL,
    until     BIGINT NOT NULL,
    PRIMARY KEY (app_id, spend_key)
);
CREATE INDEX spent_until ON spent (until);

-- Only inserting an event draws a number, so whoever holds one has a lock on events by
-- which the sealer knows them.
CREATE SEQUENCE event_ids;
CREATE TABLE events (
    id         BIGINT NOT NULL DEFAULT nextval('event_ids'),
    app_id     TEXT COLLATE "C" NOT NULL,
    type       TEXT COLLATE "C" NOT NULL,
    at         BIGINT NOT NULL,
    actor_kind TEXT COLLATE "C" NOT NULL,
    actor_id   TEXT COLLATE "C" NOT NULL,
    user_id    TEXT COLLATE "C" NOT NULL,
    device_id  TEXT COLLATE "C" NOT NULL,
    ip_address TEXT COLLATE "C" NOT NULL,
    data       TEXT COLLATE "C" NOT NULL,
    salt       BYTEA,
    commitment BYTEA,
    spend      BYTEA,
    PRIMARY KEY (app_id, id)
);
ALTER SEQUENCE event_ids OWNED BY events.id;
CREATE INDEX events_order ON events (id);
CREATE UNIQUE INDEX events_spend ON events (app_id, spend) WHERE spend IS NOT NULL;
CREATE INDEX events_device ON events (app_id, device_id, id) WHERE device_id <> '';
CREATE INDEX events_user ON events (app_id, user_id, id) WHERE type <> 'device.decided' AND user_id <> '';

CREATE TABLE seals (
    app_id TEXT COLLATE "C" NOT NULL,
    seq    BIGINT NOT NULL,
    ids    BYTEA NOT NULL,
    chain  BYTEA NOT NULL,
    at     BIGINT NOT NULL,
    PRIMARY KEY (app_id, seq)
);

CREATE TABLE checkpoints (
    app_id    TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    seq       BIGINT NOT NULL,
    chain     BYTEA NOT NULL,
    at        BIGINT NOT NULL,
    signature BYTEA NOT NULL
);

-- How far the sealer came, over all apps. All ids up to mark_id are final once none of
-- mark_writers, transactions as pg_locks names them, runs any more.
CREATE TABLE sealer (
    one          BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
    id           BIGINT NOT NULL,
    mark_id      BIGINT NOT NULL,
    mark_writers TEXT[] COLLATE "C" NOT NULL
);
INSERT INTO sealer (one, id, mark_id, mark_writers) VALUES (1, 0, 0, '{}');

-- How far addresses were cut: in the app's events, and in its devices by when they were seen.
CREATE TABLE sweeps (
    app_id     TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    cut_seq    BIGINT NOT NULL,
    cut_seen   BIGINT NOT NULL,
    cut_device TEXT COLLATE "C" NOT NULL
);

-- What is left to strip of erased users: the events up to up_to of each device, and with
-- device_id '' the user's own. Those up to done are stripped.
CREATE TABLE erasures (
    app_id    TEXT COLLATE "C" NOT NULL,
    user_id   TEXT COLLATE "C" NOT NULL,
    device_id TEXT COLLATE "C" NOT NULL,
    done      BIGINT NOT NULL,
    up_to     BIGINT NOT NULL,
    PRIMARY KEY (app_id, user_id, device_id)
);

-- The epoch of a user who was erased, under a keyed hash of their id.
CREATE TABLE erased (
    app_id TEXT COLLATE "C" NOT NULL,
    tag    BYTEA NOT NULL,
    epoch  TEXT COLLATE "C" NOT NULL,
    until  BIGINT NOT NULL,
    PRIMARY KEY (app_id, tag)
);
CREATE INDEX erased_until ON erased (until);

-- How often something happened in the hour that begins then.
CREATE TABLE tallies (
    app_id TEXT COLLATE "C" NOT NULL,
    hour   BIGINT NOT NULL,
    kind   TEXT COLLATE "C" NOT NULL,
    name   TEXT COLLATE "C" NOT NULL,
    count  BIGINT NOT NULL,
    PRIMARY KEY (app_id, hour, kind, name)
) WITH (fillfactor = 80);
CREATE INDEX tallies_hour ON tallies (hour);

CREATE TABLE incidents (
    app_id      TEXT COLLATE "C" NOT NULL,
    incident_id TEXT COLLATE "C" NOT NULL,
    document    TEXT COLLATE "C" NOT NULL,
    after       TEXT COLLATE "C" NOT NULL,
    created_at  BIGINT NOT NULL,
    finished_at BIGINT,
    PRIMARY KEY (app_id, incident_id)
);
CREATE INDEX incidents_created ON incidents (app_id, created_at, incident_id);
CREATE INDEX incidents_open ON incidents (created_at, incident_id) WHERE finished_at IS NULL;

CREATE TABLE tombstones (
    app_id   TEXT COLLATE "C" NOT NULL,
    key_tag  BYTEA NOT NULL,
    user_tag BYTEA NOT NULL,
    at       BIGINT NOT NULL,
    PRIMARY KEY (app_id, key_tag)
);
CREATE INDEX tombstones_user ON tombstones (app_id, user_tag);

-- tag is a digest of caller, operation and key.
CREATE TABLE answers (
    app_id  TEXT COLLATE "C" NOT NULL,
    tag     BYTEA NOT NULL,
    payload BYTEA NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    status  BIGINT NOT NULL,
    header  BYTEA,
    body    BYTEA,
    at      BIGINT NOT NULL,
    PRIMARY KEY (app_id, tag)
);
CREATE INDEX answers_user ON answers (app_id, user_id) WHERE user_id <> '';
CREATE INDEX answers_at ON answers (at);
