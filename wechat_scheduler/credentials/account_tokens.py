"""The access tokens and the tickets of accounts, from the account's own job or from its platform's."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Final, NamedTuple

from wechat_scheduler.credentials.fault_sentences import AUTHORISE_AGAIN, NO_TICKET, UNREGISTERED
from wechat_scheduler.credentials.manager import Manager
from wechat_scheduler.credentials.model import (
    ACCESS_TOKEN,
    AUTHORIZATION,
    AUTHORIZER_TOKEN,
    JobKey,
)
from wechat_scheduler.credentials.views import JobView
from wechat_scheduler.engine.batches import Batches
from wechat_scheduler.engine.sentences import Sentence
from wechat_scheduler.errors import NotFoundError, RequestError
from wechat_scheduler.reasons import Reason


class TokenKinds(NamedTuple):
    """The kind of an account's own job and that of its platform's. `register` is the remedy if there is neither, which
    `missing` says as a note."""

    own: str
    of_platform: str
    register: str
    missing: Sentence
    reason: Reason


TOKENS: Final = TokenKinds(
    ACCESS_TOKEN,
    AUTHORIZER_TOKEN,
    "register the account with its AppSecret",
    UNREGISTERED,
    Reason.ACCOUNT_UNKNOWN,
)
PAGE_TICKETS: Final = TokenKinds(
    "jsapi_ticket",
    "jsapi_ticket",
    "register type 1 (jsapi_ticket) of it",
    NO_TICKET,
    Reason.TASK_UNKNOWN,
)


class AccountTokens:
    """Looks up the job of an account's token once, and again after that job was removed.

    If it `waits`, `token` waits for a refresh under way, as `Manager.fetch` does.
    """

    def __init__(self, manager: Manager, *, kinds: TokenKinds = TOKENS, waits: bool = True) -> None:
        self._manager = manager
        self._kinds = kinds
        self._waits = waits
        self._jobs: dict[str, JobKey] = {}
        self._look_ups: Batches[str, None, JobKey] = Batches(self._look_up_together)

    def at_hand(self) -> "AccountTokens":
        """The same tokens, without waiting."""
        return AccountTokens(self._manager, kinds=self._kinds, waits=False)

    async def token(self, appid: str) -> str:
        """A token that is valid now. Raises RequestError, whose sentence says what to do, and
        StorageError."""
        return await self._token(appid, waits=self._waits)

    async def _token(self, appid: str, *, waits: bool) -> str:
        key = await self.job(appid)
        try:
            cell = await self._manager.fetch(key, waits=waits)
        except NotFoundError as error:
            self.forget(appid)
            raise self._none(appid) from error
        credential = cell.credential
        if credential is None:
            raise self._manager.unavailable(cell)
        return credential.value

    async def has_token(self, appid: str) -> bool:
        """Whether the account has a token that is valid now. Raises StorageError."""
        with suppress(RequestError):
            return bool(await self.token(appid))
        return False

    def forget(self, appid: str) -> None:
        """The account's job was removed: look again the next time."""
        self._jobs.pop(appid, None)

    async def refused(self, appid: str, value: str) -> None:
        """Report that WeChat refused `value`: if it is still the current one, it is replaced."""
        await self._manager.report(await self.job(appid), value)

    async def job(self, appid: str) -> JobKey:
        """The job of the account's token, also if it has no value. Raises NotFoundError, StorageError."""
        key = self._jobs.get(appid)
        return key or await self._look_ups.do(appid, None)

    async def _look_up_together(self, appid: str, asking: Sequence[None]) -> Sequence[JobKey]:
        """Share one look-up between all callers that ask at once, after a start. It reads the job into
        memory, too."""
        key = self._jobs[appid] = await self._look_up(appid)
        with suppress(RequestError):
            await self._manager.fetch(key, waits=False)
        return [key] * len(asking)

    async def keeps(self, appid: str) -> bool:
        """Whether the account can be used. Raises StorageError."""
        return not await self.lack(appid)

    async def lack(self, appid: str) -> str:
        """Why the account cannot be used, empty if it can: it is not registered, or took back its authorisation of the
        platform. Raises StorageError."""
        views = await self._views(appid)
        if not views:
            return self._kinds.missing.fill(appid=appid)
        is_kept = any(view.waits_on != AUTHORIZATION for view in views)
        return "" if is_kept else AUTHORISE_AGAIN.fill(appid=appid, platform=views[0].key.appid)

    async def lack_at_once(self, appid: str) -> str:
        """As `lack`; where a token is at hand, from memory. It waits for no refresh. Raises StorageError."""
        with suppress(RequestError):
            await self._token(appid, waits=False)
            return ""
        return await self.lack(appid)

    async def _look_up(self, appid: str) -> JobKey:
        for view in await self._views(appid):
            return view.key
        raise self._none(appid)

    def _none(self, appid: str) -> NotFoundError:
        return NotFoundError(
            f"no {self._kinds.own} is kept for {appid}: {self._kinds.register}",
            reason=self._kinds.reason,
        )

    async def _views(self, appid: str) -> Sequence[JobView]:
        """The job of the account's own token, else of its platform's. A platform's own has no subject, and
        comes before those of its accounts."""
        own = await self._manager.view(appid=appid, kind=self._kinds.own, limit=1)
        return [view for view in own if not view.key.subject] or await self._manager.view(
            kind=self._kinds.of_platform, subject=appid, limit=1
        )
