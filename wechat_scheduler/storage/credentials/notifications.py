"""The outbox rows of credential notifications. A newer one supersedes an older one."""

import secrets
from collections.abc import Iterable

import msgspec

from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.storage.database import Row, Script, Statement
from wechat_scheduler.storage.rows import key_of

NOTIFICATION_CHANNEL = "credential"

# Notifications belong to no app, and so they wait in a lane of their own.
NO_APP = -1

# A newer notification takes the row of the older one. While the older one is being sent, its sender
# keeps the claim, so that two notifications of one job never overtake one another.
PUT = f"""
    INSERT INTO deliveries (id, channel, target, collapse_key, state, due_at, created_at, app_id)
    VALUES ($1, $2, $3, $4, 'pending', $5, $5, {NO_APP})
    ON CONFLICT (collapse_key) DO UPDATE
    SET id = excluded.id, state = excluded.state, attempts = 0, error = '', settled_at = NULL,
        crashes = 0, set_aside = '',
        due_at = CASE WHEN deliveries.claimed_by IS NULL
                 THEN excluded.due_at ELSE deliveries.due_at END,
        created_at = excluded.created_at
"""  # noqa: S608 - our own number
RECEIVERS = """
    SELECT appid, kind, subject, owner FROM registrations
    WHERE appid = $1 AND kind = $2 AND job = $3 AND notify <> ''
"""
# A notification as it can be sent: not to a key that was silenced.
NOTIFICATION = """
    SELECT j.appid, j.kind, j.subject, r.notify, j.credential, j.version,
        j.issued_at, j.expires_at, j.renew_at, j.waits_on, j.fault,
        (SELECT signing_secret FROM api_keys k WHERE k.id = r.owner LIMIT 1) AS signing_secret
    FROM registrations r
    JOIN jobs j ON j.appid = r.appid AND j.kind = r.kind AND j.subject = r.job
    WHERE r.appid = $1 AND r.kind = $2 AND r.subject = $3 AND r.owner = $4 AND r.notify <> ''
        AND NOT EXISTS (SELECT 1 FROM api_keys k WHERE k.id = r.owner AND k.silenced = 2)
"""
CANCEL = """
    UPDATE deliveries SET state = 'cancelled', set_aside = '' WHERE collapse_key = $1
"""


def notification_target(key: JobKey, owner: str) -> str:
    """The name of the receiver in the credential channel; `key` is as in its registration."""
    return msgspec.json.encode((*key, owner)).decode()


def notification_receiver(target: str) -> tuple[JobKey, str]:
    appid, kind, subject, owner = msgspec.json.decode(target, type=tuple[str, str, str, str])
    return JobKey(appid, kind, subject), owner


def collapse_key(channel: str, target: str) -> str:
    return f"{channel}:{target}"


def put_notification(key: JobKey, owner: str, now: int) -> Script[None]:
    """Notify `owner` of the current value of the job of that registration. A pending notification is
    superseded."""
    target = notification_target(key, owner)
    collapse = collapse_key(NOTIFICATION_CHANNEL, target)
    yield Statement(PUT, (secrets.randbits(52), NOTIFICATION_CHANNEL, target, collapse, now))


def put_notifications(key: JobKey, now: int) -> Script[None]:
    """Notify all receivers of the job."""
    for row in (yield Statement(RECEIVERS, key)):
        yield from put_notification(key_of(row), row["owner"], now)


def cancel_notifications(registrations: Iterable[Row]) -> Script[None]:
    for row in registrations:
        yield cancel_notification(key_of(row), row["owner"])


def cancel_notification(key: JobKey, owner: str) -> Statement:
    target = notification_target(key, owner)
    return Statement(CANCEL, (collapse_key(NOTIFICATION_CHANNEL, target),))
