-- Apps, subscribers, their subscriptions and names.

CREATE TABLE apps (
    id             BIGINT PRIMARY KEY,
    name           TEXT NOT NULL,
    appid          TEXT NOT NULL,              -- the WeChat account that sends
    settings       TEXT NOT NULL,              -- JSON: fields neither secret nor queried in SQL
    callback       TEXT NOT NULL,              -- sealed
    app_key        TEXT NOT NULL,              -- sealed
    signing_secret TEXT NOT NULL,              -- sealed
    created_at     BIGINT NOT NULL
);

CREATE TABLE tokens (
    hash       TEXT PRIMARY KEY,
    kind       TEXT NOT NULL,
    app_id     BIGINT NOT NULL,                -- 0 for tokens of a user
    uid        TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE INDEX tokens_owner ON tokens (app_id, uid, kind);

CREATE TABLE topics (
    id          BIGINT PRIMARY KEY,
    app_id      BIGINT NOT NULL,
    name        TEXT NOT NULL,
    description TEXT NOT NULL,
    created_at  BIGINT NOT NULL
);

CREATE INDEX topics_app ON topics (app_id);

CREATE TABLE subscribers (
    uid        TEXT PRIMARY KEY,
    appid      TEXT NOT NULL,
    openid     TEXT NOT NULL,
    follows    BIGINT NOT NULL,
    trouble    TEXT NOT NULL DEFAULT '',
    heard_at   BIGINT,
    zone       TEXT NOT NULL DEFAULT '',
    quiet      TEXT NOT NULL DEFAULT '',       -- "22:00-07:30", empty for none
    nickname   TEXT NOT NULL DEFAULT '',
    avatar     TEXT NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL,
    UNIQUE (appid, openid)
);

CREATE TABLE subscriptions (
    id         BIGINT PRIMARY KEY,
    app_id     BIGINT NOT NULL,
    topic_id   BIGINT NOT NULL,                -- 0 for the app itself
    uid        TEXT NOT NULL,
    blocked    BIGINT NOT NULL DEFAULT 0,
    muted      BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    UNIQUE (app_id, topic_id, uid)
);

CREATE INDEX subscriptions_uid ON subscriptions (uid);
CREATE INDEX subscriptions_listed ON subscriptions (app_id, id);

CREATE TABLE aliases (
    app_id        BIGINT NOT NULL,
    name          TEXT NOT NULL,
    uid           TEXT NOT NULL,
    openkey_hash  TEXT NOT NULL DEFAULT '',
    openkey_until BIGINT,
    consented     BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (app_id, name)
);

CREATE INDEX aliases_uid ON aliases (uid, app_id);

CREATE TABLE scenes (
    id           TEXT PRIMARY KEY,
    app_id       BIGINT NOT NULL,
    purpose      TEXT NOT NULL,
    target       TEXT NOT NULL,
    extra        TEXT NOT NULL,
    last_uid     TEXT NOT NULL DEFAULT '',
    ticket       TEXT NOT NULL DEFAULT '',
    url          TEXT NOT NULL DEFAULT '',     -- the text of the QR code
    ticket_until BIGINT,
    expires_at   BIGINT,
    created_at   BIGINT NOT NULL
);

CREATE INDEX scenes_target ON scenes (app_id, purpose, target);
CREATE INDEX scenes_expired ON scenes (expires_at) WHERE expires_at IS NOT NULL;

-- Handled events. WeChat repeats an event until we answer `success`.
CREATE TABLE heard (
    event TEXT PRIMARY KEY,
    at    BIGINT NOT NULL
);

CREATE INDEX heard_at ON heard (at);

-- Responses to requests with an Idempotency-Key.
CREATE TABLE answers (
    scope      TEXT NOT NULL,
    key        TEXT NOT NULL,
    digest     TEXT NOT NULL,
    answer     TEXT NOT NULL,                  -- sealed
    created_at BIGINT NOT NULL,
    PRIMARY KEY (scope, key)
);

CREATE INDEX answers_created ON answers (created_at);

-- The secrets that sign links.
CREATE TABLE link_secrets (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL                        -- sealed
);
