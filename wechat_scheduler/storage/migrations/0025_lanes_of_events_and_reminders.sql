-- Claims on events are fair between platforms, and those on reminders between apps: what waits is found by
-- these.

CREATE INDEX events_lanes ON events (appid, due_at) WHERE state = 'pending';
CREATE INDEX reminders_lanes ON reminders (app_id, due_at) WHERE state = 'active';
