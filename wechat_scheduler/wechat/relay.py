"""Takes calls to WeChat and brings its answers back, on connections of its own.

A call with a short body is written as bytes; others are streamed by aiohttp's client. Either answer is given back as it
comes.
"""

from typing import Final

import aiohttp
from aiohttp import hdrs
from multidict import CIMultiDict
from yarl import URL

from wechat_scheduler.engine.bulkhead import Bulkhead, Stay
from wechat_scheduler.errors import CrowdedError, WeChatError
from wechat_scheduler.gateway.relaying import PassedCall
from wechat_scheduler.wechat import silence
from wechat_scheduler.wechat.answers import HarmlessError, SilentError
from wechat_scheduler.wechat.failures import crowded, failure_of, unreached
from wechat_scheduler.wechat.hosts import WeChatHosts
from wechat_scheduler.wechat.passed_headers import NOT_SENT, passed
from wechat_scheduler.wechat.relayed_bytes import quick_hosts
from wechat_scheduler.wechat.relayed_replies import (
    BegunResponse,
    StreamedReply,
    WholeReply,
    refuse_shown,
    streamed,
)
from wechat_scheduler.wechat.responses import WholeResponse
from wechat_scheduler.wechat.session import NEVER_TWICE

# Seconds for a connection; then the next host is tried.
CONNECT: Final = 3.0

# WeChat serves the pictures of QR codes at another host than its API.
PICTURE: Final = "/cgi-bin/showqrcode"

_NOT_ADDED: Final = (hdrs.ACCEPT, hdrs.ACCEPT_ENCODING, hdrs.CONTENT_TYPE, hdrs.USER_AGENT)


class WeChatRelay:
    """`gateway.relaying.Relay`. `session` comes from `client_session`, with bodies that stay as they are;
    `pages` is the base of WeChat's pictures. A call takes a place of its path in `bulkhead` until its
    answer begins. WeChat may be silent for `seconds` at a time."""

    def __init__(
        self,
        *,
        session: aiohttp.ClientSession,
        hosts: WeChatHosts,
        pages: str,
        bulkhead: Bulkhead,
        seconds: float,
        version: str = aiohttp.__version__,
    ) -> None:
        self._session = session
        self._hosts = hosts
        self._quick = quick_hosts(
            session, (*hosts.bases, pages), connect=CONNECT, seconds=seconds, version=version
        )
        self._pages = pages
        self.bulkhead = bulkhead
        self._seconds = seconds
        self._timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT, sock_read=seconds)

    async def send(self, call: PassedCall, query: str, account: str) -> WholeReply | StreamedReply:
        response = await self._answered(call, query, account)
        if isinstance(response, WholeResponse):
            refuse_shown(response.headers, call.path, query)
            return WholeReply(response)
        try:
            return await streamed(response, call.path, query, self._seconds)
        except BaseException:
            response.close()
            raise

    async def _answered(
        self, call: PassedCall, query: str, account: str
    ) -> WholeResponse | BegunResponse:
        try:
            async with self.bulkhead.place(call.path, account) as stay:
                stay.says_nothing = not call.is_kept
                return await self._began(call, query, stay)
        except CrowdedError as error:
            raise crowded(call.path, error) from error

    async def _began(
        self, call: PassedCall, query: str, stay: Stay
    ) -> WholeResponse | BegunResponse:
        """The answer of the first host that can be connected to."""
        if call.path == PICTURE:
            return await self._asked(self._pages, call, query, stay)
        lost: WeChatError | None = None
        for base in self._hosts.in_order():
            try:
                response = await self._asked(base, call, query, stay)
            except HarmlessError as error:
                self._hosts.failed(base, str(error))
                lost = lost or error
            except SilentError:
                self._hosts.was_silent(base)
                raise
            else:
                self._hosts.works(base)
                return response
        raise lost or unreached(silence.NOWHERE, call.path)

    async def _asked(
        self, base: str, call: PassedCall, query: str, stay: Stay
    ) -> WholeResponse | BegunResponse:
        try:
            quick = self._quick.get(base)
            request = quick.request(call, query) if quick else None
            if quick and request:
                return await quick.ask(request)
            return await self._streamed(base, call, query)
        except aiohttp.ConnectionTimeoutError:
            lost: WeChatError = unreached(silence.NOT_IN_TIME, call.path, seconds=f"{CONNECT:g}")
        except (aiohttp.ClientError, TimeoutError) as error:
            lost = failure_of(call.path, error, self._seconds)
            stay.hangs = isinstance(lost, SilentError)
        # Outside of the `except`: aiohttp's errors show the URL with its query.
        raise lost

    async def _streamed(self, base: str, call: PassedCall, query: str) -> BegunResponse:
        given = CIMultiDict(passed(call.headers, NOT_SENT))
        if call.length is not None:
            given[hdrs.CONTENT_LENGTH] = str(call.length)
        response = await self._session.request(
            call.method,
            URL(f"{base}{call.path}{'?' if query else ''}{query}", encoded=True),
            data=call.body,
            headers=given,
            timeout=self._timeout,
            allow_redirects=False,
            skip_auto_headers=_NOT_ADDED,
            middlewares=NEVER_TWICE,
        )
        return BegunResponse(
            response.status,
            response.reason or "",
            response.headers,
            response.content,
            response.close,
        )
