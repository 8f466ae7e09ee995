-- Deliveries that wait after WeChat refused them are found, however many wait or have failed.

CREATE INDEX IF NOT EXISTS deliveries_refused ON deliveries (errcode)
    WHERE state = 'pending' AND errcode IS NOT NULL;
