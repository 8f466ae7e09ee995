"""The only HTTP client for WeChat's API.

Every failure becomes a WeChatError. Its message names the path but neither the query nor the body,
since those hold secrets.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import msgspec
import structlog

from wechat_scheduler.engine.bulkhead import Bulkhead, Stay
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import CrowdedError, WeChatError
from wechat_scheduler.wechat.answers import (
    Answer,
    Call,
    HarmlessError,
    SilentError,
    read_answer,
)
from wechat_scheduler.wechat.dates import clock_offset
from wechat_scheduler.wechat.errcode_lookup import Errcodes
from wechat_scheduler.wechat.errcodes import ERRCODES
from wechat_scheduler.wechat.exchange import exchange
from wechat_scheduler.wechat.failures import crowded, failure_of
from wechat_scheduler.wechat.responses import Received

log = structlog.get_logger(__name__)

# A failure that may pass within seconds is tried again within the call; others wait in the job's row.
MORE_TRIES = 2
PATIENCE = 2.0  # seconds
FIRST_PAUSE = 0.5  # seconds


class WeChatClient:
    """Calls WeChat at `base` (`https://api.weixin.qq.com`).

    A call takes at most `timeout` with all its tries; `tries` counts the tries of all calls.
    `offset` is how far this machine's clock is ahead of WeChat's, by the last answer with a date.
    `session` comes from `client_session` and belongs to the caller. Each call first takes a place
    of its path in the `bulkhead`, for its account if one is named; None is for callers that limit
    their calls themselves. `errcodes` gives the meaning of refusals.
    """

    def __init__(
        self,
        *,
        session: aiohttp.ClientSession,
        base: str,
        timeout: timedelta,
        clock: Clock,
        rng: random.Random,
        bulkhead: Bulkhead | None = None,
        errcodes: Errcodes = ERRCODES,
    ) -> None:
        self.tries = 0
        self.offset: timedelta | None = None
        self._date = ""
        self._bulkhead = bulkhead
        self._errcodes = errcodes
        self._seconds = timeout.total_seconds()
        self._exchange = exchange(
            session, base.rstrip("/"), seconds=self._seconds, boottime=clock.boottime
        )
        self._clock = clock
        self._rng = rng

    async def get(self, path: str, params: Mapping[str, str], *, account: str = "") -> Answer:
        """GET `path`. Raises WeChatError."""
        return await self._call(Call("GET", path, params, account=account, by=self._by()))

    async def post(
        self, path: str, params: Mapping[str, str], body: Mapping[str, Any], *, account: str = ""
    ) -> Answer:
        """POST `body` to `path` as JSON, in UTF-8 and unescaped. Raises WeChatError."""
        payload = msgspec.json.encode(body)
        return await self._call(Call("POST", path, params, body, payload, account, self._by()))

    def _by(self) -> float:
        return self._clock.boottime() + self._seconds

    async def _call(self, call: Call) -> Answer:
        if self._bulkhead is None:
            return await self._tried(call)
        try:
            async with self._bulkhead.place(call.path, call.account) as stay:
                return await self._watched(call, stay)
        except CrowdedError as error:
            raise crowded(call.path, error) from error

    async def _watched(self, call: Call, stay: Stay) -> Answer:
        try:
            return await self._tried(call)
        except SilentError:
            stay.hangs = True
            raise

    async def _tried(self, call: Call) -> Answer:
        """The first try goes without tenacity, which costs half as much as a try."""
        began = self._clock.boottime()
        try:
            return await self._try(call)
        except HarmlessError as error:
            spent = self._clock.boottime() - began
            if spent >= PATIENCE:
                raise
            log.info("wechat.tried_again", endpoint=call.path, error=str(error))
        return await self._call_again(call, began + PATIENCE, self._seconds - spent)

    async def _call_again(self, call: Call, give_up: float, seconds: float) -> Answer:
        calls = 1

        async def once_more() -> Answer:
            nonlocal calls
            calls += 1
            return await self._try(call)

        try:
            async with asyncio.timeout(seconds):
                answer = await self._try_again(once_more, give_up)
        except TimeoutError as error:
            failure = failure_of(call.path, error, self._seconds)
            failure.calls = calls
            raise failure from error
        except WeChatError as error:
            error.calls = calls
            raise
        return replace(answer, calls=calls)

    async def _try_again(
        self, once_more: Callable[[], Awaitable[Answer]], give_up: float
    ) -> Answer:
        import tenacity  # the daemon loads it once it serves

        again = tenacity.AsyncRetrying(
            retry=tenacity.retry_if_exception_type(HarmlessError),
            stop=lambda state: (
                state.attempt_number >= MORE_TRIES or self._clock.boottime() >= give_up
            ),
            wait=lambda state: self._rng.uniform(0, FIRST_PAUSE * 2.0**state.attempt_number),
            sleep=self._clock.sleep_seconds,
            reraise=True,
        )
        await self._clock.sleep_seconds(self._rng.uniform(0, FIRST_PAUSE))
        return await again(once_more)

    async def _try(self, call: Call) -> Answer:
        self.tries += 1
        try:
            status, _, body = await self._received(call)
        except (aiohttp.ClientError, TimeoutError) as error:
            failure = failure_of(call.path, error, self._seconds)
        else:
            return read_answer(call, status, body, self._errcodes)
        # Raised outside of the `except`: aiohttp's errors show the URL with its query, and neither cause
        # nor context may carry that into a traceback.
        raise failure

    async def _received(self, call: Call) -> Received:
        asked_at = self._clock.now()
        received = await self._exchange(call)
        self._compare(received.date, asked_at)
        return received

    def _compare(self, date: str, asked_at: datetime) -> None:
        if date != self._date:  # most calls come in the same second as another
            self._date = date
            self.offset = clock_offset(date, asked_at, self._clock.now())
