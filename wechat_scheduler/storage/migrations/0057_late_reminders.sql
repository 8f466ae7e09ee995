-- Where a reminder stood before it caught up with occurrences that were late: a clock that was ahead makes them late, and
-- once it is right again the reminder goes back to there. `caught_at` is when it caught up; NULL: there is nothing to restore.

ALTER TABLE reminders ADD COLUMN caught_at BIGINT;
ALTER TABLE reminders ADD COLUMN was_start BIGINT NOT NULL DEFAULT 0;
ALTER TABLE reminders ADD COLUMN was_rule TEXT NOT NULL DEFAULT '';
ALTER TABLE reminders ADD COLUMN was_fired BIGINT NOT NULL DEFAULT 0;
ALTER TABLE reminders ADD COLUMN was_missed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE reminders ADD COLUMN was_last_at BIGINT;
