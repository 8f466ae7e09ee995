"""The row that falls due when a platform's tickets stay away: each ticket puts it off."""

from datetime import datetime

from wechat_scheduler.pushes.events import TICKET_OVERDUE
from wechat_scheduler.pushes.model import WATCH
from wechat_scheduler.storage.database import Statement
from wechat_scheduler.storage.rows import micros

PUT_OFF = """
    INSERT INTO events (id, appid, name, authorizer, code, code_until, happened_at, received_at,
        state, due_at)
    VALUES ($1, $2, $3, '', '', 0, $4, $4, 'pending', $5)
    ON CONFLICT (id) DO UPDATE
    SET due_at = excluded.due_at, claimed_by = NULL, attempts = 0, tried_at = NULL, note = ''
"""
REMOVE = "DELETE FROM events WHERE id = $1"


def put_off(appid: str, now: datetime) -> Statement:
    """Look in TICKET_OVERDUE whether a ticket has come, and forget what WeChat said before."""
    due_at = micros(now + TICKET_OVERDUE)
    return Statement(PUT_OFF, (_id(appid), appid, WATCH, micros(now), due_at))


def remove(appid: str) -> Statement:
    return Statement(REMOVE, (_id(appid),))


def _id(appid: str) -> str:
    return f"{WATCH}:{appid}"
