-- Reminders that very many people joined.

CREATE INDEX joined_order ON joined (reminder_id, at, uid);

-- Removed reminders whose people are not forgotten yet.
CREATE TABLE removed_reminders (
    id         TEXT PRIMARY KEY,
    removed_at BIGINT NOT NULL
);

CREATE INDEX removed_reminders_at ON removed_reminders (removed_at);

-- The last receiver to whom a delivery to many was spread.
ALTER TABLE deliveries ADD COLUMN reached TEXT NOT NULL DEFAULT '';
