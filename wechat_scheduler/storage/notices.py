"""The outbox rows of credentials: who is told of a rotation. A newer notice supersedes an older."""

import secrets
from collections.abc import Iterable

import msgspec

from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.storage.database import Script, Statement

NOTICE_CHANNEL = "credential"

# A newer notice takes the row of the older one. If that one is being sent, its sender keeps the
# claim until it is done, so that two notices of one job never overtake one another.
PUT = """
    INSERT INTO deliveries (id, channel, target, collapse_key, state, due_at, created_at)
    VALUES ($1, $2, $3, $4, 'pending', $5, $5)
    ON CONFLICT (collapse_key) DO UPDATE
    SET id = excluded.id, state = excluded.state, attempts = 0, error = '', settled_at = NULL,
        due_at = CASE WHEN deliveries.claimed_by IS NULL
                 THEN excluded.due_at ELSE deliveries.due_at END,
        created_at = excluded.created_at
"""
RECEIVERS = """
    SELECT owner FROM registrations
    WHERE appid = $1 AND kind = $2 AND subject = $3 AND notify <> ''
"""
CANCEL = """
    UPDATE deliveries SET state = 'cancelled' WHERE collapse_key = $1 AND state = 'pending'
"""


def notice_target(key: JobKey, owner: str) -> str:
    """What the credential channel calls its receiver."""
    return msgspec.json.encode((*key, owner)).decode()


def notice_receiver(target: str) -> tuple[JobKey, str]:
    appid, kind, subject, owner = msgspec.json.decode(target, type=tuple[str, str, str, str])
    return JobKey(appid, kind, subject), owner


def collapse_key(channel: str, target: str) -> str:
    return f"{channel}:{target}"


def put_notice(key: JobKey, owner: str, now: int) -> Script[None]:
    """Tell `owner` about the current value of the job; what was still to be told is superseded."""
    target = notice_target(key, owner)
    collapse = collapse_key(NOTICE_CHANNEL, target)
    yield Statement(PUT, (secrets.randbits(52), NOTICE_CHANNEL, target, collapse, now))


def put_notices(key: JobKey, now: int) -> Script[None]:
    """Tell everybody who wants to be told."""
    for row in (yield Statement(RECEIVERS, key)):
        yield from put_notice(key, row["owner"], now)


def cancel_notices(key: JobKey, owners: Iterable[str]) -> Script[None]:
    for owner in owners:
        collapse = collapse_key(NOTICE_CHANNEL, notice_target(key, owner))
        yield Statement(CANCEL, (collapse,))
