"""Signals which jobs a process changed to the others on the database."""

from collections.abc import Callable, Iterable

import msgspec

from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.storage.database import Database, Script


class JobSignals:
    """`worker` names this process, which does not hear its own."""

    def __init__(self, database: Database, worker: str) -> None:
        self._database = database
        self._worker = worker

    def on_change(self, listener: Callable[[JobKey | None], object]) -> None:
        """Call `listener` with each job that another process changes, and with None when any may have changed."""

        def heard(payload: str) -> None:
            worker, _, job = payload.partition(" ")
            if not payload:
                listener(None)
            elif job and worker != self._worker:  # a signal without a job is about something else
                listener(JobKey(*msgspec.json.decode(job, type=tuple[str, str, str])))

        self._database.on_signal(heard)

    def tell(self, keys: Iterable[JobKey]) -> Script[None]:
        """For `yield from` in a script that changes jobs: signal them to the other processes."""
        if self._database.dialect.signal_sql:
            for key in keys:
                payload = f"{self._worker} {msgspec.json.encode(key).decode()}"
                yield from self._database.dialect.signal(payload)
