-- The messages of a reminder are found, however many others there are. Those from before are not.

ALTER TABLE messages ADD COLUMN reminder TEXT;
CREATE INDEX messages_of_reminder ON messages (reminder, created_at) WHERE reminder IS NOT NULL;
