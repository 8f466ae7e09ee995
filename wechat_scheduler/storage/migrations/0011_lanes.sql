-- Claims are fair between apps: deliveries that wait are found by app.

DROP INDEX deliveries_due;
CREATE INDEX deliveries_due ON deliveries (priority, app_id, due_at) WHERE state = 'pending';
