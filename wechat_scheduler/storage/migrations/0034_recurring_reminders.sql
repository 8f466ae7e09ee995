-- An agenda is made of what is due within a span of time, and of what recurs and is due before it.

CREATE INDEX reminders_recurring ON reminders (due_at, app_id) WHERE state = 'active' AND rule <> '';
