-- Until when WeChat takes texts for the user. Null, or before `heard_at`, where an earlier release wrote the row: the kind of the
-- last act is unknown then.

ALTER TABLE subscribers ADD COLUMN texts_until BIGINT;
