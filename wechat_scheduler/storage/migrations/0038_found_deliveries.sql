-- Deliveries are found by receiver, errcode, state and time, and an app's messages by time, however many there are.

CREATE INDEX IF NOT EXISTS deliveries_created ON deliveries (created_at);
CREATE INDEX IF NOT EXISTS deliveries_errcode ON deliveries (errcode) WHERE errcode IS NOT NULL;
CREATE INDEX IF NOT EXISTS deliveries_unsent ON deliveries (state)
    WHERE state = 'dead' OR state = 'cancelled' OR state = 'expired' OR state = 'missed';
CREATE INDEX IF NOT EXISTS messages_of_app ON messages (app_id, created_at);
