-- The deliveries of a receiver, and the reminders of an owner, are found by indexes that neither an outcome nor an
-- occurrence changes: each changed a page that no other of its batch did.

CREATE INDEX IF NOT EXISTS deliveries_of_receiver ON deliveries (target);
DROP INDEX IF EXISTS deliveries_of_target;
CREATE INDEX IF NOT EXISTS reminders_of_owner ON reminders (owner);
DROP INDEX reminders_owner;
