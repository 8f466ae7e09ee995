-- A message that corrects another one is found from it. Those from before are not.

ALTER TABLE messages ADD COLUMN corrects BIGINT;
CREATE INDEX messages_correcting ON messages (corrects, id) WHERE corrects IS NOT NULL;
