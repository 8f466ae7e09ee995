"""WeChat's answers to calls that pass, as they are given back."""

from collections.abc import AsyncIterator, Callable, Iterable
from typing import Final, NamedTuple
from urllib.parse import unquote_plus

import aiohttp
from aiohttp import hdrs
from multidict import CIMultiDictProxy

from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.errors import WeChatError
from wechat_scheduler.gateway.queries import TOKENS, values_in
from wechat_scheduler.gateway.relaying import is_coded
from wechat_scheduler.wechat import silence
from wechat_scheduler.wechat.answers import no_answer
from wechat_scheduler.wechat.errcode_sniffing import PEEK, errcode_in, may_have_errcode
from wechat_scheduler.wechat.failures import failure_of
from wechat_scheduler.wechat.passed_headers import NOT_GIVEN_BACK, passed
from wechat_scheduler.wechat.responses import WholeResponse

# No server may write a header with one of them, and none of WeChat's needs it.
_CONTROL: Final = pattern(r"[\x00-\x08\x0a-\x1f\x7f]")
# Bytes that are not UTF-8, as aiohttp reads them.
_FOREIGN: Final = pattern(r"[\udc80-\udcff]")
# Headers of an answer that hold addresses.
_ADDRESSES: Final = frozenset(("location", "content-location", "link", "refresh"))
_SECRETS: Final = (*TOKENS, "secret", "appsecret", "component_secret", "component_appsecret")


class BegunResponse(NamedTuple):
    """A response whose body may not have come yet. `close` ends its connection, unless its body has ended."""

    status: int
    reason: str
    headers: CIMultiDictProxy[str]
    content: aiohttp.StreamReader
    close: Callable[[], None]


class WholeReply:
    """`gateway.relaying.Reply`, all of which has come."""

    status = 200

    def __init__(self, response: WholeResponse) -> None:
        self.reason, given, self.whole = response
        self.headers = passed(given, NOT_GIVEN_BACK)
        kind = next((value for name, value in given if name.lower() == "content-type"), "")
        is_text = may_have_errcode(kind, len(self.whole))
        self.errcode = errcode_in(self.whole, "") if is_text else 0

    async def chunks(self) -> AsyncIterator[bytes]:
        yield self.whole

    def end(self) -> None:
        """Its connection is free already."""


class StreamedReply:
    """`gateway.relaying.Reply`, of which `head` has come. WeChat may be silent for `seconds` at a time."""

    def __init__(self, response: BegunResponse, head: bytes, path: str, seconds: float) -> None:
        self._content = response.content
        self._head = head
        self._path = path
        self._seconds = seconds
        self.status = response.status
        self.reason = _written(response.reason) or ""
        self.headers = [
            (name, value)
            for name, given in passed(response.headers.items(), NOT_GIVEN_BACK)
            if (value := _written(given)) is not None
        ]
        self.whole = head if head and response.content.at_eof() else None
        self.errcode = errcode_in(head, response.headers.get(hdrs.CONTENT_ENCODING, ""))
        self.end = response.close

    async def chunks(self) -> AsyncIterator[bytes]:
        if self._head:
            yield self._head
        lost: WeChatError | None = None
        try:
            async for chunk in self._content.iter_any():
                yield chunk
        except (aiohttp.ClientError, TimeoutError) as error:
            lost = failure_of(self._path, error, self._seconds)
        if lost is not None:
            raise lost


def _written(text: str) -> str | None:
    """The text as it can stand in a head, which aiohttp writes in UTF-8; None if it cannot. Other bytes are read as
    GBK, in which some servers write names of files."""
    if _CONTROL.search(text):
        return None
    if not _FOREIGN.search(text):
        return text
    try:
        return text.encode(errors="surrogateescape").decode("gb18030")
    except UnicodeDecodeError:
        return None


async def streamed(response: BegunResponse, path: str, query: str, seconds: float) -> StreamedReply:
    """The reply to a call with this query. Raises WeChatError; the response is not closed then."""
    if response.status < 200:  # its connection would speak another protocol from here on
        raise no_answer(silence.SWITCHES, path, silence.NOT_WECHAT)
    given = tuple(response.headers.items())
    if is_coded(given):
        raise no_answer(silence.NOT_HTTP, path, silence.NOT_WECHAT)
    refuse_shown(given, path, query)
    return StreamedReply(response, await _head(response, path, seconds), path, seconds)


async def _head(response: BegunResponse, path: str, seconds: float) -> bytes:
    """The beginning of an answer that may be a refusal; all of it, if it is short."""
    head, lost = b"", None
    length = response.headers.get(hdrs.CONTENT_LENGTH, "0")
    size = int(length[:9]) if length.isdecimal() else PEEK + 1
    if not may_have_errcode(response.headers.get(hdrs.CONTENT_TYPE, ""), size):
        return head
    try:
        while len(head) <= PEEK and (chunk := await response.content.readany()):
            head += chunk
    except (aiohttp.ClientError, TimeoutError) as error:
        lost = failure_of(path, error, seconds)
    if lost is not None:
        raise lost
    return head


def refuse_shown(headers: Iterable[tuple[str, str]], path: str, query: str) -> None:
    """Raises WeChatError if an address repeats what the caller must not see, and what would go to another place with
    it."""
    said = [unquote_plus(value) for name, value in headers if name.lower() in _ADDRESSES]
    if said and any(it and it in "\n".join(said) for it in values_in(query, _SECRETS)):
        raise no_answer(silence.SHOWS_TOKEN, path, silence.NOT_WECHAT)
