"""Our own API, called from inside this process: the same handlers behind the same checks, without a socket."""

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, Final, Generic, TypeVar
from urllib.parse import quote

import msgspec
from aiohttp import hdrs, web
from yarl import URL

from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.errors import RequestError
from wechat_scheduler.web.console.inner_request import InnerRequest
from wechat_scheduler.web.console.rewording import reword
from wechat_scheduler.web.kit.auth import Visitor
from wechat_scheduler.web.kit.chinese import Chinese
from wechat_scheduler.web.kit.error_formats import TroubleError
from wechat_scheduler.web.kit.idempotency import KEY
from wechat_scheduler.web.kit.tags import tag_of
from wechat_scheduler.web.native.admission import called_by
from wechat_scheduler.web.native.route import NativeRoute
from wechat_scheduler.web.native.routes import NATIVE

T = TypeVar("T")

# The parameters that name the place of a page.
CURSORS: Final = ("after", "before")
_PLACE: Final = re.compile(r"\{(\w+)\}")
_NEXT: Final = re.compile(r'<([^<>]*)>; rel="next"')
_ROUTES: Final = {(route.method, route.path): route for route in NATIVE}

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows(Generic[T]):
    """A page of a list. `after` is the place of the next page, empty at the end."""

    rows: list[T]
    after: str


class ApiAnswer(msgspec.Struct, Generic[T]):
    """The envelope with its result. `message` is a note, empty as a rule."""

    result: T
    message: str = ""


class NativeApi:
    """Calls the routes of `web.native` as the key of a visitor. A path is that of the route table:
    `{names}` in it are filled from the parameters, which are otherwise those of the query; None leaves one out.
    Raises the RequestError of the handler, in Chinese with `chinese`."""

    def __init__(self, request: web.Request, visitor: Visitor, chinese: Chinese | None) -> None:
        self._request = request
        self._visitor = visitor
        self._chinese = chinese

    async def get(self, path: str, result: type[T], /, **params: object) -> T:
        return await self._result(hdrs.METH_GET, path, result, params)

    async def get_noted(self, path: str, result: type[T], /, **params: object) -> ApiAnswer[T]:
        """Like `get`, with the note of the response."""
        return _decoded(await self._call(hdrs.METH_GET, path, params), result)

    async def page(self, path: str, row: type[T], /, **params: object) -> Rows[T]:
        """A page of a list, and the place of the next one."""
        response = await self._call(hdrs.METH_GET, path, params)
        rows: list[T] = _decoded(response, list[row]).result  # type: ignore[valid-type]
        return Rows(rows=rows, after=_place_after(response))

    async def text(self, path: str, /, **params: object) -> str:
        """The response of a route that has no envelope."""
        return (await self._call(hdrs.METH_GET, path, params)).text or ""

    async def post(
        self, path: str, result: type[T], /, body: object = None, once: str = "", **params: object
    ) -> T:
        return await self._result(hdrs.METH_POST, path, result, params, body, once)

    async def post_noted(
        self, path: str, result: type[T], /, body: object = None, once: str = "", **params: object
    ) -> ApiAnswer[T]:
        """Like `post`, with the note of the response."""
        return _decoded(await self._call(hdrs.METH_POST, path, params, body, once), result)

    async def put(self, path: str, result: type[T], /, body: object, **params: object) -> T:
        return await self._result(hdrs.METH_PUT, path, result, params, body)

    async def patch(self, path: str, result: type[T], /, body: object, **params: object) -> T:
        return await self._result(hdrs.METH_PATCH, path, result, params, body)

    async def patch_as_read(
        self, path: str, read: T, /, body: object, **params: object
    ) -> web.Response:
        """Change what was `read`. Raises PreconditionError if another has changed it since."""
        headers: dict[str, str] = {hdrs.IF_MATCH: tag_of(read)}
        return await self._call(hdrs.METH_PATCH, path, params, body, headers=headers)

    async def delete(self, path: str, result: type[T], /, **params: object) -> T:
        return await self._result(hdrs.METH_DELETE, path, result, params)

    async def _result(
        self,
        method: str,
        path: str,
        result: type[T],
        params: Mapping[str, object],
        body: object = None,
        once: str = "",
    ) -> T:
        response = await self._call(method, path, params, body, once)
        found: T = _decoded(response, result).result
        return found

    async def _call(
        self,
        method: str,
        path: str,
        params: Mapping[str, object],
        body: object = None,
        once: str = "",
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> web.Response:
        names = set(_PLACE.findall(path))
        try:
            response = await self.ask(
                method,
                path,
                {name: _shown(params[name]) for name in names},
                _query(params, names),
                headers={**headers, KEY: once} if once else headers,
                body=b"" if body is None else _encode(body),
            )
            return _whole(response)
        except RequestError as error:
            if self._chinese:
                reword(error, self._chinese)
            raise

    async def ask(
        self,
        method: str,
        path: str,
        names: Mapping[str, str],
        query: Mapping[str, str],
        *,
        headers: Mapping[str, str],
        body: bytes,
    ) -> web.StreamResponse:
        """The response itself. `names` are those in braces in the path of the route table."""
        request = InnerRequest(
            self._request, method, _url(path, names, query), names, headers=headers, body=body
        )
        return await called_by(self._visitor, _ROUTES[method, path], request)


def route_of(method: str, path: str) -> NativeRoute:
    return _ROUTES[method, path]


def _url(path: str, names: Mapping[str, str], query: Mapping[str, str]) -> URL:
    filled = _PLACE.sub(lambda found: quote(names[found[1]], safe=""), path)
    return URL(filled, encoded=True).with_query(query)


def _query(params: Mapping[str, object], names: set[str]) -> dict[str, str]:
    return {
        name: _shown(value)
        for name, value in params.items()
        if name not in names and value is not None
    }


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _whole(response: web.StreamResponse) -> web.Response:
    """Raises RequestError for a refusal that a handler returned."""
    if not isinstance(response, web.Response):
        raise TypeError("a stream has no result")
    if response.status >= 400:
        answer = _decoded(response, Any)
        raise TroubleError(answer.message, status=response.status)
    return response


def _decoded(response: web.Response, result: Any) -> ApiAnswer[Any]:
    body = response.body
    return _decoder(result).decode(body if isinstance(body, bytes) else b"")


@cache
def _decoder(result: Any) -> msgspec.json.Decoder[ApiAnswer[Any]]:
    return msgspec.json.Decoder(ApiAnswer[result])


def _place_after(response: web.Response) -> str:
    found = _NEXT.search(response.headers.get(hdrs.LINK, ""))
    query = URL(found[1], encoded=True).query if found else {}
    return next((query[name] for name in CURSORS if name in query), "")
