-- Pages of an app's topics, the oldest first.

CREATE INDEX topics_page ON topics (app_id, created_at, id);
