"""The notices API: `POST /message/v2/notices`, a template message to one user of the platform.

    Authorization: Bearer TOKEN
    {"to": USER, "template": TEMPLATE_ID, "url": …, "data": {KEYWORD: {"value": …, "color": …}},
     "miniprogram": {"appid": …, "pagepath": …}}

`to` is the platform's own id of the user, or a uid. The response to a stored notice is `{"code": 200}`.
The response to an error is `{"code": STATUS, "message": …}` with the same HTTP status.

Since 2023-05-04 WeChat shows neither `first` nor `remark` nor colours, and of each keyword only as much
as its type allows. Such notices are accepted; a `Warning` header and the delivery name what is not shown.
Colours are passed on as `#rrggbb`, which WeChat takes.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Final

import msgspec
from aiohttp import hdrs, web

from wechat_scheduler.access.once import Keep
from wechat_scheduler.audience.mini_programs import MiniProgramPage
from wechat_scheduler.audience.model import TokenKind
from wechat_scheduler.delivery.filling import filling
from wechat_scheduler.delivery.keywords import UNSEEN, note_on_cuts
from wechat_scheduler.delivery.model import Content, Way
from wechat_scheduler.delivery.refused_receivers import Refusal, Refused
from wechat_scheduler.errors import (
    ForbiddenError,
    InvalidRequestError,
    NotFoundError,
    RequestError,
    ThrottledError,
)
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.compat.api import Api
from wechat_scheduler.web.compat.tokens import bearer, holder_of
from wechat_scheduler.web.kit.bodies import decode
from wechat_scheduler.web.kit.idempotency import REPLAYED, asked_for
from wechat_scheduler.web.kit.mini_programs import MiniProgramBody, check_page, read_page
from wechat_scheduler.web.kit.route import Proof, Route
from wechat_scheduler.web.kit.services import SERVICES

PATH: Final = "/message/v2/notices"
ACCEPTED: Final = '{"code":200}'

LONGEST_URL: Final = 1000
MOST_KEYWORDS: Final = 50
LONGEST_VALUE: Final = 2000
# Characters of all keywords together that WeChat shows.
ALTOGETHER: Final = 200

# The error for a receiver that is sent nothing.
ERRORS: Final[Mapping[Refusal, type[RequestError]]] = {
    Refusal.UNKNOWN_USER: NotFoundError,
    Refusal.UNKNOWN_TOPIC: NotFoundError,
    Refusal.NO_CALLBACK: NotFoundError,
    Refusal.UNFOLLOWED: ForbiddenError,
    Refusal.WECHAT: ForbiddenError,
    Refusal.UNSUBSCRIBED: ForbiddenError,
    Refusal.BLOCKED: ForbiddenError,
    Refusal.MUTED: ForbiddenError,
}

# Pictographs, and the signs that phones draw as such.
_EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f]")
_COLOR = re.compile(r"#(?:([0-9a-f]{3})|[0-9a-f]{6})", re.IGNORECASE)
_URL = re.compile(r"https?://[^\s]+")

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]


class Value(msgspec.Struct):
    """The value of a keyword."""

    value: str | int | float
    color: str | None = None


class OpenedPage(msgspec.Struct):
    """The page of a mini-program that a tap opens."""

    appid: str | None = None
    pagepath: str | None = None


class NoticeBody(msgspec.Struct):
    """Other fields are ignored: callers send those of the platform's other APIs."""

    to: Text
    template: Text
    data: dict[str, msgspec.Raw]
    url: str | None = None
    miniprogram: OpenedPage | None = None


async def send(request: web.Request) -> web.Response:
    """`POST /message/v2/notices`."""
    services = request.app[SERVICES]
    holder = await holder_of(request, bearer(request), TokenKind.APP)
    body = await request.read()
    notice = _checked(decode(body, NoticeBody))
    data = {name: _value(name, raw) for name, raw in notice.data.items()}
    content = _content(notice, data)
    check_page(content.page, holder.app, "miniprogram")
    filled = filling(content, holder.app, services.clock.now())
    notes = tuple(_notes(data, filled.shortened if filled else ()))

    async def make(keep: Keep) -> None:
        order = await services.sending.prepare(holder.app, content, names=[notice.to], notes=notes)
        (placed,) = order.placed
        if placed.refused:
            raise _refused(placed.refused)
        await services.sending.put(order, once=keep(ACCEPTED))

    asked = asked_for(request, f"app {holder.app.id}", body)
    reply = await services.idempotency.once(asked, make)
    headers = {"Warning": ", ".join(f'299 - "{note}"' for note in notes)} if notes else {}
    if reply.replayed:
        headers[REPLAYED] = "true"
    return web.Response(text=reply.text, content_type="application/json", headers=headers)


def refused(request: web.Request, error: RequestError) -> web.Response:
    """`{"code", "message"}`, with the HTTP status equal to `code`."""
    headers = {}
    if error.status == web.HTTPUnauthorized.status_code:
        headers[hdrs.WWW_AUTHENTICATE] = 'Bearer realm="notices"'
    if isinstance(error, ThrottledError):
        headers[hdrs.RETRY_AFTER] = str(int(error.retry_after.total_seconds()) or 1)
    text = msgspec.json.encode({"code": error.status, "message": str(error)})
    return web.Response(
        status=error.status, body=text, content_type="application/json", headers=headers
    )


def unrouted(request: web.Request, error: web.HTTPException) -> web.Response:
    """The response to another path or method, in the same form."""
    found = RequestError(f"use POST {PATH}")
    found.status = error.status
    response = refused(request, found)
    if isinstance(error, web.HTTPMethodNotAllowed):
        response.headers[hdrs.ALLOW] = ", ".join(sorted(error.allowed_methods))
    return response


def _refused(refused: Refused) -> RequestError:
    return ERRORS[refused.refusal](refused.sentence, reason=Reason.RECEIVER_UNKNOWN, field="to")


def _checked(notice: NoticeBody) -> NoticeBody:
    if notice.url and (len(notice.url) > LONGEST_URL or not _URL.fullmatch(notice.url)):
        raise InvalidRequestError(
            f"must be http(s)://…, at most {LONGEST_URL} characters", field="url"
        )
    if not 1 <= len(notice.data) <= MOST_KEYWORDS:
        raise InvalidRequestError(f"must have 1 to {MOST_KEYWORDS} keywords", field="data")
    return notice


def _value(name: str, raw: msgspec.Raw) -> Value:
    """Raises InvalidRequestError at the keyword."""
    try:
        given = decode(bytes(raw), Value)
    except InvalidRequestError as error:
        place = f"data.{name}.{error.field}".rstrip(".")
        raise InvalidRequestError(error.sentence, field=place) from error
    if len(_text(given.value)) > LONGEST_VALUE:
        raise InvalidRequestError(
            f"must be at most {LONGEST_VALUE} characters", field=f"data.{name}.value"
        )
    return given


def _content(notice: NoticeBody, data: Mapping[str, Value]) -> Content:
    return Content(
        way=Way.TEMPLATE,
        purpose="notice",
        template=notice.template,
        data={name: _text(given.value) for name, given in data.items()},
        colors={name: color for name, given in data.items() if (color := _color(given))},
        url=notice.url or "",
        page=_page(notice.miniprogram),
    )


def _page(given: OpenedPage | None) -> MiniProgramPage | None:
    """None if neither is named, as in WeChat's example of an empty target."""
    if given is None or not (given.appid or given.pagepath):
        return None
    body = MiniProgramBody(appid=given.appid or "", pagepath=given.pagepath or "")
    return read_page(body, "miniprogram")


def _notes(data: Mapping[str, Value], shortened: Sequence[str]) -> Iterator[str]:
    unseen = sorted(UNSEEN & data.keys())
    if unseen:
        yield f"WeChat does not show {' and '.join(unseen)}"
    if any(given.color for given in data.values()):
        yield "WeChat does not show colours"
    if odd := sorted(
        _named(name) for name, given in data.items() if given.color and not _color(given)
    ):
        yield f"the color of {', '.join(odd)} is not #rgb or #rrggbb and is left out"
    if shortened:
        yield note_on_cuts([_named(name) for name in shortened])
    shown = "".join(_text(given.value) for name, given in data.items() if name not in UNSEEN)
    if _EMOJI.search(shown):
        yield "WeChat does not show emoji"
    if len(shown) > ALTOGETHER:
        yield f"WeChat shows {ALTOGETHER} characters altogether"


def _named(keyword: str) -> str:
    """The keyword as it may stand in a header."""
    return keyword if keyword.isascii() and keyword.isalnum() else "a keyword"


def _color(given: Value) -> str:
    """`#rrggbb`; empty if the colour is neither that nor `#rgb`."""
    found = _COLOR.fullmatch((given.color or "").strip())
    if found is None:
        return ""
    return f"#{''.join(2 * digit for digit in found[1])}" if found[1] else found[0]


def _text(value: Any) -> str:
    """The value as text, a number as JSON writes it."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


API = Api(
    prefixes=("/message/v2",),
    routes=(Route(hdrs.METH_POST, PATH, send, Proof.TOKEN),),
    refused=refused,
    unrouted=unrouted,
)
