"""The form of errors."""

import structlog
from aiohttp import web

from wechat_scheduler.errors import RequestError, StorageError, TooLargeError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.room_states import STATES, UNROUTED
from wechat_scheduler.web.kit.route import Handler

log = structlog.get_logger(__name__)

RETRY_SOON = {"Retry-After": "1"}


@web.middleware
async def errors_as_envelopes(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Gives every error the native form; no caller sees a traceback."""
    try:
        return await handler(request)
    except RequestError as error:
        return envelope.failure(error)
    except StorageError as error:
        log.error("api.store_unavailable", path=request.path, error=str(error))
        return envelope.refusal(
            Reason.STORE_UNAVAILABLE,
            "the store does not answer; nothing was changed",
            headers=RETRY_SOON,
        )
    except web.HTTPRequestEntityTooLarge:
        limit = request.client_max_size
        return envelope.failure(TooLargeError(f"the body is larger than {limit} bytes"))
    except web.RequestPayloadError:
        return envelope.refusal(Reason.BODY_UNREADABLE, "the body does not match its headers")
    except ConnectionError:
        log.debug("api.hung_up", path=request.path)
        # The client is gone; the response is for the log and the metrics only.
        return envelope.refusal(Reason.BODY_UNREADABLE, "the body ended too early")
    except (web.HTTPNotFound, web.HTTPMethodNotAllowed) as error:
        return await request.app[STATES][UNROUTED](request, error)
    except Exception:
        log.exception("api.crashed", path=request.path, method=request.method)
        return envelope.refusal(
            Reason.DAEMON_FAILED, "something went wrong here; the log says what"
        )
