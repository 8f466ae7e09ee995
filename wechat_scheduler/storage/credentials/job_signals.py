"""Signals which jobs a process changed to the others on the database."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import msgspec

from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.errors import StorageError
from wechat_scheduler.storage.database import Database, Script


class JobSignals:
    """`worker` names this process, which does not hear its own."""

    def __init__(self, database: Database, worker: str) -> None:
        self._database = database
        self._worker = worker
        self._listeners: list[Callable[[JobKey | None], object]] = []

    def on_change(self, listener: Callable[[JobKey | None], object]) -> None:
        """Call `listener` with each job that another process changes, with each that `call` names, with each that this
        process may have changed without an answer of the database, and with None when any may have changed."""
        self._listeners.append(listener)

        def heard(payload: str) -> None:
            worker, _, job = payload.partition(" ")
            if not payload:
                listener(None)
            elif job and worker != self._worker:  # a signal without a job is about something else
                listener(JobKey(*msgspec.json.decode(job, type=tuple[str, str, str])))

        self._database.on_signal(heard)

    def call(self, key: JobKey) -> None:
        """Call the listeners of this process."""
        for listener in self._listeners:
            listener(key)

    @contextmanager
    def telling_if_lost(self, keys: Iterable[JobKey]) -> Iterator[None]:
        """A block that changes these jobs. If it ends in a StorageError, they may be changed all the same: the
        connection may have been lost in the commit."""
        try:
            yield
        except StorageError:
            for key in keys:
                self.call(key)
            raise

    def tell(self, keys: Iterable[JobKey]) -> Script[None]:
        """For `yield from` in a script that changes jobs: signal them to the other processes."""
        if self._database.dialect.signal_sql:
            for key in keys:
                payload = f"{self._worker} {msgspec.json.encode(key).decode()}"
                yield from self._database.dialect.signal(payload)
