"""The scripts that put into the feed what became of a credential."""

from collections.abc import Iterator
from datetime import datetime

from wechat_scheduler.credentials.model import (
    Failed,
    JobKey,
    Repeated,
    Rotated,
    Snapshot,
)
from wechat_scheduler.feed.model import FeedEntry, FeedKind
from wechat_scheduler.storage.database import BulkStatement
from wechat_scheduler.storage.feed import put


def put_outcome(
    outcome: Rotated | Repeated | Failed, after: Snapshot | None, now: datetime
) -> Iterator[BulkStatement]:
    """`after` is the state that was stored, None if none was. A job that fails again in the same way is
    not told again."""
    if isinstance(outcome, Rotated) and after is not None and after.credential is not None:
        yield from put_rotated(outcome.job.key, after.credential.version, now)
    elif isinstance(outcome, Failed) and after is not None and _is_new(outcome):
        yield from put_failed(outcome.job.key, now, outcome.fault.errcode)


def put_rotated(key: JobKey, version: int, now: datetime) -> Iterator[BulkStatement]:
    return _put(FeedKind.ROTATED, key, now, version=version)


def put_failed(key: JobKey, now: datetime, errcode: int | None = None) -> Iterator[BulkStatement]:
    return _put(FeedKind.FAILED, key, now, errcode=errcode)


def put_removed(key: JobKey, now: datetime) -> Iterator[BulkStatement]:
    return _put(FeedKind.REMOVED, key, now)


def _put(what: FeedKind, key: JobKey, now: datetime, **data: object) -> Iterator[BulkStatement]:
    entry = FeedEntry(
        at=now, what=what, appid=key.appid, kind=key.kind, subject=key.subject, data=data
    )
    return put([entry])


def _is_new(outcome: Failed) -> bool:
    before, fault = outcome.job.fault, outcome.fault
    if before is None:
        return True
    return (before.reaction, before.errcode) != (fault.reaction, fault.errcode)
