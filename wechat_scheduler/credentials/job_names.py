"""Caches which job a key means, so that a fetch does not ask the store."""

from collections.abc import Sequence

from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.credentials.ports import Store
from wechat_scheduler.credentials.refused_fetches import no_job, several_jobs


class JobNames:
    """Caches by account and kind: a change of one job leaves the names of all others as they are."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._found: dict[tuple[str, str], dict[tuple[JobKey, str], JobKey]] = {}

    async def find(self, key: JobKey, owner: str) -> JobKey:
        """The key of the job that `key` means to `owner`. Raises NotFoundError, ConflictError."""
        found = self._found.setdefault(key[:2], {})  # `forget` drops it meanwhile
        known = found.get((key, "")) or found.get((key, owner))
        if known is not None:
            return known
        try:
            return await self._look_up(key, owner, found)
        finally:
            if not found:
                self.forget(key)

    async def _look_up(
        self, key: JobKey, owner: str, found: dict[tuple[JobKey, str], JobKey]
    ) -> JobKey:
        names, whose = await self._store.names(key), ""
        if len(names) > 1 and owner:
            names, whose = await self._store.names(key, owner=owner), owner
        found[key, whose] = _only(key, names)
        return found[key, whose]

    def forget(self, key: JobKey | None) -> None:
        """Forget the names after a change of this job, or of any job if None."""
        if key is None:
            self._found = {}
        else:
            self._found.pop(key[:2], None)


def _only(key: JobKey, names: Sequence[JobKey]) -> JobKey:
    if not names:
        raise no_job(key)
    if len(names) > 1:
        raise several_jobs(names)
    return names[0]
