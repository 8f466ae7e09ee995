"""Passes each pushed message to the store or the listener that takes it."""

from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog

from wechat_scheduler.audience.user_acts import UserAct
from wechat_scheduler.credentials.inputs import Siblings
from wechat_scheduler.credentials.model import AUTHORIZER_TOKEN, COMPONENT_TOKEN, JobKey
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import RefusedPushError
from wechat_scheduler.pushes import model, sentences
from wechat_scheduler.pushes.history import Fate
from wechat_scheduler.pushes.model import TICKET, PushedMessage
from wechat_scheduler.pushes.ports import Events, Inbox, PushObserver
from wechat_scheduler.pushes.reading import read_event, read_heard
from wechat_scheduler.pushes.refused_pushes import NotedPushes

log = structlog.get_logger(__name__)

TICKET_FIELD = "ComponentVerifyTicket"


class Sorter:
    """`changed`, `wake` and `hear` are those of `Intake`."""

    def __init__(
        self,
        inbox: Inbox,
        events: Events,
        siblings: Siblings,
        *,
        observer: PushObserver,
        noted: NotedPushes,
        clock: Clock,
        changed: Callable[[JobKey], Awaitable[None]],
        wake: Callable[[], None],
        hear: Callable[[UserAct], Awaitable[str]],
    ) -> None:
        self._inbox = inbox
        self._events = events
        self._siblings = siblings
        self._observer = observer
        self._noted = noted
        self._clock = clock
        self._changed = changed
        self._wake = wake
        self._hear = hear

    async def keep(self, appid: str, message: PushedMessage, *, account: str = "") -> str:
        """Store a message. A platform's tickets and events have an InfoType, an account's messages a
        MsgType; with `account`, it is one of this account, which authorised the platform `appid`. One
        that lacks a field is counted and passed over. Returns what the response is to show the user, empty for nothing.

        Raises RefusedPushError, StorageError.
        """
        now = self._clock.now()
        match message.sort:
            case model.INFO_TYPE if account:
                raise RefusedPushError(sentences.OF_PLATFORM.en)
            case model.INFO_TYPE if message.text(model.INFO_TYPE) == TICKET:
                await self._keep_ticket(appid, message, now)
            case model.INFO_TYPE:
                await self._keep_event(appid, message, now)
            case model.MSG_TYPE:
                if account:
                    await self._check_authorised(appid, account)
                return await self._hear_of(account or appid, message, now)
            case _:
                log.debug("push.unhandled", appid=appid)
        return ""

    async def _check_authorised(self, platform: str, account: str) -> None:
        """The path names the account, and the signature does not cover it. WeChat issues the account's
        token to no other platform; one that revoked its authorisation has none."""
        key = JobKey(platform, AUTHORIZER_TOKEN, account)
        job = await self._siblings.sibling(key)
        if job is None or not job.version:
            raise RefusedPushError(
                sentences.NOT_AUTHORISED.fill(account=account, platform=platform, key=key)
            )

    async def _hear_of(self, appid: str, message: PushedMessage, now: datetime) -> str:
        try:
            act = read_heard(appid, message, now=now)
        except RefusedPushError as error:
            await self._pass_over(appid, message, error)
            return ""
        return await self._hear(act)

    async def _pass_over(self, appid: str, message: PushedMessage, error: RefusedPushError) -> None:
        """It is WeChat's, and has the same fault each time it comes."""
        log.warning("push.unread", appid=appid, reason=error.detail)
        self._observer.unread(message)
        await self._noted.note(appid, Fate.IGNORED, error.detail, self._clock.now())

    async def _keep_ticket(self, appid: str, message: PushedMessage, now: datetime) -> None:
        ticket = message.text(TICKET_FIELD)
        if not ticket:
            error = RefusedPushError(sentences.FIELD_MISSING.fill(name=TICKET_FIELD))
            await self._pass_over(appid, message, error)
        elif await self._inbox.put_ticket(appid, ticket, now=now):
            log.debug("push.ticket", appid=appid)
            await self._changed(JobKey(appid, COMPONENT_TOKEN))

    async def _keep_event(self, appid: str, message: PushedMessage, now: datetime) -> None:
        try:
            event = read_event(appid, message, now=now)
        except RefusedPushError as error:
            await self._pass_over(appid, message, error)
            return
        if await self._events.put(event, now=now):
            log.info("push.event", appid=appid, info_type=event.name)
            self._wake()
