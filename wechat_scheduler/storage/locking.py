"""Locks a row for the rest of a unit of work, so that what follows sees what others stored before.

PostgreSQL would run two such units at once: each deletes what was there before both, and both insert.
SQLite runs one unit at a time anyway.
"""

from wechat_scheduler.storage.database import Statement

_PERSON = "UPDATE subscribers SET uid = uid WHERE uid = $1"
_APP = "UPDATE apps SET name = name WHERE id = $1"


def lock_person(uid: str) -> Statement:
    return Statement(_PERSON, (uid,))


def lock_app(app_id: int) -> Statement:
    return Statement(_APP, (app_id,))
