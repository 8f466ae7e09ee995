-- The deliveries of a receiver, and those of them that are not settled, are found by one index instead of two.

CREATE INDEX IF NOT EXISTS deliveries_of_target ON deliveries (target, settled_at);
DROP INDEX IF EXISTS deliveries_target;
DROP INDEX IF EXISTS deliveries_pending_target;
