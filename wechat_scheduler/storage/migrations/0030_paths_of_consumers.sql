-- The calls that a consumer may make: rules as those of `gateway.allow` and `gateway.deny`, in JSON.

ALTER TABLE consumers ADD COLUMN allow_paths TEXT NOT NULL DEFAULT '[]';
ALTER TABLE consumers ADD COLUMN deny_paths TEXT NOT NULL DEFAULT '[]';
