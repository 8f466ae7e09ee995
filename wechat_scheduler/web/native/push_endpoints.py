"""Sets, lists and removes push endpoints: the token and key that WeChat signs and encrypts with."""

import re
from datetime import datetime
from typing import Annotated, Final

import msgspec
from aiohttp import web

from wechat_scheduler.access.actions import Action
from wechat_scheduler.access.model import Scope
from wechat_scheduler.engine.sentences import Sentence
from wechat_scheduler.engine.wrong_fields import WrongFields
from wechat_scheduler.errors import InvalidRequestError, NotFoundError
from wechat_scheduler.pushes.endpoints import advice
from wechat_scheduler.pushes.history import EndpointFilter
from wechat_scheduler.pushes.model import PushEndpointView, PushRefusal, WaitingEvent
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.bodies import decode
from wechat_scheduler.web.kit.ids import WECHAT_ID, check_appid, schema_of
from wechat_scheduler.web.kit.query import limit_of, next_page
from wechat_scheduler.web.kit.services import CALLER, SERVICES
from wechat_scheduler.web.native import pushes
from wechat_scheduler.web.native.audit import noting
from wechat_scheduler.web.native.route import LINK, PAGED, NativeRoute, Success, query

# 消息校验Token and 消息加解密Key, as WeChat's console takes them; in 明文模式 there is no key.
_TOKEN = re.compile(r"[A-Za-z0-9]{3,32}")
NO_AES_KEY: Final = Sentence(
    "must be 43 letters and digits, or left out for 明文模式",
    "必须是 43 位字母和数字，明文模式则留空",
)
_AES_KEY = re.compile(r"(?:[A-Za-z0-9]{43})?")


class PushEndpointBody(msgspec.Struct, forbid_unknown_fields=True):
    """The token and key that were entered in WeChat's console; without a key, plain pushes are accepted."""

    token: Annotated[str, msgspec.Meta(extra_json_schema=schema_of(_TOKEN))]
    encoding_aes_key: Annotated[str, msgspec.Meta(extra_json_schema=schema_of(_AES_KEY))] = ""


class PushRefusalResult(msgspec.Struct):
    """`count` pushes were refused since the daemon started; `at` and `reason` are those of the last."""

    count: int
    at: datetime
    reason: str


class WaitingEventResult(msgspec.Struct):
    """An event that the daemon still has to handle; `note` says why the last attempt failed."""

    info_type: str
    authorizer_appid: str
    received_at: datetime
    next_attempt_at: datetime
    note: str


class PushEndpointResult(msgspec.Struct):
    """An account or platform whose pushes are accepted. In WeChat's console, `path` follows the
    daemon's address; `messages_path` does in the 消息与事件接收URL of a platform. `events` counts the
    events of the last seven days by InfoType. `verified_at` is the last time WeChat's console verified the URL,
    `pushed_at` the last push of the last days. `answer` is WeChat's answer to our last request to push
    tickets again."""

    appid: str
    path: str
    messages_path: str
    changed_at: datetime
    accepts_former: bool
    verified_at: datetime | None
    pushed_at: datetime | None
    ticket_at: datetime | None
    asked_again_at: datetime | None
    answer: str
    events: dict[str, int]
    waiting: list[WaitingEventResult]
    refused: PushRefusalResult | None
    advice: str


async def put(request: web.Request) -> web.Response:
    """For a while, pushes made with the former token and key are accepted too."""
    appid = request.match_info["appid"]
    body = read_endpoint(appid, await request.read())
    endpoints = request.app[SERVICES].endpoints
    with noting(request, Action.CALLBACKS_SET, appid):
        await endpoints.put(appid, token=body.token, aes_key=body.encoding_aes_key)
    return envelope.success(
        {"appid": appid, "path": _path(appid), "messages_path": _messages_path(appid)}
    )


async def listed(request: web.Request) -> web.Response:
    """All of them without `limit`: programs have read them so from the beginning."""
    services, given = request.app[SERVICES], request.query
    wanted = EndpointFilter(
        appid=given.get("appid", ""),
        within=tuple(sorted(request[CALLER].appids)) or None,
        after=given.get("after", ""),
        limit=limit_of(request) if "limit" in given else 0,
    )
    found, now = await services.endpoints.view(wanted), services.clock.now()
    headers = next_page(request, found, lambda last: last[0].appid) if wanted.limit else {}
    shown = [_result(view, refusal, now) for view, refusal in found]
    return envelope.success(shown, headers=headers)


async def remove(request: web.Request) -> web.Response:
    appid = request.match_info["appid"]
    with noting(request, Action.CALLBACKS_REMOVED, appid):
        removed = await request.app[SERVICES].endpoints.remove(appid)
    if not removed:
        raise NotFoundError(
            f"no push endpoint is configured for {appid}", reason=Reason.PUSHES_UNKNOWN
        )
    return envelope.success("success")


def read_endpoint(appid: str, given: bytes) -> PushEndpointBody:
    """Raises InvalidRequestError, which tells of all fields that are wrong."""
    wrong = WrongFields()
    with wrong:
        check_appid(appid, "appid")
    body = decode(given, PushEndpointBody)
    with wrong:
        if not _TOKEN.fullmatch(body.token):
            raise InvalidRequestError("must be 3 to 32 letters and digits", field="token")
    with wrong:
        if not _AES_KEY.fullmatch(body.encoding_aes_key):
            raise InvalidRequestError(NO_AES_KEY.en, field="encoding_aes_key")
    wrong.check()
    return body


def _path(appid: str) -> str:
    return pushes.PATH.format(appid=appid)


def _messages_path(appid: str) -> str:
    return pushes.ACCOUNT_PATH.format(appid=appid, account=pushes.APPID_PLACE)


def _result(
    view: PushEndpointView, refusal: PushRefusal | None, now: datetime
) -> PushEndpointResult:
    return envelope.result_of(
        PushEndpointResult,
        view,
        path=_path(view.appid),
        messages_path=_messages_path(view.appid),
        accepts_former=view.former,
        asked_again_at=view.asked_at,
        events=dict(view.events),
        waiting=[_waiting(waiting) for waiting in view.waiting],
        refused=envelope.result_of(PushRefusalResult, refusal) if refusal else None,
        advice=advice(view, refusal, now),
    )


def _waiting(waiting: WaitingEvent) -> WaitingEventResult:
    return envelope.result_of(
        WaitingEventResult,
        waiting,
        info_type=waiting.name,
        authorizer_appid=waiting.authorizer,
        next_attempt_at=waiting.due_at,
    )


ROUTES = (
    NativeRoute(
        "GET", "/callbacks", listed, Scope.READ,
        "Lists the accounts and platforms whose pushes are accepted, and their state: all, or pages of `limit`.",
        result=list[PushEndpointResult],
        takes=(query("appid", "Only this account or platform.", schema_of(WECHAT_ID)), *PAGED),
        gives=LINK,
    ),
    NativeRoute(
        "PUT", "/callbacks/{appid}", put, Scope.REGISTER,
        "Accepts WeChat's pushes with this token and key; without a key, plain ones.",
        body=PushEndpointBody, result=dict[str, str],
    ),
    NativeRoute(
        "DELETE", "/callbacks/{appid}", remove, Scope.REGISTER,
        "Stops accepting pushes, and deletes the stored tickets.",
        result=Success,
    ),
)  # fmt: skip
