"""Carries to the platforms what they are owed."""

import asyncio
import random
from datetime import timedelta

import aiohttp
import structlog
from yarl import URL

from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.sandbox.codec import seal
from wechat_scheduler.sandbox.periods import WeChatTime
from wechat_scheduler.sandbox.posting import FAILURES, PushResponse, post
from wechat_scheduler.sandbox.pushes import PlatformPush, PlatformPushes, PlatformQueue

log = structlog.get_logger(__name__)

ACCEPTED = PushResponse(200, b"success")


class PlatformSender:
    """A platform accepts by answering 200 with the body `success`; anything else is tried again."""

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
        self._one_pass = asyncio.Lock()

    async def run(self, stopped: asyncio.Event) -> None:
        """Push until `stopped`; whoever sets it also sets `pushes.changed`."""
        while not stopped.is_set():
            self._pushes.changed.clear()
            await self.push_once()
            await self._clock.wait(self._pushes.changed, self._pushes.next_due(self._time.now()))

    async def push_once(self) -> int:
        """Push what is due and return how many were accepted."""
        async with self._one_pass:
            due = self._pushes.due(self._time.now())
            if not due:
                return 0
            async with aiohttp.ClientSession(timeout=self._timeout) as session:
                return sum([await self._push(session, platform) for platform in due])

    async def _push(self, session: aiohttp.ClientSession, platform: PlatformQueue) -> int:
        accepted = 0
        while platform.owed and await self._accepted(session, platform, platform.owed[0]):
            platform.owed.popleft()
            accepted += 1
        self._pushes.settle(platform, self._time.now())
        return accepted

    async def _accepted(
        self, session: aiohttp.ClientSession, platform: PlatformQueue, notice: PlatformPush
    ) -> bool:
        envelope = seal(notice.xml, platform.push, self._time.now(), self._rng)
        url = URL(platform.push.url).update_query(envelope.query)
        told = log.bind(
            component_appid=platform.push.component_appid,
            info_type=notice.info_type,
            url=str(url.with_query(None)),
        )
        try:
            answer = await post(session, url, envelope.body)
        except FAILURES as error:
            told.warning("sandbox.push_failed", error=type(error).__name__)
            return False
        if answer != ACCEPTED:
            told.warning("sandbox.push_refused", answer=answer.text)
        return answer == ACCEPTED
