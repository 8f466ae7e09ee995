-- What a dead process had claimed is found without looking at all that waits.

CREATE INDEX jobs_claimed ON jobs (appid) WHERE claimed_by IS NOT NULL;
CREATE INDEX reminders_claimed ON reminders (app_id) WHERE claimed_by IS NOT NULL;
CREATE INDEX deliveries_claimed ON deliveries (id) WHERE claimed_by IS NOT NULL;
CREATE INDEX events_claimed ON events (appid) WHERE claimed_by IS NOT NULL;
