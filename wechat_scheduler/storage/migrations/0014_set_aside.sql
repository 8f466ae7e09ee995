-- Rows that are set aside because they cannot be read, or because handling them crashed again and again.

ALTER TABLE deliveries ADD COLUMN crashes BIGINT NOT NULL DEFAULT 0;    -- in a row
ALTER TABLE deliveries ADD COLUMN set_aside TEXT NOT NULL DEFAULT '';   -- the reason, empty for none
ALTER TABLE reminders ADD COLUMN crashes BIGINT NOT NULL DEFAULT 0;
ALTER TABLE reminders ADD COLUMN set_aside TEXT NOT NULL DEFAULT '';
ALTER TABLE events ADD COLUMN crashes BIGINT NOT NULL DEFAULT 0;
ALTER TABLE events ADD COLUMN set_aside TEXT NOT NULL DEFAULT '';

CREATE INDEX deliveries_set_aside ON deliveries (id) WHERE set_aside <> '';
CREATE INDEX reminders_set_aside ON reminders (id) WHERE set_aside <> '';
CREATE INDEX events_set_aside ON events (id) WHERE set_aside <> '';
