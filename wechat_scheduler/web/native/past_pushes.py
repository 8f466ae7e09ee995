"""Lists what came from WeChat lately, and what became of it."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from aiohttp import web

from wechat_scheduler.access.model import Key, Scope
from wechat_scheduler.errors import ForbiddenError, InvalidRequestError
from wechat_scheduler.pushes.history import (
    Fate,
    PastPush,
    Place,
    PushFilter,
    PushKind,
    place_after,
)
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.auth import require_reach
from wechat_scheduler.web.kit.ids import WECHAT_ID, check_wechat_id, schema_of
from wechat_scheduler.web.kit.query import (
    INSTANT_PLACE,
    instant_place,
    instant_text,
    limit_of,
    next_page,
    one_of,
)
from wechat_scheduler.web.kit.services import CALLER, SERVICES
from wechat_scheduler.web.native.route import AFTER, LIMIT, LINK, NativeRoute, query


class PastPushResult(msgspec.Struct, kw_only=True):
    """A push that came `at` for `appid`. `name` is WeChat's InfoType, MsgType or Event;
    `authorizer_appid` the account of an event, `openid` the user of an act, with the `uid` and the `nickname` if they
    are known. `state` says what became of it, `effect` what was done with an act, `reason` why it was refused or passed over, or waits. An entry of
    the kind `refused` counts those of one hour: `at` and `reason` are those of the last."""

    at: datetime
    appid: str
    kind: PushKind
    name: str
    authorizer_appid: str
    openid: str
    uid: str
    nickname: str
    state: Fate
    effect: str
    reason: str
    count: int


async def listed(request: web.Request) -> web.Response:
    caller, before = request[CALLER], _place(request)
    appid, openid = (request.query.get(name, "") for name in ("appid", "openid"))
    kind = one_of(request, "kind", list(PushKind))
    if appid:
        check_wechat_id(appid, "appid")
        require_reach(caller, appid, "", field="appid")
    kinds = _kinds(caller, kind, openid)
    if openid:
        _check_user(appid, openid)
    wanted = PushFilter(
        appid=appid,
        openid=openid,
        kinds=kinds,
        within=tuple(sorted(caller.appids)) or None,
        before=before,
        limit=limit_of(request),
    )
    found = await request.app[SERVICES].endpoints.history(wanted)
    headers = next_page(request, found, lambda _: _text(place_after(found, before)))
    return envelope.success([_result(push) for push in found], headers=headers)


def _kinds(caller: Key, asked: str, openid: str) -> Sequence[PushKind]:
    """Raises ForbiddenError for what users did, without the scope that names them."""
    if caller.sees(Scope.PUSH):
        return (PushKind(asked),) if asked else tuple(PushKind)
    if asked == PushKind.ACT or openid:
        raise ForbiddenError(
            "this API key lacks the scope push, which pushes about users need",
            reason=Reason.KEY_SCOPE,
            field="openid" if openid else "kind",
        )
    kinds = [PushKind(asked)] if asked else list(PushKind)
    return tuple(kind for kind in kinds if kind is not PushKind.ACT)


def _check_user(appid: str, openid: str) -> None:
    check_wechat_id(openid, "openid")
    if not appid:
        raise InvalidRequestError(
            "is needed with openid, which is a user's at one account: add appid=", field="appid"
        )


def _place(request: web.Request) -> Place | None:
    found = instant_place(request)
    return Place(at=found[0], skip=found[1]) if found else None


def _text(place: Place) -> str:
    return instant_text(place.at, place.skip)


def _result(push: PastPush) -> PastPushResult:
    return envelope.result_of(PastPushResult, push, authorizer_appid=push.account, state=push.fate)


ROUTES = (
    NativeRoute(
        "GET", "/v1/pushes", listed, Scope.READ,
        "Lists what came from WeChat in the last days, and what became of it, the newest first.",
        result=list[PastPushResult],
        takes=(
            query("appid", "Only of this account or platform.", schema_of(WECHAT_ID)),
            query("openid", "Only what this user of `appid` did; it needs `appid`, and the scope `push`.", schema_of(WECHAT_ID)),
            query("kind", "Only of this kind; `act` needs the scope `push`.", {"enum": list(PushKind)}),
            query("after", AFTER.description, schema_of(INSTANT_PLACE)),
            LIMIT,
        ),
        gives=LINK,
    ),
)  # fmt: skip
