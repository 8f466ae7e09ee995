"""Lists and ends the sessions of people in the console."""

from datetime import datetime

import msgspec
import structlog
from aiohttp import web

from wechat_scheduler.access.actions import Action
from wechat_scheduler.access.model import Key, Scope
from wechat_scheduler.access.sessions import Session
from wechat_scheduler.errors import NotFoundError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.query import page_of
from wechat_scheduler.web.kit.route import Proof
from wechat_scheduler.web.kit.services import CALLER, SERVICES
from wechat_scheduler.web.native.audit import noting
from wechat_scheduler.web.native.route import LINK, PAGED, NativeRoute, Success

log = structlog.get_logger(__name__)


class SessionResult(msgspec.Struct, kw_only=True):
    """An open session. `key` is the id of the key that it acts as; `address` and `user_agent` are those of the
    browser that opened it; instants are RFC 3339 in UTC."""

    id: str
    key: str
    address: str
    user_agent: str
    created_at: datetime
    expires_at: datetime


async def listed(request: web.Request) -> web.Response:
    opened = request.app[SERVICES].sessions.all_open()
    shown = [one for one in opened if _is_shown(request, one)]
    page, headers = page_of(request, shown, lambda one: one.id)
    return envelope.success([_result(one) for one in page], headers=headers)


async def end(request: web.Request) -> web.Response:
    session_id, sessions = request.match_info["session"], request.app[SERVICES].sessions
    session = sessions.open_one(session_id)
    if session is None or not _is_shown(request, session):
        raise NotFoundError(
            f"there is no open session with the id {session_id}", reason=Reason.SESSION_UNKNOWN
        )
    with noting(request, Action.SESSION_ENDED, session_id):
        await sessions.end(session)
    log.info("session.ended", session_id=session_id, key_id=session.key_id, by=request[CALLER].id)
    return envelope.success("success")


def _is_shown(request: web.Request, session: Session) -> bool:
    """An admin key sees all sessions, any other key its own."""
    caller: Key = request[CALLER]
    return caller.allows(Scope.ADMIN) or caller.hash == session.key_hash


def _result(session: Session) -> SessionResult:
    return envelope.result_of(SessionResult, session, key=session.key_id)


ROUTES = (
    NativeRoute(
        "GET", "/v1/sessions", listed, Proof.KEY,
        "Lists the open sessions of the console, the newest first: all for an admin key, else those of the key.",
        result=list[SessionResult], takes=PAGED, gives=LINK,
    ),
    NativeRoute(
        "DELETE", "/v1/sessions/{session}", end, Proof.KEY,
        "Ends a session, at once: any for an admin key, else one of the key.",
        result=Success, errors=(404,),
    ),
)  # fmt: skip
