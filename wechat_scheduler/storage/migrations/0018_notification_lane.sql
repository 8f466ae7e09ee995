-- Notifications of credentials belong to no app, not to the app 0, which sends the daemon's own messages.

UPDATE deliveries SET app_id = -1 WHERE message_id IS NULL;
