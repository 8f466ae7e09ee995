-- The schema that each node knows: a migration that takes something away waits until those that need it ended.

ALTER TABLE nodes ADD COLUMN schema_version BIGINT NOT NULL DEFAULT 25;
