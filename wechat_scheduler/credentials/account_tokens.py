"""The access tokens of accounts, whoever looks after them: the account itself or a platform."""

from wechat_scheduler.credentials.manager import Manager
from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.errors import NotFoundError
from wechat_scheduler.reasons import Reason

OWN = "access_token"
AUTHORIZED = "authorizer_access_token"


class AccountTokens:
    """Which job an account's token comes from is looked up once, and again when it is gone."""

    def __init__(self, manager: Manager) -> None:
        self._manager = manager
        self._jobs: dict[str, JobKey] = {}

    async def token(self, appid: str) -> str:
        """One that is valid now. Raises RequestError, which says who has to do what, or
        StorageError."""
        key = await self._job(appid)
        try:
            cell = await self._manager.fetch(key)
        except NotFoundError:
            self._jobs.pop(appid, None)
            raise
        credential = cell.credential
        if credential is None:
            raise self._manager.unavailable(cell)
        return credential.value

    async def refused(self, appid: str, value: str) -> None:
        """WeChat takes `value` no more: if it is still the current one, it is replaced."""
        await self._manager.report(await self._job(appid), value)

    async def _job(self, appid: str) -> JobKey:
        if appid not in self._jobs:
            self._jobs[appid] = await self._look_up(appid)
        return self._jobs[appid]

    async def _look_up(self, appid: str) -> JobKey:
        own = JobKey(appid, OWN)
        if await self._manager.view(appid=appid, kind=OWN, subject="", after=None, limit=1):
            return own
        views = await self._manager.view(
            appid="", kind=AUTHORIZED, subject=appid, after=None, limit=1
        )
        if not views:
            raise NotFoundError(
                f"no access_token is kept for {appid}: register the account with its AppSecret",
                reason=Reason.ACCOUNT_UNKNOWN,
            )
        return views[0].key
