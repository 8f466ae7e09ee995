"""The door for what WeChat pushes: proven, kept, and only then acknowledged.

WeChat hangs up after five seconds and comes again until it has heard `success` ("消息与事件接收").
So nothing is done here but keeping; what an event calls for is done from its row (`events.py`).
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import structlog

from wechat_scheduler.clock import Clock
from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.errors import RefusedPushError, SchedulerError, UnavailableError
from wechat_scheduler.pushes.model import (
    COMPONENT_TOKEN,
    TICKET,
    Message,
    Push,
    Refusal,
    Secrets,
)
from wechat_scheduler.pushes.ports import Decoder, Events, Inbox
from wechat_scheduler.pushes.reading import read_event
from wechat_scheduler.pushes.refusals import Refusals
from wechat_scheduler.pushes.replays import WINDOW, Replays
from wechat_scheduler.supervisor import Supervisor

log = structlog.get_logger(__name__)

# One of WeChat's five seconds is for the network.
PATIENCE = timedelta(seconds=4)


class Intake:
    """`changed` is told the job for which a ticket came, `wake` that an event did."""

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
    ) -> None:
        self._inbox = inbox
        self._events = events
        self._decoder = decoder
        self._supervisor = supervisor
        self._clock = clock
        self._changed = changed
        self._wake = wake
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

    def last_refusal(self, appid: str) -> Refusal | None:
        return self._refusals.last(appid)

    def forget(self, appid: str) -> None:
        """Its pushes are no longer expected, or in a new way."""
        self._refusals.forget(appid)

    async def _in_time(self, work: Callable[[], Awaitable[None]]) -> None:
        """A store that hangs must not make WeChat hang up: it is given up in time, done or not."""
        trouble: SchedulerError | None = UnavailableError(
            "the store does not answer; come again", retry_after=timedelta(seconds=1)
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
            message = self._decoder.open(push, secrets, appid=appid)
            self._check_time(push)
            if not self._replays.remember(push.msg_signature, self._clock.now()):
                raise RefusedPushError("it was accepted before")
            await self._keep_or_forget(appid, message, push)
        except RefusedPushError as error:
            self._refuse(appid, error)

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

    def _refuse(self, appid: str, error: RefusedPushError) -> None:
        self._refusals.note(appid, error.reason, self._clock.now())
        raise error

    async def _keep_or_forget(self, appid: str, message: Message, push: Push) -> None:
        try:
            await self._keep(appid, message)
        except BaseException:
            self._replays.forget(push.msg_signature)  # WeChat is going to send it once more
            raise

    async def _keep(self, appid: str, message: Message) -> None:
        now = self._clock.now()
        info_type = message.get("InfoType", "")
        if not info_type:
            # A user's message to an account: nobody here answers those.
            log.debug("push.unhandled", appid=appid, type=message.get("MsgType", ""))
        elif info_type == TICKET:
            await self._keep_ticket(appid, message.get("ComponentVerifyTicket", ""), now)
        elif await self._events.put(read_event(appid, message), now=now):
            log.info("push.event", appid=appid, info_type=info_type)
            self._wake()

    async def _keep_ticket(self, appid: str, ticket: str, now: datetime) -> None:
        if not ticket:
            raise RefusedPushError("it is a ticket without a ComponentVerifyTicket")
        if await self._inbox.put_ticket(appid, ticket, now=now):
            log.debug("push.ticket", appid=appid)
            await self._changed(JobKey(appid, COMPONENT_TOKEN))
