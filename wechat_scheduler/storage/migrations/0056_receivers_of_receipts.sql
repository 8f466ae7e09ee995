-- Whose message the receipt is of; empty if an older version kept it.

ALTER TABLE receipts ADD COLUMN openid TEXT NOT NULL DEFAULT '';
