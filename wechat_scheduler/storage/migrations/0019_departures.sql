-- When a delivery to a person was last about to be sent, while its claim lasts: only then may it have
-- arrived when its sender died.

ALTER TABLE deliveries ADD COLUMN departed_at BIGINT;

UPDATE deliveries SET departed_at = tried_at
WHERE state = 'pending' AND claimed_by IS NOT NULL AND channel = 'person';
