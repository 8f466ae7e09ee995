"""Requests whose heads came before, without what aiohttp does again for each.

Like `known_heads.py`, it uses private parts of aiohttp's server; `fastpath.py` checks the version.
"""

from typing import Any, Final, Self

from aiohttp import web
from aiohttp.http import StreamWriter
from aiohttp.streams import EMPTY_PAYLOAD, EmptyStreamReader
from multidict import CIMultiDict, CIMultiDictProxy

# What a request has of its head alone.
_OF_HEAD: Final = (
    *("_client_max_fields", "_client_max_size", "_headers", "_loop", "_match_info", "_message"),
    *("_method", "_rel_url", "_version"),
)
# The properties that aiohttp remembers of a request, as far as they are those of its head.
_KNOWN: Final = (
    *("headers", "host", "match_info", "method", "path", "query", "query_string", "raw_path"),
    *("rel_url", "scheme", "url", "version"),
)
_WRITER: Final = "_payload_writer"
# What `KnownRequest.of` sets itself.
_OWN: Final = (
    *("_cache", "_payload", "_protocol", "_read_bytes", "_state", "_task", "_transport_peername"),
    *("_transport_sockname", "_transport_sslcontext", _WRITER),
)
# All that it uses of `web.Request`.
ATTRIBUTES: Final = (*_OF_HEAD, *_OWN)


class _Read(EmptyStreamReader):
    """A body that was read already: unlike aiohttp's class for no body at all."""


_ALL_READ: Final = _Read()


class KnownRequest(web.Request):
    """The request that aiohttp makes of the same bytes."""

    @classmethod
    def of(cls, parts: dict[str, Any], body: bytes, connection: web.RequestHandler) -> Self:
        """`parts` are those of the head, `body` is read."""
        request = cls.__new__(cls)
        own = vars(request)
        own |= parts
        own["_cache"] = dict(parts["_cache"])
        own["_state"] = {}
        own["_read_bytes"] = body
        own["_payload"] = _ALL_READ if body else EMPTY_PAYLOAD
        own["_protocol"] = connection
        own["_task"] = connection._task_handler
        own["_transport_sslcontext"] = connection.ssl_context
        own["_transport_peername"] = connection.peername
        own["_transport_sockname"] = connection.sockname
        return request

    # Most responses are written without it.
    @property
    def _payload_writer(self) -> Any:
        own = vars(self)
        if _WRITER not in own:
            own[_WRITER] = StreamWriter(self._protocol, self._loop)
        return own[_WRITER]

    @_payload_writer.setter
    def _payload_writer(self, writer: Any) -> None:
        vars(self)[_WRITER] = writer

    def get(self, key: Any, default: Any = None) -> Any:
        """As that of its base, which raises and catches an exception."""
        return self._state.get(key, default)


def parts_of(request: web.Request) -> dict[str, Any]:
    """What `KnownRequest.of` takes of a request with the same head."""
    own = vars(request)
    parts = {name: own[name] for name in _OF_HEAD}
    known = own["_cache"]
    return parts | {"_cache": {name: known[name] for name in _KNOWN if name in known}}


def with_header(parts: dict[str, Any], name: str, value: str) -> dict[str, Any]:
    """The parts of a head that has another value under that name."""
    headers = CIMultiDict(parts["_headers"])
    headers[name] = value
    proxy = CIMultiDictProxy(headers)
    return parts | {"_headers": proxy, "_cache": parts["_cache"] | {"headers": proxy}}
