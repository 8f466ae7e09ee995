"""A request that this process makes of itself: no bytes of it travel."""

import asyncio
from collections.abc import Mapping

from aiohttp import StreamReader, hdrs, web
from aiohttp.http import HttpVersion11, RawRequestMessage
from aiohttp.streams import EMPTY_PAYLOAD
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL


class InnerRequest(web.Request):
    """Came as `outer` did, but with this method, address and body, and without its headers. `names` are those of
    the path."""

    def __init__(
        self,
        outer: web.Request,
        method: str,
        url: URL,
        names: Mapping[str, str],
        *,
        headers: Mapping[str, str],
        body: bytes,
    ) -> None:
        super().__init__(
            _message(method, url, _headers(outer, headers, body)),
            _payload(outer, body),
            outer.protocol,
            outer.writer,
            outer.task,
            asyncio.get_running_loop(),
            client_max_size=outer.client_max_size,
        )
        self[_OUTER] = outer
        self[_NAMES] = dict(names)

    @property
    def match_info(self) -> web.UrlMappingMatchInfo:
        return web.UrlMappingMatchInfo(self[_NAMES], self[_OUTER].match_info.route)

    @property
    def app(self) -> web.Application:
        return self[_OUTER].app


# aiohttp warns of attributes of one's own.
_OUTER = web.RequestKey("OUTER", web.Request)
_NAMES = web.RequestKey("NAMES", dict[str, str])


def _headers(outer: web.Request, headers: Mapping[str, str], body: bytes) -> CIMultiDict[str]:
    made = CIMultiDict({hdrs.HOST: outer.headers.get(hdrs.HOST, ""), **headers})
    if body:
        made[hdrs.CONTENT_TYPE] = "application/json"
        made[hdrs.CONTENT_LENGTH] = str(len(body))
    return made


def _payload(outer: web.Request, body: bytes) -> StreamReader:
    if not body:
        return EMPTY_PAYLOAD
    payload = StreamReader(outer.protocol, len(body), loop=asyncio.get_running_loop())
    payload.feed_data(body)
    payload.feed_eof()
    return payload


def _message(method: str, url: URL, headers: CIMultiDict[str]) -> RawRequestMessage:
    return RawRequestMessage(
        method=method,
        path=str(url),
        version=HttpVersion11,
        headers=CIMultiDictProxy(headers),
        raw_headers=tuple((name.encode(), value.encode()) for name, value in headers.items()),
        should_close=False,
        compression=None,
        upgrade=False,
        chunked=False,
        url=url,
    )
