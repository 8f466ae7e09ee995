"""The desk of those who look after many jobs: lists and counts them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol, Unpack

from wechat_scheduler.credentials.model import Account, JobKey
from wechat_scheduler.credentials.views import (
    AccountPage,
    AccountView,
    JobCounts,
    JobFilter,
    JobPage,
    JobView,
)
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import NotFoundError
from wechat_scheduler.reasons import Reason


class ListedJobs(Protocol):
    """Stored jobs. What is wanted says `now`. May raise StorageError."""

    async def view(self, **wanted: Unpack[JobPage]) -> Sequence[JobView]:
        """Jobs in the order of their keys."""

    async def count(self, **wanted: Unpack[JobFilter]) -> JobCounts: ...

    async def endpoints(self, appids: Collection[str]) -> Mapping[str, str]:
        """`Account.endpoint` of those of the accounts that are stored."""

    async def accounts(self, **wanted: Unpack[AccountPage]) -> Sequence[AccountView]:
        """Accounts in the order of their appids."""

    async def names(self, appids: Collection[str]) -> Mapping[str, str]:
        """What people call those of the accounts that have a name, by appid."""

    async def name_account(self, appid: str, name: str) -> bool:
        """Store what people call the account; an empty name removes it. Returns whether it had another."""

    async def name_unnamed(self, appid: str, name: str) -> bool:
        """Store what people call the account if it has no name. Returns whether that is so."""

    async def forget_account(self, appid: str) -> None:
        """Remove the secret, the endpoint and the name of an account without jobs. Its versions continue if it is registered
        again."""


class JobDesk:
    """`limit` gives the calls that a credential of a kind may make in a day, for an account whose secret it does
    not need."""

    def __init__(
        self, jobs: ListedJobs, limit: Callable[[str, Account], int], *, clock: Clock
    ) -> None:
        self._jobs = jobs
        self._limit = limit
        self._clock = clock

    async def view(self, **wanted: Unpack[JobPage]) -> Sequence[JobView]:
        wanted["now"] = self._clock.now()
        return await self._jobs.view(**wanted)

    async def count(self, **wanted: Unpack[JobFilter]) -> JobCounts:
        wanted["now"] = self._clock.now()
        return await self._jobs.count(**wanted)

    async def accounts(self, **wanted: Unpack[AccountPage]) -> Sequence[AccountView]:
        return await self._jobs.accounts(**wanted)

    async def names(self, appids: Collection[str]) -> Mapping[str, str]:
        """What people call those of the accounts that have a name, by appid."""
        return await self._jobs.names(appids)

    async def name_account(self, appid: str, name: str) -> bool:
        """Returns whether the account had another name. Raises NotFoundError."""
        known = await self._jobs.accounts(appids=[appid], limit=1)
        if not known:
            raise NotFoundError(f"nothing is registered for {appid}", reason=Reason.TASK_UNKNOWN)
        return known[0].name != name and await self._jobs.name_account(appid, name)

    async def name_unnamed(self, appid: str, name: str) -> bool:
        """Give a name to an account that has none. Returns whether that is so."""
        return not await self._jobs.names([appid]) and await self._jobs.name_unnamed(appid, name)

    async def forget_account(self, appid: str) -> None:
        """Has an effect only after the last job of the account is removed."""
        await self._jobs.forget_account(appid)

    async def calls_limits(self, jobs: Sequence[JobKey]) -> Mapping[JobKey, int]:
        """The calls that each may make in a day."""
        endpoints = await self._jobs.endpoints({job.appid for job in jobs})
        return {job: self._limit(job.kind, _account(job.appid, endpoints)) for job in jobs}


def _account(appid: str, endpoints: Mapping[str, str]) -> Account:
    return Account(appid=appid, secret="", endpoint=endpoints.get(appid, ""))
