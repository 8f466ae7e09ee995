-- What happened, for those who are told at once. A row gets its place in the order when it is read: numbers
-- that are taken before the commit become visible in another order.

CREATE TABLE feed (
    id       BIGINT PRIMARY KEY,
    sequence BIGINT,            -- NULL until it is read
    at       BIGINT NOT NULL,
    what     TEXT NOT NULL,
    appid    TEXT NOT NULL,
    kind     TEXT NOT NULL,     -- of a credential, else empty
    subject  TEXT NOT NULL,
    data     TEXT NOT NULL      -- JSON: ids, names and errcodes
);

CREATE UNIQUE INDEX feed_sequence ON feed (sequence);
CREATE INDEX feed_unread ON feed (id) WHERE sequence IS NULL;

CREATE TABLE feed_head (
    id           BIGINT PRIMARY KEY,  -- 1
    last         BIGINT NOT NULL,     -- the sequence that was given last
    wanted_until BIGINT NOT NULL,     -- until then, what happens often is told too
    wanted_since BIGINT NOT NULL      -- and was from this sequence on
);
