"""Shows a refused call as WeChat recorded it."""

from datetime import datetime, timedelta
from typing import Annotated

import msgspec
from aiohttp import web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.envelope import result_of
from wechat_scheduler.web.kit.services import SERVICES
from wechat_scheduler.web.native.refused_by_wechat import asking_wechat
from wechat_scheduler.web.native.route import NativeRoute, query

_PATTERN = "^[0-9A-Za-z-]{8,64}$"
Rid = Annotated[str, msgspec.Meta(pattern=_PATTERN)]


class RecordedCallResult(msgspec.Struct, kw_only=True):
    """A call as WeChat recorded it, without its secrets: when it came and how long it took, its address and
    body, WeChat's answer, and the address that it came from."""

    rid: str
    at: datetime | None
    took_ms: int
    url: str
    request: str
    response: str
    address: str


async def shown(request: web.Request) -> web.Response:
    appid, rid = request.match_info["appid"], _checked(request.query.get("rid", ""))
    with asking_wechat():
        found = await request.app[SERVICES].rids.call(appid, rid)
    took_ms = found.took // timedelta(milliseconds=1)
    return envelope.success(result_of(RecordedCallResult, found, rid=rid, took_ms=took_ms))


def _checked(text: str) -> str:
    try:
        return msgspec.convert(text, Rid)
    except msgspec.ValidationError as error:
        raise InvalidRequestError(
            "must be a rid of WeChat's, such as 5f3c0f2a-1b2c3d4e-5a6b7c8d", field="rid"
        ) from error


ROUTES = (
    NativeRoute(
        "GET", "/v1/rids/{appid}", shown, Scope.ADMIN,
        "Asks WeChat for its record of a refused call, without the secrets in it.",
        result=RecordedCallResult, errors=(503,),
        takes=(
            query(
                "rid",
                "The id that WeChat gave the call, from its error message.",
                {"type": "string", "pattern": _PATTERN},
            ),
        ),
    ),
)  # fmt: skip
