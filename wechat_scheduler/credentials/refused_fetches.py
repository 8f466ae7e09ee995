"""The errors that a caller gets instead of a credential."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from wechat_scheduler.credentials.cells import Cell
from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.errors import ConflictError, NotFoundError, UnavailableError
from wechat_scheduler.reasons import Reason

# `Retry-After` for a value whose first fetch is in progress.
SOON = timedelta(seconds=1)

# The longest `Retry-After`: an input that a job waits for may arrive at any time.
LATEST = timedelta(hours=1)


def no_job(key: JobKey) -> NotFoundError:
    names = "/".join(filter(None, (key.appid, key.subject)))
    return NotFoundError(f"no {key.kind} is registered for {names}", reason=Reason.TASK_UNKNOWN)


def several_jobs(keys: Sequence[JobKey]) -> ConflictError:
    """`keys` differ in their subjects only."""
    first, second = keys[:2]
    return ConflictError(
        f"{first.appid} has several {first.kind}: name one, as in …/{first.subject or second.subject}",
        reason=Reason.TASK_AMBIGUOUS,
    )


def unavailable(cell: Cell, now: datetime) -> UnavailableError:
    """The reason why the cell has no valid credential, with `retry_after`."""
    snapshot = cell.snapshot
    if snapshot is None or snapshot.fault is None:
        return UnavailableError(
            f"{cell.key} is still being fetched", reason=Reason.TASK_PENDING, retry_after=SOON
        )
    fault = snapshot.fault
    pause = min(max(SOON, snapshot.due_at - now), LATEST)
    advice = f"; {fault.advice}" if fault.advice else ""
    return UnavailableError(
        f"{cell.key} has no valid value: {fault.message}{advice}",
        reason=Reason.TASK_EXPIRED,
        retry_after=pause,
    )


def comes_later(cell: Cell, now: datetime, left: timedelta) -> bool:
    """Whether the last attempt failed, and the next is not within `left`."""
    snapshot = cell.snapshot
    return snapshot is not None and snapshot.fault is not None and snapshot.due_at - now > left
