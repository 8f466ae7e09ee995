"""The scripts that put into the feed what became of a credential."""

from collections.abc import Iterable, Iterator
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


def put_outcomes(
    outcomes: Iterable[tuple[Rotated | Repeated | Failed, Snapshot | None]], now: datetime
) -> Iterator[BulkStatement]:
    """Each with the state that was stored, None if none was."""
    return put(
        [entry for one, after in outcomes if after and (entry := _entry_of(one, after, now))]
    )


def _entry_of(
    outcome: Rotated | Repeated | Failed, after: Snapshot, now: datetime
) -> FeedEntry | None:
    """A job that fails again in the same way is not told again. One that recovers with the value that it had is told
    once."""
    key = outcome.job.key
    if isinstance(outcome, Rotated) and after.credential is not None:
        return _entry(FeedKind.ROTATED, key, now, version=after.credential.version)
    if isinstance(outcome, Repeated) and outcome.job.fault is not None:
        return _entry(FeedKind.RECOVERED, key, now)
    if isinstance(outcome, Failed) and _is_new(outcome):
        return _entry(FeedKind.FAILED, key, now, errcode=outcome.fault.errcode)
    return None


def put_rotated(key: JobKey, version: int, now: datetime) -> Iterator[BulkStatement]:
    return put([_entry(FeedKind.ROTATED, key, now, version=version)])


def put_recovered(key: JobKey, now: datetime) -> Iterator[BulkStatement]:
    return put([_entry(FeedKind.RECOVERED, key, now)])


def put_failed(key: JobKey, now: datetime) -> Iterator[BulkStatement]:
    return put([_entry(FeedKind.FAILED, key, now, errcode=None)])


def put_removed(key: JobKey, now: datetime) -> Iterator[BulkStatement]:
    return put([_entry(FeedKind.REMOVED, key, now)])


def _entry(what: FeedKind, key: JobKey, now: datetime, **data: object) -> FeedEntry:
    return FeedEntry(
        at=now, what=what, appid=key.appid, kind=key.kind, subject=key.subject, data=data
    )


def _is_new(outcome: Failed) -> bool:
    before, fault = outcome.job.fault, outcome.fault
    if before is None:
        return True
    return (before.reaction, before.errcode) != (fault.reaction, fault.errcode)
