-- Ids of reminders are random but for their end, which is shared by those that were made one after the other: in an index
-- that begins with it, the messages of reminders that fall due together lie on the same pages.

CREATE INDEX IF NOT EXISTS messages_by_reminder ON messages (substr(reminder, 29), reminder, created_at)
    WHERE reminder IS NOT NULL;
DROP INDEX messages_of_reminder;
