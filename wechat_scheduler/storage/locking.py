"""Locks a row for the rest of a unit of work, so that what follows sees what others stored before.

PostgreSQL would run two such units at once: each deletes what was there before both, and both insert; or each
looks for what the other is about to store.
SQLite runs one unit at a time anyway.
"""

from wechat_scheduler.storage.database import Statement

_PERSON = "UPDATE subscribers SET uid = uid WHERE uid = $1"
_JOB = """
    UPDATE jobs SET version = version
    WHERE appid = $1 AND kind = $2 AND subject = $3
"""
_PUSHES = "UPDATE callbacks SET changed_at = changed_at WHERE appid = $1 RETURNING secrets"
_APP = "UPDATE apps SET name = name WHERE id = $1"


def lock_person(uid: str) -> Statement:
    return Statement(_PERSON, (uid,))


def lock_app(app_id: int) -> Statement:
    return Statement(_APP, (app_id,))


def lock_job(appid: str, kind: str, subject: str) -> Statement:
    """The job of that subject, and those bound to it."""
    return Statement(_JOB, (appid, kind, subject))


def lock_pushes(appid: str) -> Statement:
    """What WeChat pushes to that appid. Returns its row of secrets."""
    return Statement(_PUSHES, (appid,))
