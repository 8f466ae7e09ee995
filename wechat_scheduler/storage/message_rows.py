"""Between rows and messages: content, receivers, and many rows in one statement."""

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from functools import lru_cache

import msgspec

from wechat_scheduler.audience.model import Quiet, Subscriber
from wechat_scheduler.delivery.model import Attempt, Content, Message, Priority
from wechat_scheduler.storage.database import Row, Statement
from wechat_scheduler.storage.rows import instant, instant_or_none, micros

# Rows in one INSERT: one parse, one round trip.
CHUNK = 64

_encode = msgspec.json.Encoder().encode
_content_json = msgspec.json.Decoder(Content)
_notes_json = msgspec.json.Decoder(tuple[str, ...])

MESSAGE_COLUMNS = """
    m.id AS message_id, m.app_id, m.content, m.notes, m.priority, m.not_before, m.expires_at,
    m.retracted, m.created_at AS message_at
"""
SUBSCRIBER_COLUMNS = """
    s.uid, s.appid, s.openid, s.follows, s.trouble, s.heard_at, s.zone, s.quiet, s.nickname,
    s.avatar, s.created_at
"""


def content_text(content: Content) -> str:
    return _encode(content).decode()


def notes_text(notes: tuple[str, ...]) -> str:
    return _encode(notes).decode() if notes else ""


def notes_of(text: str) -> tuple[str, ...]:
    return _notes_json.decode(text) if text else ()


def secret_place(message_id: int) -> str:
    """What a message's secret is sealed to."""
    return f"message:{message_id}"


def message_of(row: Row) -> Message:
    """From MESSAGE_COLUMNS. Its secret is nobody's business but the sender's."""
    return Message(
        id=row["message_id"],
        app_id=row["app_id"],
        content=_content_json.decode(row["content"]),
        notes=notes_of(row["notes"]),
        priority=Priority(row["priority"]),
        not_before=instant_or_none(row["not_before"]),
        expires_at=instant_or_none(row["expires_at"]),
        created_at=instant(row["message_at"]),
    )


def subscriber_of(row: Row) -> Subscriber:
    """From SUBSCRIBER_COLUMNS."""
    return Subscriber(
        uid=row["uid"],
        appid=row["appid"],
        openid=row["openid"],
        follows=bool(row["follows"]),
        trouble=row["trouble"],
        heard_at=instant_or_none(row["heard_at"]),
        zone=row["zone"],
        quiet=quiet_of(row["quiet"]),
        nickname=row["nickname"],
        avatar=row["avatar"],
        created_at=instant(row["created_at"]),
    )


def quiet_of(text: str) -> Quiet | None:
    """From `22:00-07:30`."""
    if not text:
        return None
    begins, _, ends = text.partition("-")
    return Quiet(begins=time.fromisoformat(begins), ends=time.fromisoformat(ends))


def quiet_text(quiet: Quiet | None) -> str:
    return f"{quiet.begins:%H:%M}-{quiet.ends:%H:%M}" if quiet else ""


def attempt_of(row: Row) -> Attempt:
    return Attempt(
        at=instant(row["at"]),
        duration=timedelta(microseconds=row["duration"]),
        way=row["way"],
        errcode=row["errcode"],
        rid=row["rid"],
        error=row["error"],
    )


def inserts(head: str, rows: Sequence[tuple[object, ...]], tail: str) -> Iterator[Statement]:
    """`head VALUES (…), (…) tail`, as few statements as it takes."""
    for start in range(0, len(rows), CHUNK):
        chunk = rows[start : start + CHUNK]
        values = _values(len(chunk), len(chunk[0]))
        yield Statement(f"{head} VALUES {values} {tail}", tuple(v for row in chunk for v in row))


@lru_cache(maxsize=256)
def _values(rows: int, width: int) -> str:
    return ", ".join(
        "(" + ", ".join(f"${row * width + column + 1}" for column in range(width)) + ")"
        for row in range(rows)
    )


def micros_or_none(moment: datetime | None) -> int | None:
    return None if moment is None else micros(moment)
