-- Settings that users of WeCron's API give.

ALTER TABLE subscribers ADD COLUMN morning TEXT NOT NULL DEFAULT '';      -- "08:00:00", empty for none
ALTER TABLE subscribers ADD COLUMN hears_joins BIGINT NOT NULL DEFAULT 1;
