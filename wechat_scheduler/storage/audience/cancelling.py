"""Cancels the pending deliveries of a person, with a reason.

A delivery that is being sent at this moment stays with its sender, which gets WeChat's own error.
"""

from collections.abc import Sequence
from datetime import datetime

from wechat_scheduler.storage.database import IDS, Script, Statement, each, with_ids
from wechat_scheduler.storage.rows import micros

CANCEL = """
    UPDATE deliveries SET state = 'cancelled', error = $2, settled_at = $3
    WHERE state = 'pending' AND claimed_by IS NULL
"""
# What waits is not settled; the index of the receivers' deliveries tells the two apart.
OF_PERSON = f"{CANCEL} AND settled_at IS NULL AND target = $1 AND channel = 'person'"
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


def cancel_for_person(uid: str, reason: str, now: datetime) -> Statement:
    return Statement(OF_PERSON, (uid, reason, micros(now)))


def mark_unreachable(uid: str, reason: str, now: int) -> Script[None]:
    """Record why WeChat accepts no messages for the person, and cancel what is pending. It holds until they
    follow again or a delivery to them is replayed."""
    yield Statement(TROUBLE, (uid, reason))
    yield Statement(OF_PERSON, (uid, reason, now))


def end_texts(uid: str, tried_at: datetime) -> Statement:
    """WeChat told that it takes no texts for the person."""
    return Statement(END_TEXTS, (uid, micros(tried_at)))


def try_again(delivery_ids: Sequence[int]) -> Script[None]:
    """Clear the trouble of the receivers, and doubt that they allow no more notices: a person insists
    that the replayed deliveries are sent."""
    yield from each(with_ids(FORGIVE, delivery_ids))
    yield from each(with_ids(DOUBT_COUNTS, delivery_ids))
