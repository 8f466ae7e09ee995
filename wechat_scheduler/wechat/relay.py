"""Streams calls to WeChat and its answers back, on connections of its own."""

import re
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import unquote_plus

import aiohttp
from aiohttp import hdrs
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from wechat_scheduler.engine.bulkhead import Bulkhead, Stay
from wechat_scheduler.errors import CrowdedError, WeChatError
from wechat_scheduler.gateway.queries import TOKENS, values_in
from wechat_scheduler.gateway.relaying import Headers, PassedCall
from wechat_scheduler.wechat import silence
from wechat_scheduler.wechat.answers import HarmlessError, SilentError, no_answer
from wechat_scheduler.wechat.errcode_sniffing import PEEK, errcode_in, may_have_errcode
from wechat_scheduler.wechat.failures import crowded, failure_of, unreached
from wechat_scheduler.wechat.hosts import WeChatHosts
from wechat_scheduler.wechat.session import NEVER_TWICE

# Seconds for a connection; then the next host is tried.
CONNECT: Final = 3.0

# WeChat serves the pictures of QR codes at another host than its API.
PICTURE: Final = "/cgi-bin/showqrcode"

# Headers that are about one connection, or for us: an API key of ours is none of WeChat's business.
_NOT_PASSED: Final = frozenset(
    (
        "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection",
        "te", "trailer", "transfer-encoding", "upgrade", "host", "content-length", "expect",
        "authorization", "x-api-key", "cookie", "forwarded", "x-forwarded-for", "x-forwarded-host",
        "x-forwarded-proto", "x-real-ip",
    )
)  # fmt: skip
_OF_CONNECTIONS: Final = _NOT_PASSED - {"content-length", "cookie"}
# Some servers take them for another method or path than those that were let pass.
_OF_OTHER_CALLS: Final = frozenset(
    (
        "x-http-method", "x-http-method-override", "x-method-override", "x-original-url",
        "x-rewrite-url",
    )
)  # fmt: skip
_NOT_SENT: Final = _NOT_PASSED | _OF_OTHER_CALLS
# Headers of an answer that hold addresses.
_ADDRESSES: Final = (hdrs.LOCATION, hdrs.CONTENT_LOCATION, hdrs.LINK, "Refresh")
# No server may write a header with one of them, and none of WeChat's needs it.
_CONTROL: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_SECRETS: Final = (*TOKENS, "secret", "appsecret", "component_secret", "component_appsecret")
_NOT_ADDED: Final = (hdrs.ACCEPT, hdrs.ACCEPT_ENCODING, hdrs.CONTENT_TYPE, hdrs.USER_AGENT)


class RelayedReply:
    """`gateway.relaying.Reply`. WeChat may be silent for `seconds` at a time."""

    def __init__(
        self, response: aiohttp.ClientResponse, head: bytes, path: str, seconds: float
    ) -> None:
        self._response = response
        self._head = head
        self._path = path
        self._seconds = seconds
        self.status = response.status
        self.reason = response.reason or ""
        passed = _passed(response.headers.items(), _OF_CONNECTIONS)
        self.headers: Headers = tuple(it for it in passed if not _CONTROL.search(it[1]))
        self.whole = head if head and response.content.at_eof() else None
        self.errcode = errcode_in(head, response.headers.get(hdrs.CONTENT_ENCODING, ""))

    async def chunks(self) -> AsyncIterator[bytes]:
        if self._head:
            yield self._head
        lost: WeChatError | None = None
        try:
            async for chunk in self._response.content.iter_any():
                yield chunk
        except (aiohttp.ClientError, TimeoutError) as error:
            lost = failure_of(self._path, error, self._seconds)
        if lost is not None:
            raise lost


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
    ) -> None:
        self._session = session
        self._hosts = hosts
        self._pages = pages
        self.bulkhead = bulkhead
        self._seconds = seconds
        self._timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT, sock_read=seconds)

    @asynccontextmanager
    async def send(self, call: PassedCall, account: str) -> AsyncIterator[RelayedReply]:
        response = await self._answered(call, account)
        try:
            if response.status < 200:  # its connection would speak another protocol from here on
                raise no_answer(silence.SWITCHES, call.path, silence.NOT_WECHAT)
            if _shows(response.headers, call.query):
                raise no_answer(silence.SHOWS_TOKEN, call.path, silence.NOT_WECHAT)
            head = await self._head(call, response)
            yield RelayedReply(response, head, call.path, self._seconds)
        finally:
            response.close()

    async def _answered(self, call: PassedCall, account: str) -> aiohttp.ClientResponse:
        try:
            async with self.bulkhead.place(call.path, account) as stay:
                stay.says_nothing = not call.is_kept
                return await self._began(call, stay)
        except CrowdedError as error:
            raise crowded(call.path, error) from error

    async def _began(self, call: PassedCall, stay: Stay) -> aiohttp.ClientResponse:
        """The answer of the first host that can be connected to."""
        if call.path == PICTURE:
            return await self._asked(self._pages, call, stay)
        lost = unreached(silence.NOWHERE, call.path)
        for at, base in enumerate(self._hosts.in_order()):
            try:
                response = await self._asked(base, call, stay)
            except HarmlessError as error:
                self._hosts.failed(base, str(error))
                lost = lost if at else error
            except SilentError:
                self._hosts.was_silent(base)
                raise
            else:
                self._hosts.works(base)
                return response
        raise lost

    async def _asked(self, base: str, call: PassedCall, stay: Stay) -> aiohttp.ClientResponse:
        try:
            return await self._session.request(
                call.method,
                URL(f"{base}{call.path}{'?' if call.query else ''}{call.query}", encoded=True),
                data=call.body,
                headers=_request_headers(call),
                timeout=self._timeout,
                allow_redirects=False,
                skip_auto_headers=_NOT_ADDED,
                middlewares=NEVER_TWICE,
            )
        except aiohttp.ConnectionTimeoutError:
            lost: WeChatError = unreached(silence.NOT_IN_TIME, call.path, seconds=f"{CONNECT:g}")
        except (aiohttp.ClientError, TimeoutError) as error:
            lost = failure_of(call.path, error, self._seconds)
            stay.hangs = isinstance(lost, SilentError)
        # Outside of the `except`: aiohttp's errors show the URL with its query.
        raise lost

    async def _head(self, call: PassedCall, response: aiohttp.ClientResponse) -> bytes:
        """The beginning of an answer that may be a refusal; all of it, if it is short."""
        head = b""
        if not may_have_errcode(response.headers):
            return head
        lost: WeChatError | None = None
        try:
            while len(head) <= PEEK and (chunk := await response.content.readany()):
                head += chunk
        except (aiohttp.ClientError, TimeoutError) as error:
            lost = failure_of(call.path, error, self._seconds)
        if lost is not None:
            raise lost
        return head


def _shows(headers: CIMultiDictProxy[str], query: str) -> bool:
    """Whether an address repeats what the caller must not see, and what would go to another place with it."""
    said = [unquote_plus(it) for name in _ADDRESSES for it in headers.getall(name, ())]
    return bool(said) and any(it and it in "\n".join(said) for it in values_in(query, _SECRETS))


def _request_headers(call: PassedCall) -> CIMultiDict[str]:
    given = CIMultiDict(_passed(call.headers, _NOT_SENT))
    if call.length is not None:
        given[hdrs.CONTENT_LENGTH] = str(call.length)
    return given


def _passed(
    headers: Iterable[tuple[str, str]], left_out: frozenset[str]
) -> Iterator[tuple[str, str]]:
    """All but those that are left out, and those that the header Connection names."""
    given = [(name, value) for name, value in headers]
    named = {
        word.strip().lower()
        for name, value in given
        if name.lower() == "connection"
        for word in value.split(",")
    }
    for name, value in given:
        if name.lower() not in left_out and name.lower() not in named:
            yield name, value
