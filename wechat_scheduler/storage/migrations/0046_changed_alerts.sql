-- When what an alert says changed after it fired. Of those from before it is not known.

ALTER TABLE alerts ADD COLUMN changed_at BIGINT;
