"""Deletes what belonged to a removed app or topic, in parts: there may be a million subscriptions.

The app or topic itself is gone at once. What is left of it is not used, and the housekeeping deletes it,
also what concurrent requests still add.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from wechat_scheduler.storage.audience.joined import SOME_OF_APP_REMOVED
from wechat_scheduler.storage.database import Script, Statement
from wechat_scheduler.storage.rows import MICROSECOND, micros

# Rows of each table that one transaction deletes.
PART: Final = 200

# No request is under way for longer.
UNDER_WAY: Final = timedelta(minutes=1)

WHY = "the app was removed"
# `IN` lets the planner use the index of pending deliveries, which begins with the priority.
CANCEL = """
    UPDATE deliveries SET state = 'cancelled', error = $2, settled_at = $3 WHERE id IN (
        SELECT id FROM deliveries WHERE state = 'pending' AND priority IN (0, 1, 2)
            AND app_id = $1 AND claimed_by IS NULL LIMIT $4
    ) RETURNING id
"""
_DELETE = """
    DELETE FROM {table} WHERE {key} IN (SELECT {key} FROM {table} WHERE {whose} LIMIT $2)
    RETURNING {key}
"""
OF_APP = (
    *tuple(
        _DELETE.format(table=table, key=key, whose="app_id = $1")
        for table, key in (
            ("tokens", "hash"),
            ("topics", "id"),
            ("subscriptions", "id"),
            ("scenes", "id"),
        )
    ),
    "DELETE FROM aliases WHERE app_id = $1 AND name IN ("
    "SELECT name FROM aliases WHERE app_id = $1 LIMIT $2) RETURNING name",
    _DELETE.format(table="reminders", key="id", whose="app_id = $1 ORDER BY id"),
)
SUBSCRIPTIONS_OF_TOPIC = _DELETE.format(
    table="subscriptions", key="id", whose="app_id = $1 AND topic_id = $3"
)
SCENES_OF_TOPIC = _DELETE.format(
    table="scenes", key="id", whose="app_id = $1 AND purpose = 'topic' AND target = $3"
)
PUT = """
    INSERT INTO removals (app_id, topic_id, removed_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING
"""
# It is taken before its name is read, so that a damaged name comes no second time.
TAKE = """
    DELETE FROM removals WHERE (app_id, topic_id) IN (
        SELECT app_id, topic_id FROM removals WHERE removed_at <= $1 ORDER BY removed_at LIMIT 1
    ) RETURNING app_id, topic_id, removed_at
"""


def app_removed(app_id: int, now: datetime) -> Script[None]:
    """For `yield from`: delete the first part of what belongs to the app, and remember the rest."""
    yield from _part_of_app(app_id, micros(now))
    yield Statement(PUT, (app_id, 0, micros(now)))


def topic_removed(app_id: int, topic_id: int, now: datetime) -> Script[None]:
    """Like `app_removed`, for a topic."""
    yield from _part_of_topic(app_id, topic_id)
    yield Statement(PUT, (app_id, topic_id, micros(now)))


def next_part(before: int, limit: int) -> Script[int]:
    """Delete a further part of what is left of an app or topic that was removed before then. Returns
    `limit` if there is one, else 0."""
    for row in (yield Statement(TAKE, (before,))):
        app_id, topic_id, removed_at = row
        if topic_id:
            more = yield from _part_of_topic(app_id, topic_id)
        else:
            more = yield from _part_of_app(app_id, before + UNDER_WAY // MICROSECOND)
        if more:
            yield Statement(PUT, (app_id, topic_id, removed_at))
        return limit
    return 0


def _part_of_app(app_id: int, now: int) -> Script[bool]:
    """Returns whether there may be more."""
    cancelled = yield Statement(CANCEL, (app_id, WHY, now, PART))
    yield Statement(SOME_OF_APP_REMOVED, (app_id, now, PART))
    deleted = yield from _deleted(Statement(sql, (app_id, PART)) for sql in OF_APP)
    return deleted or len(cancelled) == PART


def _part_of_topic(app_id: int, topic_id: int) -> Script[bool]:
    """Returns whether there may be more."""
    return (
        yield from _deleted(
            (
                Statement(SUBSCRIPTIONS_OF_TOPIC, (app_id, PART, topic_id)),
                Statement(SCENES_OF_TOPIC, (app_id, PART, str(topic_id))),
            )
        )
    )


def _deleted(statements: Iterable[Statement]) -> Script[bool]:
    more = False
    for statement in statements:
        more = len((yield statement)) == PART or more
    return more
