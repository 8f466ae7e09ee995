"""Cancels the pending deliveries of a person, with a reason.

A delivery that is being sent at this moment stays with its sender, which gets WeChat's own error.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from wechat_scheduler.storage.database import (
    CHUNK,
    IDS,
    Database,
    Script,
    Statement,
    each,
    with_ids,
)
from wechat_scheduler.storage.rows import micros

WAITING: Final = f"""
    SELECT id, target FROM deliveries
    WHERE target IN ({IDS}) AND channel = 'person' AND state = 'pending' AND claimed_by IS NULL
"""  # noqa: S608 - our own text
CANCEL: Final = f"""
    UPDATE deliveries SET state = 'cancelled', error = ${CHUNK + 1}, settled_at = ${CHUNK + 2}
    WHERE id IN ({IDS}) AND state = 'pending' AND claimed_by IS NULL
"""  # noqa: S608 - our own text
TROUBLE = "UPDATE subscribers SET trouble = $2 WHERE uid = $1"
FORGIVE = f"""
    UPDATE subscribers SET trouble = '' WHERE trouble <> '' AND uid IN (
        SELECT target FROM deliveries WHERE channel = 'person' AND id IN ({IDS})
    )
"""  # noqa: S608 - our own text
# A user who did something since the attempt at $2 may take texts again.
END_TEXTS = "UPDATE subscribers SET texts_until = heard_at WHERE uid = $1 AND heard_at <= $2"
DOUBT_COUNTS = f"""
    UPDATE use_counts SET certain = 0 WHERE certain = 1 AND (appid, openid) IN (
        SELECT s.appid, s.openid FROM deliveries d JOIN subscribers s ON s.uid = d.target
        WHERE d.channel = 'person' AND d.id IN ({IDS})
    )
"""  # noqa: S608 - our own text


async def cancel_waiting(database: Database, reasons: Mapping[str, str], now: datetime) -> None:
    """Cancel what waits for people, each for the reason under its uid. To be called once it is stored that they get
    nothing more: what it misses is cancelled when it is due. Raises StorageError.

    What waits is looked for where no writer waits. The index by receivers does not tell it apart from what a person got
    before, as each outcome would change a page of it.
    """
    found: dict[str, list[int]] = {}
    for statement in with_ids(WAITING, list(reasons)):
        for row in await database.read(statement.sql, *statement.params):
            found.setdefault(reasons[row["target"]], []).append(row["id"])
    if found:
        await database.write(lambda: _cancel(found, micros(now)))


def _cancel(found: Mapping[str, Sequence[int]], now: int) -> Script[None]:
    for reason, ids in found.items():
        yield from each(with_ids(CANCEL, ids, reason, now))


def mark_unreachable(uid: str, reason: str) -> Statement:
    """Records why WeChat accepts no messages for the person. It holds until they follow again or a delivery to them is
    replayed."""
    return Statement(TROUBLE, (uid, reason))


def end_texts(uid: str, tried_at: datetime) -> Statement:
    """WeChat told that it takes no texts for the person."""
    return Statement(END_TEXTS, (uid, micros(tried_at)))


def try_again(delivery_ids: Sequence[int]) -> Script[None]:
    """Clear the trouble of the receivers, and doubt that they allow no more notices: a person insists
    that the replayed deliveries are sent."""
    yield from each(with_ids(FORGIVE, delivery_ids))
    yield from each(with_ids(DOUBT_COUNTS, delivery_ids))
