"""Gives every error of a foreign API the form of that API."""

from collections.abc import Callable
from typing import Final, TypeAlias

import structlog
from aiohttp import web

from wechat_scheduler.errors import RequestError, StorageError, TooLargeError
from wechat_scheduler.web.kit.encodings import refuse_compressed
from wechat_scheduler.web.kit.query import refuse_nul
from wechat_scheduler.web.kit.route import Handler

log = structlog.get_logger(__name__)

NO_STORE: Final = "the store does not answer"
CRASHED: Final = "something went wrong here"


class TroubleError(RequestError):
    """An error of the daemon: 503 if it passes by itself, else 500."""

    def __init__(self, message: str, *, status: int) -> None:
        super().__init__(message)
        self.status = status


Shape: TypeAlias = Callable[[web.Request, RequestError], web.StreamResponse]
"""Makes the API's response of an error. `error.status` is the HTTP status that fits; `error.field`
names what is wrong in the request."""


def shaped(handler: Handler, shape: Shape, *, takes_compressed: bool = False) -> Handler:
    """The same handler, with errors in the form of its API. No caller sees a traceback. Unless the handler
    takes them, compressed bodies are refused."""

    async def answered(request: web.Request) -> web.StreamResponse:
        try:
            refuse_nul(request)
            if not takes_compressed:
                refuse_compressed(request)
            return await handler(request)
        except RequestError as error:
            return shape(request, error)
        except StorageError as error:
            log.error("api.store_unavailable", path=_pattern(request), error=str(error))
            return shape(request, TroubleError(NO_STORE, status=503))
        except web.HTTPRequestEntityTooLarge:
            limit = request.client_max_size
            return shape(request, TooLargeError(f"the body is larger than {limit} bytes"))
        except web.RequestPayloadError:
            return shape(request, RequestError("the body does not match its headers"))
        except (web.HTTPException, ConnectionError):
            raise
        except Exception:
            log.exception("api.crashed", path=_pattern(request), method=request.method)
            return shape(request, TroubleError(CRASHED, status=500))

    return answered


def _pattern(request: web.Request) -> str:
    """The route's own path: the request's may contain a token or another secret."""
    resource = request.match_info.route.resource
    return resource.canonical if resource else ""
