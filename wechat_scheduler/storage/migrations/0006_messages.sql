-- Messages, and further columns for their deliveries.

CREATE TABLE messages (
    id         BIGINT PRIMARY KEY,
    app_id     BIGINT NOT NULL,
    content    TEXT NOT NULL,                  -- JSON
    notes      TEXT NOT NULL DEFAULT '[]',     -- JSON
    priority   BIGINT NOT NULL,
    not_before BIGINT,
    expires_at BIGINT,
    retracted  BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL
);

CREATE INDEX messages_created ON messages (created_at);

ALTER TABLE deliveries ADD COLUMN message_id BIGINT;
ALTER TABLE deliveries ADD COLUMN app_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE deliveries ADD COLUMN priority BIGINT NOT NULL DEFAULT 2;
ALTER TABLE deliveries ADD COLUMN since BIGINT;                        -- when the first failed attempt was due
ALTER TABLE deliveries ADD COLUMN tried_at BIGINT;                     -- the last claim
ALTER TABLE deliveries ADD COLUMN doubts BIGINT NOT NULL DEFAULT 0;
ALTER TABLE deliveries ADD COLUMN doubted_at BIGINT;
ALTER TABLE deliveries ADD COLUMN way TEXT NOT NULL DEFAULT '';
ALTER TABLE deliveries ADD COLUMN appid TEXT NOT NULL DEFAULT '';
ALTER TABLE deliveries ADD COLUMN reference TEXT NOT NULL DEFAULT '';  -- WeChat's msgid, with appid
ALTER TABLE deliveries ADD COLUMN errcode BIGINT;
ALTER TABLE deliveries ADD COLUMN notes TEXT NOT NULL DEFAULT '';      -- JSON, empty for none
ALTER TABLE deliveries ADD COLUMN duplicate BIGINT NOT NULL DEFAULT 0;
ALTER TABLE deliveries ADD COLUMN settled_at BIGINT;

DROP INDEX deliveries_due;
CREATE INDEX deliveries_due ON deliveries (priority, due_at) WHERE state = 'pending';
CREATE UNIQUE INDEX deliveries_once ON deliveries (message_id, channel, target)
    WHERE message_id IS NOT NULL;
CREATE INDEX deliveries_pending_target ON deliveries (target) WHERE state = 'pending';
CREATE INDEX deliveries_reference ON deliveries (reference) WHERE reference <> '';
CREATE INDEX deliveries_dead ON deliveries (id) WHERE state = 'dead';

CREATE TABLE attempts (
    delivery_id BIGINT NOT NULL,
    number      BIGINT NOT NULL,
    at          BIGINT NOT NULL,
    duration    BIGINT NOT NULL,               -- microseconds
    way         TEXT NOT NULL,
    errcode     BIGINT,
    rid         TEXT NOT NULL,
    error       TEXT NOT NULL,
    PRIMARY KEY (delivery_id, number)
);

-- Receipts that came before their delivery was stored as accepted.
CREATE TABLE receipts (
    appid   TEXT NOT NULL,
    msgid   TEXT NOT NULL,
    failure TEXT NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (appid, msgid)
);

CREATE INDEX receipts_at ON receipts (at);
