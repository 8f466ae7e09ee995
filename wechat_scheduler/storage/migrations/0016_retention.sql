-- What has ended is deleted some time later, in small parts that an index finds.

ALTER TABLE reminders ADD COLUMN ended_at BIGINT;                      -- while it is active or paused: NULL

UPDATE reminders SET ended_at = CASE WHEN state = 'cancelled' THEN COALESCE(last_at, created_at)
        ELSE start + defer END
    WHERE state IN ('done', 'missed', 'cancelled');

CREATE INDEX reminders_ended ON reminders (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX events_ended ON events (received_at) WHERE state <> 'pending';
CREATE INDEX deliveries_withdrawn ON deliveries (created_at)
    WHERE message_id IS NULL AND state = 'cancelled';
