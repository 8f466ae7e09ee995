-- The sessions of people who signed in to the console.

CREATE TABLE sessions (
    hash       TEXT PRIMARY KEY,  -- of the text that the browser keeps
    id         TEXT NOT NULL,
    key_id     TEXT NOT NULL,
    key_hash   TEXT NOT NULL,
    address    TEXT NOT NULL,
    user_agent TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_ending ON sessions (expires_at);
CREATE INDEX sessions_of_key ON sessions (key_hash, created_at);
