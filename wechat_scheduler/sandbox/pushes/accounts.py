"""Pushes to accounts: what their users write and do, and the receipts of template messages."""

import asyncio
import random
from collections import deque
from datetime import timedelta
from typing import Any
from zlib import crc32

import aiohttp
import structlog
from yarl import URL

from wechat_scheduler.engine.records import dataclass, field
from wechat_scheduler.engine.supervisor import Supervisor
from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.sandbox.options import AccountReceiver
from wechat_scheduler.sandbox.people import People
from wechat_scheduler.sandbox.periods import WeChatTime
from wechat_scheduler.sandbox.phones import By, PhoneMessage
from wechat_scheduler.sandbox.pushes.account_messages import AccountPush, read_reply, written
from wechat_scheduler.sandbox.pushes.codec import seal_for_account, sign
from wechat_scheduler.sandbox.pushes.posting import FAILURES, PushResponse, get, post
from wechat_scheduler.sandbox.tokens import random_text

log = structlog.get_logger(__name__)

# Each lane is sent by a task of its own: a receiver that hangs delays one lane in four.
LANES = 4
# Bounds the memory while a receiver is slow.
MOST_WAITING = 20_000
TRIES = 3
UNAVAILABLE = "该公众号暂时无法提供服务，请稍后再试"


@dataclass(slots=True)
class Lane:
    """A queue. All pushes of one user are in the same lane, which keeps their order."""

    waiting: deque[AccountPush] = field(default_factory=deque)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class AccountPushes:
    """The receivers of the accounts, and the pushes that wait. No network here."""

    def __init__(self) -> None:
        self._receivers: dict[str, AccountReceiver] = {}
        self.lanes = tuple(Lane() for _ in range(LANES))

    def register(self, receiver: AccountReceiver) -> None:
        """Replaces the account's receiver."""
        self._receivers[receiver.appid] = receiver

    def receiver(self, appid: str) -> AccountReceiver | None:
        return self._receivers.get(appid)

    def add(self, push: AccountPush) -> None:
        """Does nothing if the account has no receiver."""
        person = push.person
        if person.appid not in self._receivers:
            return
        lane = self.lanes[crc32(person.openid.encode()) % LANES]
        if len(lane.waiting) >= MOST_WAITING:
            log.warning("sandbox.push_dropped", appid=person.appid, push=push.name)
            return
        lane.waiting.append(push)
        lane.changed.set()

    def wake(self) -> None:
        """Wakes the sender, which then sees that it was stopped."""
        for lane in self.lanes:
            lane.changed.set()


class AccountSender:
    """Sends pushes to the accounts, and shows their replies on the phones.

    An account has five seconds to respond, and three tries without a pause. A response with status
    200 is final: if it is empty or `success` the phone shows nothing, if it is a message the phone
    shows it, and if it is anything else a user who wrote is shown an error.
    """

    def __init__(
        self,
        pushes: AccountPushes,
        people: People,
        timeout: timedelta,
        time: WeChatTime,
        rng: random.Random,
    ) -> None:
        self._pushes = pushes
        self._people = people
        self._timeout = aiohttp.ClientTimeout(total=timeout.total_seconds())
        self._time = time
        self._rng = rng

    async def run(self, stopped: asyncio.Event) -> None:
        """Sends until `stopped` is set. Call `AccountPushes.wake` after setting it."""
        async with self._session() as session, Supervisor() as supervisor:
            for lane in self._pushes.lanes:
                supervisor.essential("sandbox account pushes", self._serve(session, lane, stopped))

    async def send_once(self) -> int:
        """Sends all pushes that wait, and returns how many were accepted."""
        async with self._session() as session:
            return sum([await self._empty(session, lane) for lane in self._pushes.lanes])

    async def verify(self, receiver: AccountReceiver) -> None:
        """Asks the receiver to return an `echostr`, as WeChat's console does.

        Raises InvalidRequestError, which says how the receiver responded.
        """
        echostr = random_text(self._rng, 14)
        query = sign(receiver.token, self._time.now(), self._rng) | {"echostr": echostr}
        async with self._session() as session:
            try:
                response = await get(session, URL(receiver.address).update_query(query))
            except FAILURES as error:
                raise InvalidRequestError(
                    f"could not be reached: {type(error).__name__}", field="url"
                ) from error
        if response != PushResponse(200, echostr.encode()):
            hint = f"must answer with the echostr, and answered {response.text!r}"
            raise InvalidRequestError(hint, field="url")

    def _session(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(timeout=self._timeout)

    async def _serve(
        self, session: aiohttp.ClientSession, lane: Lane, stopped: asyncio.Event
    ) -> None:
        while not stopped.is_set():
            lane.changed.clear()
            await self._empty(session, lane)
            if not stopped.is_set():
                await lane.changed.wait()

    async def _empty(self, session: aiohttp.ClientSession, lane: Lane) -> int:
        accepted = 0
        async with lane.lock:
            while lane.waiting:
                accepted += await self._send(session, lane.waiting.popleft())
        return accepted

    async def _send(self, session: aiohttp.ClientSession, push: AccountPush) -> bool:
        receiver = self._pushes.receiver(push.person.appid)
        if receiver is None:
            return False
        for _ in range(TRIES):
            body = await self._try(session, receiver, push)
            if body is not None:
                return self._take_reply(push, body, receiver)
        self._show_unavailable(push)
        return False

    async def _try(
        self, session: aiohttp.ClientSession, receiver: AccountReceiver, push: AccountPush
    ) -> bytes | None:
        openid, now = push.person.openid, self._time.now()
        document = written(push.content, receiver)
        request = seal_for_account(document, receiver, openid, now, self._rng)
        url = URL(receiver.address).update_query(request.query)
        try:
            response = await post(session, url, request.body)
        except FAILURES as error:
            _log(receiver, push).warning("sandbox.push_failed", error=type(error).__name__)
            return None
        if response.status != 200:
            _log(receiver, push).warning("sandbox.push_refused", response=response.text)
            return None
        return response.body

    def _take_reply(self, push: AccountPush, body: bytes, receiver: AccountReceiver) -> bool:
        try:
            reply = read_reply(body, receiver, self._time.now())
        except ValueError as error:
            _log(receiver, push).warning("sandbox.reply_invalid", error=str(error))
            self._show_unavailable(push)
            return False
        if reply is not None:
            self._people.show(push.person, reply)
        return True

    def _show_unavailable(self, push: AccountPush) -> None:
        if push.expects_reply:
            shown = PhoneMessage(kind="text", by=By.WECHAT, at=self._time.now(), text=UNAVAILABLE)
            self._people.show(push.person, shown)


def _log(receiver: AccountReceiver, push: AccountPush) -> Any:
    url = str(URL(receiver.address).with_query(None))
    return log.bind(appid=receiver.appid, push=push.name, url=url)
