"""Between rows and messages: content, receivers, and many rows in one statement."""

from datetime import timedelta

import msgspec

from wechat_scheduler.delivery.model import Attempt, Content, Message, Priority
from wechat_scheduler.storage.database import Row
from wechat_scheduler.storage.rows import instant, instant_or_none

_encode = msgspec.json.Encoder().encode
_content_json = msgspec.json.Decoder(Content)
_notes_json = msgspec.json.Decoder(tuple[str, ...])

MESSAGE_COLUMNS = """
    m.id AS message_id, m.app_id, m.content, m.notes, m.priority, m.not_before, m.expires_at,
    m.retracted, m.created_at AS message_at
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


def attempt_of(row: Row) -> Attempt:
    return Attempt(
        at=instant(row["at"]),
        duration=timedelta(microseconds=row["duration"]),
        way=row["way"],
        errcode=row["errcode"],
        rid=row["rid"],
        error=row["error"],
    )
