-- Instants are microseconds UTC, durations microseconds. Sealed columns are marked.

CREATE TABLE accounts (
    appid        TEXT PRIMARY KEY,
    secret       TEXT NOT NULL,               -- sealed
    endpoint     TEXT NOT NULL,
    last_version BIGINT NOT NULL              -- a job that is registered again counts on from here
);

CREATE TABLE jobs (
    appid       TEXT NOT NULL REFERENCES accounts (appid),
    kind        TEXT NOT NULL,
    subject     TEXT NOT NULL,
    bound       TEXT NOT NULL,                -- the effective subject
    params      TEXT NOT NULL,                -- sealed list of URLs, newest registration first; or empty
    credential  TEXT,                         -- sealed: value, answer, refresh token
    version     BIGINT NOT NULL,
    issued_at   BIGINT,
    expires_at  BIGINT,
    renew_at    BIGINT,
    longest     BIGINT NOT NULL DEFAULT 0,
    due_at      BIGINT NOT NULL,              -- while claimed: the end of the claim
    claimed_by  TEXT,
    attempts    BIGINT NOT NULL DEFAULT 0,
    quota_day   BIGINT NOT NULL DEFAULT 0,
    calls       BIGINT NOT NULL DEFAULT 0,
    forces      BIGINT NOT NULL DEFAULT 0,
    forced_at   BIGINT,
    fault       TEXT,
    waits_on    TEXT NOT NULL DEFAULT '',
    revision    BIGINT NOT NULL DEFAULT 1,
    suspect     BIGINT NOT NULL DEFAULT 0,
    asks_params BIGINT NOT NULL DEFAULT 1,
    PRIMARY KEY (appid, kind, subject)
);

CREATE INDEX jobs_due ON jobs (due_at);
CREATE INDEX jobs_bound ON jobs (appid, kind, bound);
CREATE INDEX jobs_waiting ON jobs (appid, waits_on) WHERE waits_on <> '';

CREATE TABLE registrations (
    appid      TEXT NOT NULL,
    kind       TEXT NOT NULL,
    subject    TEXT NOT NULL,
    owner      TEXT NOT NULL,
    notify     TEXT NOT NULL,                 -- sealed, or empty
    params     TEXT NOT NULL,                 -- sealed, or empty
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (appid, kind, subject, owner),
    FOREIGN KEY (appid, kind, subject) REFERENCES jobs (appid, kind, subject) ON DELETE CASCADE
);

CREATE TABLE pushes (
    appid       TEXT NOT NULL,
    name        TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    value       TEXT NOT NULL,                -- sealed
    PRIMARY KEY (appid, name, received_at)
);

CREATE TABLE deliveries (
    id           BIGINT PRIMARY KEY,
    channel      TEXT NOT NULL,
    target       TEXT NOT NULL,
    collapse_key TEXT UNIQUE,                 -- a newer notification supersedes the older one in its row
    state        TEXT NOT NULL,
    version      BIGINT NOT NULL DEFAULT 0,
    due_at       BIGINT NOT NULL,             -- while claimed: the end of the claim
    claimed_by   TEXT,
    attempts     BIGINT NOT NULL DEFAULT 0,
    error        TEXT NOT NULL DEFAULT '',
    created_at   BIGINT NOT NULL
);

CREATE INDEX deliveries_due ON deliveries (due_at) WHERE state = 'pending';

CREATE TABLE api_keys (
    hash           TEXT PRIMARY KEY,
    id             TEXT NOT NULL,             -- the owner of registrations
    name           TEXT NOT NULL,
    signing_secret TEXT NOT NULL,             -- sealed
    created_at     BIGINT NOT NULL
);

CREATE INDEX api_keys_id ON api_keys (id);
