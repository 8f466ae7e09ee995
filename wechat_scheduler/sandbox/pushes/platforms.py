"""Pushes to third-party platforms: their verify tickets, and the consents of their authorizers."""

import asyncio
import random
from collections import deque
from collections.abc import Mapping
from datetime import datetime, timedelta
from html import escape

import aiohttp
import structlog
from yarl import URL

from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.records import dataclass, field
from wechat_scheduler.sandbox.options import PlatformReceiver
from wechat_scheduler.sandbox.periods import Periods, WeChatTime
from wechat_scheduler.sandbox.pushes.codec import seal_for_platform
from wechat_scheduler.sandbox.pushes.posting import FAILURES, PushResponse, post
from wechat_scheduler.sandbox.tokens import IssuedKind, IssuedToken, IssuedTokens, TokenOwner

log = structlog.get_logger(__name__)

VERIFY_TICKET = "component_verify_ticket"
# Bounds the memory while a receiver is away; WeChat gives up even sooner.
MOST_WAITING = 100
ACCEPTED = PushResponse(200, b"success")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformPush:
    """One event. Its XML is made when it happens, so that each try has the same CreateTime."""

    info_type: str
    xml: str = field(repr=False)


@dataclass(slots=True, kw_only=True)
class PlatformQueue:
    """A receiver and the pushes that wait for it, oldest first. The next try is at `due_at`."""

    receiver: PlatformReceiver
    next_ticket_at: datetime
    due_at: datetime
    waiting: deque[PlatformPush] = field(default_factory=deque)


class PlatformPushes:
    """Decides what is pushed when: a ticket every ten minutes, other events when they happen, and
    a push that was not accepted again after a minute. No network here.

    `changed` is set when a push becomes due earlier than `next_due` returned.
    """

    def __init__(self, tokens: IssuedTokens, periods: Periods) -> None:
        self._tokens = tokens
        self._periods = periods
        self._queues: dict[str, PlatformQueue] = {}
        self.changed = asyncio.Event()

    def register(self, receiver: PlatformReceiver, now: datetime) -> None:
        """Replaces the platform's receiver. A ticket is due at once."""
        queue = PlatformQueue(receiver=receiver, next_ticket_at=now, due_at=now)
        self._queues[receiver.component_appid] = queue
        self.changed.set()

    def add_authorized(self, info_type: str, owner: TokenOwner, code: str, now: datetime) -> None:
        """Pushes `authorized` or `updateauthorized`. `code` can be exchanged for tokens."""
        expires_at = now + self._periods.authorization_code
        component = TokenOwner(owner.component_appid)
        fields = {
            "AuthorizerAppid": owner.appid,
            "AuthorizationCode": code,
            "AuthorizationCodeExpiredTime": str(int(expires_at.timestamp())),
            "PreAuthCode": self._tokens.issue(IssuedKind.PREAUTH_CODE, component, now).value,
        }
        self._add(owner.component_appid, info_type, fields, now)

    def add_unauthorized(self, owner: TokenOwner, now: datetime) -> None:
        self._add(owner.component_appid, "unauthorized", {"AuthorizerAppid": owner.appid}, now)

    def ticket(self, component_appid: str, now: datetime) -> IssuedToken:
        """The newest verify ticket; issues one if there is none."""
        owner = TokenOwner(component_appid)
        newest = self._tokens.newest(IssuedKind.VERIFY_TICKET, owner, now)
        return newest or self._tokens.issue(IssuedKind.VERIFY_TICKET, owner, now)

    def restart(self, component_appid: str, now: datetime) -> bool:
        """Makes waiting pushes due at once. Returns True if none waits and no ticket is late."""
        queue = self._queues.get(component_appid)
        if queue is None:
            return False
        healthy = not queue.waiting and now < queue.next_ticket_at
        if not healthy:
            queue.due_at = now
            self.changed.set()
        return healthy

    def due(self, now: datetime) -> list[PlatformQueue]:
        """The queues to send now, each with a new ticket if the last one is ten minutes old."""
        due = [queue for queue in self._queues.values() if queue.due_at <= now]
        for queue in due:
            if queue.next_ticket_at <= now:
                self._renew_ticket(queue, now)
        return due

    def settle(self, queue: PlatformQueue, now: datetime) -> None:
        """Decides when `queue` is due again, after a try."""
        retry_at = min(now + self._periods.push_retry, queue.next_ticket_at)
        queue.due_at = retry_at if queue.waiting else queue.next_ticket_at

    def next_due(self, now: datetime) -> timedelta | None:
        """The time until a queue is due; None if there is no queue."""
        dues = [queue.due_at for queue in self._queues.values()]
        return max(timedelta(0), min(dues) - now) if dues else None

    def _add(self, appid: str, info_type: str, fields: Mapping[str, str], now: datetime) -> None:
        queue = self._queues.get(appid)
        if queue is not None and len(queue.waiting) < MOST_WAITING:
            queue.waiting.append(_push(appid, info_type, fields, now))
            queue.due_at = now
            self.changed.set()

    def _renew_ticket(self, queue: PlatformQueue, now: datetime) -> None:
        appid = queue.receiver.component_appid
        ticket = self._tokens.issue(IssuedKind.VERIFY_TICKET, TokenOwner(appid), now)
        others = [push for push in queue.waiting if push.info_type != VERIFY_TICKET]
        fields = {"ComponentVerifyTicket": ticket.value}
        queue.waiting = deque([*others, _push(appid, VERIFY_TICKET, fields, now)])
        queue.next_ticket_at = now + self._periods.ticket_push


class PlatformSender:
    """Sends pushes to the platforms. A platform accepts with status 200 and the body `success`."""

    def __init__(
        self,
        pushes: PlatformPushes,
        timeout: timedelta,
        time: WeChatTime,
        clock: Clock,
        rng: random.Random,
    ) -> None:
        self._pushes = pushes
        self._timeout = aiohttp.ClientTimeout(total=timeout.total_seconds())
        self._time = time
        self._clock = clock
        self._rng = rng
        self._lock = asyncio.Lock()

    async def run(self, stopped: asyncio.Event) -> None:
        """Sends until `stopped` is set. Set `PlatformPushes.changed` after it."""
        while not stopped.is_set():
            self._pushes.changed.clear()
            await self.send_once()
            await self._clock.wait(self._pushes.changed, self._pushes.next_due(self._time.now()))

    async def send_once(self) -> int:
        """Sends the pushes that are due, and returns how many were accepted."""
        async with self._lock:
            due = self._pushes.due(self._time.now())
            if not due:
                return 0
            async with aiohttp.ClientSession(timeout=self._timeout) as session:
                return sum([await self._send(session, queue) for queue in due])

    async def _send(self, session: aiohttp.ClientSession, queue: PlatformQueue) -> int:
        accepted = 0
        while queue.waiting and await self._try(session, queue.receiver, queue.waiting[0]):
            queue.waiting.popleft()
            accepted += 1
        self._pushes.settle(queue, self._time.now())
        return accepted

    async def _try(
        self, session: aiohttp.ClientSession, receiver: PlatformReceiver, push: PlatformPush
    ) -> bool:
        request = seal_for_platform(push.xml, receiver, self._time.now(), self._rng)
        url = URL(receiver.url).update_query(request.query)
        logged = log.bind(
            component_appid=receiver.component_appid,
            info_type=push.info_type,
            url=str(url.with_query(None)),
        )
        try:
            response = await post(session, url, request.body)
        except FAILURES as error:
            logged.warning("sandbox.push_failed", error=type(error).__name__)
            return False
        if response != ACCEPTED:
            logged.warning("sandbox.push_refused", response=response.text)
        return response == ACCEPTED


def _push(appid: str, info_type: str, fields: Mapping[str, str], now: datetime) -> PlatformPush:
    head = {"AppId": appid, "CreateTime": str(int(now.timestamp())), "InfoType": info_type}
    elements = (head | dict(fields)).items()
    inner = "".join(f"<{name}>{escape(text, quote=False)}</{name}>" for name, text in elements)
    return PlatformPush(info_type=info_type, xml=f"<xml>{inner}</xml>")
