-- The deliveries of a receiver, and those of them that are not settled, are found by one index instead of two.

CREATE INDEX deliveries_of_target ON deliveries (target, settled_at);
DROP INDEX deliveries_target;
DROP INDEX deliveries_pending_target;
