"""Reads what other rows tell of deliveries: the titles of their messages, and the names of topics."""

import re
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import msgspec

from wechat_scheduler.audience.ids import ID
from wechat_scheduler.delivery.model import TargetKind
from wechat_scheduler.storage.audience.names import SqlNames
from wechat_scheduler.storage.database import Database, Row
from wechat_scheduler.storage.unreadable import readable

CONTENTS: Final = "SELECT id, content, retracted FROM messages WHERE id IN ({ids})"
# Of the text of a message without a title.
LONGEST_TITLE: Final = 40


class _Heading(msgspec.Struct):
    """What a list shows of a content."""

    title: str = ""
    template: str = ""
    text: str = ""


class DeliveryNames(NamedTuple):
    """What other rows tell of deliveries: titles by message, and the names of topics."""

    titles: Mapping[int, str]
    topics: Mapping[int, str]


_heading_json = msgspec.json.Decoder(_Heading)


async def read_delivery_names(database: Database, rows: Sequence[Row]) -> DeliveryNames:
    topics = {int(row["target"]) for row in rows if is_to_topic(row)}
    return DeliveryNames(await _titles(database, rows), await SqlNames(database).of_topics(topics))


def is_to_topic(row: Row) -> bool:
    return row["channel"] == TargetKind.TOPIC and bool(re.fullmatch(ID, str(row["target"])))


async def _titles(database: Database, rows: Sequence[Row]) -> Mapping[int, str]:
    """By message."""
    ids = list(dict.fromkeys(row["message_id"] for row in rows))
    contents = await rows_of_messages(database, CONTENTS, ids)
    return dict(readable(contents, lambda row: (row["id"], title_of(row)), table="messages"))


def title_of(row: Row) -> str:
    """Empty if the message is retracted."""
    heading = _heading_json.decode(row["content"])
    beginning = heading.text.strip().partition("\n")[0][:LONGEST_TITLE]
    return "" if row["retracted"] else heading.title or heading.template or beginning


async def rows_of_messages(database: Database, sql: str, ids: Sequence[int]) -> Sequence[Row]:
    """The rows about these messages."""
    if not ids:
        return ()
    places = ", ".join(f"${number}" for number in range(1, len(ids) + 1))
    return await database.read(sql.format(ids=places), *ids)
