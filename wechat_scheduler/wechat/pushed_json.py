"""Reads pushes in JSON: 数据格式 JSON of mini-programs' 消息推送."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from wechat_scheduler.errors import RefusedPushError
from wechat_scheduler.pushes.model import PushedMessage
from wechat_scheduler.wechat import refused_pushes
from wechat_scheduler.wechat.xml_repair import Mender

# The entries of a list stand under this name, one without brackets.
LIST = "List"


def read_json(document: bytes) -> PushedMessage:
    """The members of the object, numbers as they are written; an object or array within as JSON. Of several
    members of one name the first counts.

    Raises RefusedPushError.
    """
    mender = Mender()
    try:
        found = _decoder.decode(mender.decode(document).strip())
    except (ValueError, RecursionError) as error:
        raise RefusedPushError(refused_pushes.BROKEN_JSON.en) from error
    if not isinstance(found, dict):
        raise RefusedPushError(refused_pushes.NO_OBJECT.en)
    fields = _fields(found, mender)
    items = tuple(_fields(entry, mender) for entry in _entries(found))
    return PushedMessage(fields=fields, items=items, mended=frozenset(mender.done))


def _first_of_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return dict(reversed(pairs)) if len({name for name, _ in pairs}) < len(pairs) else dict(pairs)


# Not strict: control characters are mended. Numbers may be longer than Python's.
_decoder = json.JSONDecoder(
    strict=False,
    parse_int=str,
    parse_float=str,
    object_pairs_hook=_first_of_each,
)


def _fields(members: Mapping[str, Any], mender: Mender) -> dict[str, str]:
    return {
        name: mender.mend(value if isinstance(value, str) else json.dumps(value))
        for name, value in members.items()
        if value is not None
    }


def _entries(members: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The entries of the list in the object, or in an object within."""
    for holder in (members, *members.values()):
        found = holder.get(LIST) if isinstance(holder, dict) else None
        for entry in found if isinstance(found, list) else [found]:
            if isinstance(entry, dict):
                yield entry
