-- Those in a state that few deliveries have are found without all others: none was confirmed, or all but these.
-- By id, so that SQLite does not take them for the few deliveries of one message.

CREATE INDEX IF NOT EXISTS deliveries_accepted ON deliveries (id) WHERE state = 'accepted';
CREATE INDEX IF NOT EXISTS deliveries_delivered ON deliveries (id) WHERE state = 'delivered';
