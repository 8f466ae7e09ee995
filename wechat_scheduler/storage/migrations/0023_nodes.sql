-- The processes that share this database. Each writes its row with every pulse, and deletes it at its end.

CREATE TABLE nodes (
    name       TEXT PRIMARY KEY,   -- begins the names of its claims
    host       TEXT NOT NULL,
    version    TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL,
    ahead      BIGINT NOT NULL,    -- of its machine's clock before the database's, in microseconds
    answer     BIGINT NOT NULL     -- how long the database took to say its time, in microseconds
);
