"""The door for what WeChat pushes: proven, kept, and only then acknowledged.

WeChat hangs up after five seconds and comes again until it has heard `success` ("消息与事件接收").
So a platform's event is kept here and no more: what it calls for is done from its row (`events.py`).
What a user did is seen to at once, in steps that may be cut short and done again; what that calls for
leaves through the outbox.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import NoReturn

import structlog

from wechat_scheduler.audience.heard import Heard
from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.supervisor import Supervisor
from wechat_scheduler.errors import RefusedPushError, SchedulerError, UnavailableError
from wechat_scheduler.pushes.model import Opened, Push, PushRefusal, Secrets
from wechat_scheduler.pushes.ports import Decoder, Events, Inbox
from wechat_scheduler.pushes.refusals import Refusals
from wechat_scheduler.pushes.replays import WINDOW, Replays, Standing
from wechat_scheduler.pushes.sorter import Sorter
from wechat_scheduler.reasons import Reason

log = structlog.get_logger(__name__)

# One of WeChat's five seconds is for the network.
PATIENCE = timedelta(seconds=4)

SOON = timedelta(seconds=1)


class Intake:
    """`changed` is told the job for which a ticket came, `wake` that an event did, `hear` what a
    user did, within WeChat's time. It may raise StorageError, and is told the same again then."""

    def __init__(
        self,
        inbox: Inbox,
        events: Events,
        decoder: Decoder,
        supervisor: Supervisor,
        *,
        clock: Clock,
        changed: Callable[[JobKey], Awaitable[None]],
        wake: Callable[[], None],
        hear: Callable[[Heard], Awaitable[None]],
    ) -> None:
        self._inbox = inbox
        self._sorter = Sorter(inbox, events, clock=clock, changed=changed, wake=wake, hear=hear)
        self._decoder = decoder
        self._supervisor = supervisor
        self._clock = clock
        self._replays = Replays()
        self._refusals = Refusals()

    async def receive(self, appid: str, push: Push) -> None:
        """Returns when what was pushed is kept, and WeChat may be told so.

        Raises RefusedPushError; UnavailableError or StorageError if it could not be kept in time.
        """
        await self._in_time(lambda: self._receive(appid, push))

    async def verify(self, appid: str, push: Push) -> None:
        """Whether the sender of a GET knows the token: WeChat's console asks so for an address.

        Raises RefusedPushError, and what `receive` does.
        """
        await self._in_time(lambda: self._verify(appid, push))

    def last_refusal(self, appid: str) -> PushRefusal | None:
        return self._refusals.last(appid)

    def forget(self, appid: str) -> None:
        """Its pushes are no longer expected, or in a new way."""
        self._refusals.forget(appid)

    async def _in_time(self, work: Callable[[], Awaitable[None]]) -> None:
        """A store that hangs must not make WeChat hang up: it is given up in time, done or not."""
        trouble: SchedulerError | None = UnavailableError(
            "the store does not answer; come again",
            reason=Reason.STORE_UNAVAILABLE,
            retry_after=SOON,
        )
        ended = asyncio.Event()

        async def carry() -> None:
            nonlocal trouble
            try:
                await work()
                trouble = None
            except SchedulerError as error:
                trouble = error
            finally:
                ended.set()

        task = self._supervisor.contained("push", carry())
        try:
            await self._clock.wait(ended, PATIENCE)
        finally:
            task.cancel()
        if trouble is not None:
            raise trouble

    async def _verify(self, appid: str, push: Push) -> None:
        secrets = await self._secrets(appid)
        try:
            self._decoder.check_signature(push, secrets)
            self._check_time(push)
        except RefusedPushError as error:
            self._refuse(appid, error)

    async def _receive(self, appid: str, push: Push) -> None:
        secrets = await self._secrets(appid)
        try:
            opened = self._decoder.open(push, secrets, appid=appid)
            self._check_time(push)
            await self._keep_once(appid, opened)
        except RefusedPushError as error:
            self._refuse(appid, error)
        self._refusals.overcome(appid)

    async def _secrets(self, appid: str) -> Secrets:
        secrets = await self._inbox.secrets(appid)
        if secrets is None:
            raise RefusedPushError("nothing is expected for this appid")
        return secrets

    def _check_time(self, push: Push) -> None:
        apart = abs(self._clock.now() - datetime.fromtimestamp(int(push.timestamp), UTC))
        if apart > WINDOW:
            seconds = round(apart.total_seconds())
            raise RefusedPushError(
                f"its timestamp is {seconds} s from this machine's clock: is that clock right?"
            )

    def _refuse(self, appid: str, error: RefusedPushError) -> NoReturn:
        self._refusals.note(appid, error.detail, self._clock.now())
        raise error

    async def _keep_once(self, appid: str, opened: Opened) -> None:
        match self._replays.enter(opened.proof, opened.digest, self._clock.now()):
            case Standing.NEW:
                await self._keep_or_forget(appid, opened)
            case Standing.BEING_KEPT:
                raise UnavailableError(
                    "it is being kept; come again",
                    reason=Reason.STORE_UNAVAILABLE,
                    retry_after=SOON,
                )
            case Standing.ACCEPTED:
                log.debug("push.repeated", appid=appid)
            case Standing.FORGED:
                raise RefusedPushError("its signature came with another body before")

    async def _keep_or_forget(self, appid: str, opened: Opened) -> None:
        try:
            await self._sorter.keep(appid, opened.message)
        except BaseException:
            self._replays.forget(opened.proof)  # WeChat is going to send it once more
            raise
        self._replays.accept(opened.proof)
