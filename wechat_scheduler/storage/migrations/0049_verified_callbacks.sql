-- When WeChat last verified a push URL with its GET. Null for one that it did not verify since the upgrade.

ALTER TABLE callbacks ADD COLUMN verified_at BIGINT;
