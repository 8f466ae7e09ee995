"""The rules for leaving out `params`, checked before a registration is stored."""

from collections.abc import Mapping, Set

from wechat_scheduler.credentials.model import JobKey, Registration, Task
from wechat_scheduler.credentials.ports import Issuer, Need, Store
from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.reasons import Reason


class Requirements:
    """Refuses tasks that have no source for an input."""

    def __init__(self, store: Store, issuers: Mapping[str, Issuer]) -> None:
        self._store = store
        self._issuers = issuers

    async def check(self, registration: Registration) -> None:
        """Raises InvalidRequestError at the first task that needs `params` and has none."""
        keys = {task.key for task in registration.tasks}
        for number, task in enumerate(registration.tasks):
            if task.params:
                continue
            for need in self._issuers[task.key.kind].needs:
                if not await self._is_met(need, task, keys, registration.owner):
                    raise InvalidRequestError(
                        _advice(need, task),
                        reason=Reason.PARAMS_MISSING,
                        field=f"tasks[{number}].params",
                    )

    async def _is_met(self, need: Need, task: Task, keys: Set[JobKey], owner: str) -> bool:
        """`keys` are those of all tasks that are registered together."""
        if need.parent is not None:
            parent = need.parent(task.key)
            if parent in keys or await self._store.names(parent):
                return True
        appid = task.key.appid
        if await self._store.pushed(appid, need.name):
            return True
        if need.pushed and await self._store.listens(appid):
            return True
        return await self._store.provides(task.key, owner=owner, kept=need.kept)


def _advice(need: Need, task: Task) -> str:
    if need.parent is not None:
        parent = need.parent(task.key)
        return (
            f"{task.key.kind} needs an {need.name}: register {parent} too, "
            f'or give a params URL that returns {{"{need.name}": …}}'
        )
    return f'{task.key.kind} needs a params URL that returns {{"{need.name}": …}}'
