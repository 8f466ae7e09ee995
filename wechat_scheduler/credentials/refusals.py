"""What a caller is told who cannot have a credential now."""

from datetime import datetime, timedelta

from wechat_scheduler.credentials.cells import Cell
from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.errors import UnavailableError

# When a caller is to come back for a value whose fetch has not failed, only not ended.
SOON = timedelta(seconds=1)

# What a job waits for may come at any time: nobody needs to stay away for longer.
LATEST = timedelta(hours=1)


def no_job(key: JobKey) -> str:
    return f"no {key.kind} is registered for {'/'.join(filter(None, (key.appid, key.subject)))}"


def unavailable(cell: Cell, now: datetime) -> UnavailableError:
    """Why there is nothing, and when to come back."""
    snapshot = cell.snapshot
    if snapshot is None or snapshot.fault is None:
        return UnavailableError(f"{cell.key} is still being fetched", retry_after=SOON)
    fault = snapshot.fault
    pause = min(max(SOON, snapshot.due_at - now), LATEST)
    advice = f"; {fault.advice}" if fault.advice else ""
    return UnavailableError(
        f"{cell.key} has no valid value: {fault.message}{advice}", retry_after=pause
    )


def comes_later(cell: Cell, now: datetime, left: timedelta) -> bool:
    """Whether the last attempt failed, and the next is not within `left`."""
    snapshot = cell.snapshot
    return snapshot is not None and snapshot.fault is not None and snapshot.due_at - now > left
