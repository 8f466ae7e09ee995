"""Carries messages and events to the accounts, and their replies to the phones."""

import asyncio
import random
from datetime import timedelta
from typing import Any

import aiohttp
import structlog
from yarl import URL

from wechat_scheduler.engine.supervisor import Supervisor
from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.sandbox import replies
from wechat_scheduler.sandbox.callbacks import AccountPushes, Lane
from wechat_scheduler.sandbox.codec import address, sign
from wechat_scheduler.sandbox.events import AccountPush
from wechat_scheduler.sandbox.options import AccountReceiver
from wechat_scheduler.sandbox.people import People
from wechat_scheduler.sandbox.periods import WeChatTime
from wechat_scheduler.sandbox.phones import By, PhoneMessage
from wechat_scheduler.sandbox.posting import FAILURES, PushResponse, get, post
from wechat_scheduler.sandbox.tokens import random_text

log = structlog.get_logger(__name__)

TRIES = 3
UNAVAILABLE = "该公众号暂时无法提供服务，请稍后再试"


class AccountSender:
    """An account has five seconds to answer and is asked three times, one right after the other.

    What it answers with 200 is final: nothing and `success` are silence, a message is shown to the
    user, and anything else shows whoever wrote that the account is out of order.
    """

    def __init__(
        self,
        callbacks: AccountPushes,
        people: People,
        timeout: timedelta,
        time: WeChatTime,
        rng: random.Random,
    ) -> None:
        self._callbacks = callbacks
        self._people = people
        self._timeout = aiohttp.ClientTimeout(total=timeout.total_seconds())
        self._time = time
        self._rng = rng

    async def run(self, stopped: asyncio.Event) -> None:
        """Carry until `stopped`; whoever sets it also rings the callbacks' bells."""
        async with self._session() as session, Supervisor() as supervisor:
            for lane in self._callbacks.lanes:
                supervisor.essential("sandbox callbacks", self._serve(session, lane, stopped))

    async def carry_once(self) -> int:
        """Carry what is owed and return how many were accepted."""
        async with self._session() as session:
            return sum([await self._clear(session, lane) for lane in self._callbacks.lanes])

    async def verify(self, callback: AccountReceiver) -> None:
        """Ask the address to repeat an `echostr`, as WeChat's console does.

        Raises InvalidRequestError, which tells what came back.
        """
        echostr = random_text(self._rng, 14)
        query = sign(callback.token, self._time.now(), self._rng) | {"echostr": echostr}
        async with self._session() as session:
            try:
                answer = await get(session, URL(callback.url).update_query(query))
            except FAILURES as error:
                raise InvalidRequestError(
                    f"could not be reached: {type(error).__name__}", field="url"
                ) from error
        if answer != PushResponse(200, echostr.encode()):
            hint = f"must answer with the echostr, and answered {answer.text!r}"
            raise InvalidRequestError(hint, field="url")

    def _session(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(timeout=self._timeout)

    async def _serve(
        self, session: aiohttp.ClientSession, lane: Lane, stopped: asyncio.Event
    ) -> None:
        while not stopped.is_set():
            lane.bell.clear()
            await self._clear(session, lane)
            if not stopped.is_set():
                await lane.bell.wait()

    async def _clear(self, session: aiohttp.ClientSession, lane: Lane) -> int:
        accepted = 0
        async with lane.one_carrier:
            while lane.owed:
                accepted += await self._carry(session, lane.owed.popleft())
        return accepted

    async def _carry(self, session: aiohttp.ClientSession, notice: AccountPush) -> bool:
        callback = self._callbacks.of(notice.person.appid)
        if callback is None:
            return False
        for _ in range(TRIES):
            answer = await self._ask(session, callback, notice)
            if answer is not None:
                return self._settle(notice, answer, callback)
        self._apologise(notice)
        return False

    async def _ask(
        self, session: aiohttp.ClientSession, callback: AccountReceiver, notice: AccountPush
    ) -> bytes | None:
        envelope = address(notice.xml, callback, notice.person.openid, self._time.now(), self._rng)
        url = URL(callback.url).update_query(envelope.query)
        try:
            answer = await post(session, url, envelope.body)
        except FAILURES as error:
            _log(callback, notice).warning("sandbox.callback_failed", error=type(error).__name__)
            return None
        if answer.status != 200:
            _log(callback, notice).warning("sandbox.callback_refused", answer=answer.text)
            return None
        return answer.body

    def _settle(self, notice: AccountPush, answer: bytes, callback: AccountReceiver) -> bool:
        try:
            reply = replies.read(answer, callback, self._time.now())
        except ValueError as error:
            _log(callback, notice).warning("sandbox.callback_misunderstood", error=str(error))
            self._apologise(notice)
            return False
        if reply is not None:
            self._people.show(notice.person, reply)
        return True

    def _apologise(self, notice: AccountPush) -> None:
        if notice.expects_reply:
            message = PhoneMessage(kind="text", by=By.WECHAT, at=self._time.now(), text=UNAVAILABLE)
            self._people.show(notice.person, message)


def _log(callback: AccountReceiver, notice: AccountPush) -> Any:
    url = str(URL(callback.url).with_query(None))
    return log.bind(appid=callback.appid, name=notice.name, url=url)
