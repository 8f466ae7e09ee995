"""Receives pushes: checks and stores them before WeChat gets its answer.

WeChat hangs up after five seconds and repeats a push until the answer is `success` ("消息与事件接收").
So a platform's event is only stored here; `events.py` acts on it later, from its row. An action of a user
is handled at once, in steps that may be cut short and repeated; the messages that follow from it go
through the outbox.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import NoReturn, TypeVar

import structlog

from wechat_scheduler.audience.user_acts import UserAct
from wechat_scheduler.credentials.inputs import Siblings
from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.supervisor import Supervisor
from wechat_scheduler.errors import RefusedPushError, SchedulerError, StorageError, UnavailableError
from wechat_scheduler.pushes import sentences
from wechat_scheduler.pushes.history import Fate
from wechat_scheduler.pushes.model import Opened, Push, PushRefusal, Secrets
from wechat_scheduler.pushes.ports import Decoder, Events, Inbox, PushHistory, PushObserver
from wechat_scheduler.pushes.refused_pushes import NotedPushes, Refusals, is_likely
from wechat_scheduler.pushes.replays import WINDOW, GivenReplies, PushSignatures, Standing
from wechat_scheduler.pushes.sorter import Sorter
from wechat_scheduler.reasons import Reason

log = structlog.get_logger(__name__)

T = TypeVar("T")

# One of WeChat's five seconds is for the network.
PATIENCE = timedelta(seconds=4)

SOON = timedelta(seconds=1)


class Intake:
    """`changed` is called with the job for which a ticket came, `wake` after an event was stored, `hear`
    with the action of a user, within WeChat's time: it returns what the response is to show the user, empty for nothing.
    `hear` may raise StorageError; WeChat then repeats the push."""

    def __init__(
        self,
        inbox: Inbox,
        events: Events,
        siblings: Siblings,
        decoder: Decoder,
        supervisor: Supervisor,
        *,
        history: PushHistory,
        observer: PushObserver,
        clock: Clock,
        changed: Callable[[JobKey], Awaitable[None]],
        wake: Callable[[], None],
        hear: Callable[[UserAct], Awaitable[str]],
    ) -> None:
        self._inbox = inbox
        self._noted = NotedPushes(history)
        self._sorter = Sorter(
            inbox,
            events,
            siblings,
            observer=observer,
            noted=self._noted,
            clock=clock,
            changed=changed,
            wake=wake,
            hear=hear,
        )
        self._decoder = decoder
        self._supervisor = supervisor
        self._observer = observer
        self._clock = clock
        self._replays = PushSignatures()
        self._given = GivenReplies()
        self._refusals = Refusals()

    async def receive(self, appid: str, push: Push, *, account: str = "") -> bytes:
        """Check and store the push; then WeChat may get `success`, or the message for its user that is returned. With
        `account`, it came to the 消息与事件接收URL of the platform `appid`, and is about a user of that account. The same
        holds for a push to an appid without secrets that is signed with a platform's token. The account must have a token for
        the platform.

        Raises RefusedPushError; UnavailableError or StorageError if it was not stored in time.
        """
        return await self._in_time(lambda: self._receive(appid, push, account))

    async def verify(self, appid: str, push: Push) -> None:
        """Check that the sender of a GET knows the token: WeChat's console does this when a URL is
        entered.

        Raises as `receive` does.
        """
        await self._in_time(lambda: self._verify(appid, push))

    def last_refusal(self, appid: str) -> PushRefusal | None:
        return self._refusals.last(appid)

    def lasting_refusals(self) -> Mapping[str, PushRefusal]:
        """Those of accounts where WeChat's pushes were refused more than once, and none was accepted since."""
        return self._refusals.lasting()

    def overcome(self, appid: str) -> None:
        """Something passed after the first of the refusals that last, at another daemon perhaps."""
        self._refusals.overcome(appid)

    def forget(self, appid: str) -> None:
        """Drop the last refusal, since the secrets changed."""
        self._refusals.forget(appid)

    async def _in_time(self, work: Callable[[], Awaitable[T]]) -> T:
        """Give up before WeChat hangs up, if the store hangs."""
        trouble: SchedulerError = UnavailableError(
            "the database does not respond; retry later",
            reason=Reason.STORE_UNAVAILABLE,
            retry_after=SOON,
        )
        ended, done = asyncio.Event(), list[T]()

        async def carry() -> None:
            nonlocal trouble
            try:
                done.append(await work())
            except SchedulerError as error:
                trouble = error
            finally:
                ended.set()

        task = self._supervisor.contained("push", carry())
        try:
            await self._clock.wait(ended, PATIENCE)
        finally:
            task.cancel()
        if not done:
            raise trouble
        return done[0]

    async def _verify(self, appid: str, push: Push) -> None:
        secrets = await self._inbox.secrets(appid)
        if secrets is None:
            appid = await self._signer(push)
        else:
            try:
                self._decoder.check_signature(push, secrets)
                self._check_time(push)
            except RefusedPushError as error:
                await self._refuse(appid, push, secrets, error)
        self._refusals.overcome(appid)
        with suppress(StorageError):
            await self._inbox.verified(appid, now=self._clock.now())

    async def _receive(self, appid: str, push: Push, account: str) -> bytes:
        secrets = await self._inbox.secrets(appid)
        if secrets is None:
            return await self._receive(await self._signer(push), push, account or appid)
        try:
            opened = self._decoder.open(push, secrets, appid=appid)
            self._check_time(push)
            text = await self._keep_once(appid, account, opened)
        except RefusedPushError as error:
            await self._refuse(appid, push, secrets, error)
        self._refusals.overcome(appid)
        if not text:
            return b""
        return self._decoder.reply(opened, text, appid=appid, now=self._clock.now())

    async def _signer(self, push: Push) -> str:
        """The platform with whose token the push is signed."""
        for platform, secrets in await self._inbox.platforms():
            with suppress(RefusedPushError):
                self._decoder.check_signature(push, secrets)
                self._check_time(push)
                return platform
        raise RefusedPushError(sentences.NO_ENDPOINT.en)

    def _check_time(self, push: Push) -> None:
        apart = abs(self._clock.now() - datetime.fromtimestamp(int(push.timestamp), UTC))
        if apart > WINDOW:
            seconds = round(apart.total_seconds())
            raise RefusedPushError(sentences.WRONG_TIME.fill(seconds=seconds))

    async def _refuse(
        self, appid: str, push: Push, secrets: Secrets, error: RefusedPushError
    ) -> NoReturn:
        now, signed = self._clock.now(), False
        with suppress(RefusedPushError):
            self._decoder.check_signature(push, secrets)
            signed = True
        self._refusals.note(appid, error.detail, now, likely=is_likely(push), signed=signed)
        await self._noted.note(appid, Fate.REFUSED, error.detail, now)
        raise error

    async def _keep_once(self, appid: str, account: str, opened: Opened) -> str:
        digest = opened.digest + account.encode()
        match self._replays.enter(opened.proof, digest, self._clock.now()):
            case Standing.NEW:
                if text := await self._keep_or_forget(appid, account, opened):
                    self._given.keep(digest, text)
            case Standing.BEING_KEPT:
                raise UnavailableError(
                    "this push is still being processed; retry later",
                    reason=Reason.STORE_UNAVAILABLE,
                    retry_after=SOON,
                )
            case Standing.ACCEPTED:
                log.debug("push.repeated", appid=appid)
            case Standing.FORGED:
                raise RefusedPushError(sentences.USED_SIGNATURE.en)
        return self._given.get(digest)

    async def _keep_or_forget(self, appid: str, account: str, opened: Opened) -> str:
        try:
            text = await self._sorter.keep(appid, opened.message, account=account)
        except BaseException:
            self._replays.forget(opened.proof)  # WeChat repeats it
            raise
        self._replays.accept(opened.proof)
        self._observer.received(account or appid)
        if opened.message.mended:
            mended = sorted(opened.message.mended)
            log.info("push.mended", appid=account or appid, mended=mended)
            self._observer.mended(opened.message)
        return text
