-- Reminders, and the people who joined them.

CREATE TABLE reminders (
    id         TEXT PRIMARY KEY,
    app_id     BIGINT NOT NULL,
    owner      TEXT NOT NULL,
    source     TEXT NOT NULL,
    title      TEXT NOT NULL,
    detail     TEXT NOT NULL,
    url        TEXT NOT NULL,
    start      BIGINT NOT NULL,
    rule       TEXT NOT NULL,
    zone       TEXT NOT NULL,
    defer      BIGINT NOT NULL,                -- microseconds
    due_at     BIGINT,                         -- while claimed: the end of the claim
    claimed_by TEXT,
    state      TEXT NOT NULL,
    late       TEXT NOT NULL,
    grace      BIGINT NOT NULL,                -- microseconds
    way        TEXT NOT NULL,
    priority   BIGINT NOT NULL,
    topics     TEXT NOT NULL,                  -- JSON
    slot       BIGINT NOT NULL,
    mark       TEXT NOT NULL,
    fired      BIGINT NOT NULL,
    missed     BIGINT NOT NULL,
    last_at    BIGINT,
    revision   BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE INDEX reminders_due ON reminders (due_at) WHERE state = 'active';
CREATE INDEX reminders_owner ON reminders (owner, start);
CREATE INDEX reminders_app ON reminders (app_id, id);

CREATE TABLE joined (
    reminder_id TEXT NOT NULL,
    uid         TEXT NOT NULL,
    at          BIGINT NOT NULL,
    PRIMARY KEY (reminder_id, uid)
);

CREATE INDEX joined_uid ON joined (uid);
