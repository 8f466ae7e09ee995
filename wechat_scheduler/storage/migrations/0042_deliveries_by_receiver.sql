-- The deliveries of a receiver, and those that wait, are found by one index instead of two: `deliveries_of_receiver`,
-- which a later migration builds.

DROP INDEX IF EXISTS deliveries_target;
DROP INDEX IF EXISTS deliveries_pending_target;
