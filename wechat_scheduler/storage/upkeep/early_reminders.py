"""Undoes what reminders did while the clock was ahead: they go back to where they stood, and what they did not send yet
is sent at its time. An occurrence that was sent keeps its message, by whose id it is not sent again."""

from typing import Final

from wechat_scheduler.storage.database import Script, Statement, each

# $1 is a little later than the present. A one-off that was sent stays done.
MOVED = """
    caught_at > $1 AND state <> 'cancelled' AND (rule <> '' OR fired = was_fired)
"""
UNSENT = f"""
    SELECT m.id FROM messages m WHERE m.created_at > $1
        AND m.reminder IN (SELECT id FROM reminders WHERE {MOVED})
        AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.message_id = m.id AND (
            d.state NOT IN ('pending', 'missed') OR d.claimed_by IS NOT NULL OR d.tried_at IS NOT NULL
        ))
"""  # noqa: S608 - our own text
UNDO: Final = (
    f"DELETE FROM deliveries WHERE message_id IN ({UNSENT})",  # noqa: S608 - our own text
    f"DELETE FROM messages WHERE id IN ({UNSENT})",  # noqa: S608 - our own text
    f"""
    UPDATE reminders SET start = was_start, rule = was_rule, fired = was_fired, missed = was_missed,
        last_at = was_last_at, caught_at = NULL, ended_at = NULL,
        due_at = CASE WHEN state = 'paused' THEN NULL ELSE was_start + defer END,
        state = CASE WHEN state = 'paused' THEN state ELSE 'active' END,
        crashes = 0, claimed_by = NULL, revision = revision + 1
    WHERE {MOVED}
    """,  # noqa: S608 - our own text
)


def take_back(ahead: int) -> Script[None]:
    """For those that caught up after `ahead`, in microseconds."""
    yield from each(Statement(sql, (ahead,)) for sql in UNDO)
