-- What the bot remembers of each user, for two days: its last act, which can be undone, and its last question.

CREATE TABLE conversations (
    uid        TEXT PRIMARY KEY,
    said       TEXT NOT NULL,                  -- JSON
    changed_at BIGINT NOT NULL
);

CREATE INDEX conversations_changed ON conversations (changed_at);
