"""Letting go of what waits for somebody who is not reached any more, visibly.

What is being sent at this moment is left to its sender, who learns the same from WeChat.
"""

from datetime import datetime

from wechat_scheduler.storage.database import Statement
from wechat_scheduler.storage.rows import micros

CANCEL = """
    UPDATE deliveries SET state = 'cancelled', error = $2, settled_at = $3
    WHERE state = 'pending' AND claimed_by IS NULL
"""
OF_PERSON = f"{CANCEL} AND target = $1 AND channel = 'person'"
OF_APP = f"{CANCEL} AND app_id = $1"


def cancel_for_person(uid: str, reason: str, now: datetime) -> Statement:
    return Statement(OF_PERSON, (uid, reason, micros(now)))


def cancel_of_app(app_id: int, reason: str, now: datetime) -> Statement:
    return Statement(OF_APP, (app_id, reason, micros(now)))
