-- The secrets of push URLs, and the events that WeChat pushes. Tickets are in `pushes`.

CREATE TABLE callbacks (
    appid      TEXT PRIMARY KEY,
    secrets    TEXT NOT NULL,                 -- sealed: tokens and AES keys, newest first
    changed_at BIGINT NOT NULL
);

CREATE TABLE events (
    id          TEXT PRIMARY KEY,             -- the same for each repeat of an event
    appid       TEXT NOT NULL,
    name        TEXT NOT NULL,                -- WeChat's InfoType, or `watch`: our look after tickets
    authorizer  TEXT NOT NULL,
    code        TEXT NOT NULL,                -- sealed, or empty
    code_until  BIGINT NOT NULL,
    happened_at BIGINT NOT NULL,              -- by WeChat's clock
    received_at BIGINT NOT NULL,
    state       TEXT NOT NULL,
    due_at      BIGINT NOT NULL,              -- while claimed: the end of the claim
    claimed_by  TEXT,
    attempts    BIGINT NOT NULL DEFAULT 0,
    tried_at    BIGINT,
    note        TEXT NOT NULL DEFAULT ''
);

CREATE INDEX events_due ON events (due_at) WHERE state = 'pending';
CREATE INDEX events_authorizer ON events (appid, authorizer);

CREATE TABLE refresh_tokens (
    appid       TEXT NOT NULL,
    kind        TEXT NOT NULL,
    subject     TEXT NOT NULL,
    replaced_at BIGINT NOT NULL,
    value       TEXT NOT NULL,                -- sealed
    PRIMARY KEY (appid, kind, subject, replaced_at),
    FOREIGN KEY (appid, kind, subject) REFERENCES jobs (appid, kind, subject) ON DELETE CASCADE
);
