"""What follows when a person takes nothing any more."""

from collections.abc import Sequence

from wechat_scheduler.storage.cancelling import OF_PERSON
from wechat_scheduler.storage.database import Script, Statement

TROUBLE = "UPDATE subscribers SET trouble = $2 WHERE uid = $1"
FORGIVE = """
    UPDATE subscribers SET trouble = '' WHERE trouble <> '' AND uid IN (
        SELECT target FROM deliveries WHERE channel = 'person' AND id IN ({ids})
    )
"""

# Ids in one statement.
CHUNK = 64


def mark_unreachable(uid: str, reason: str, now: int) -> Script[None]:
    """WeChat takes nothing for them, for that reason, until they follow again, or it is tried."""
    yield Statement(TROUBLE, (uid, reason))
    yield Statement(OF_PERSON, (uid, reason, now))


def try_again(delivery_ids: Sequence[int]) -> Script[None]:
    """Whoever replays a delivery holds its receiver to be reachable again: WeChat is asked."""
    for start in range(0, len(delivery_ids), CHUNK):
        chunk = tuple(delivery_ids[start : start + CHUNK])
        places = ", ".join(f"${number + 1}" for number in range(len(chunk)))
        yield Statement(FORGIVE.format(ids=places), chunk)
