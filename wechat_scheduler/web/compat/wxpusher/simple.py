"""Simple push: a user's SPT is enough to send to this user.

The app that the token belongs to sends the message, while the user accepts its messages.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from aiohttp import web

from wechat_scheduler.access.model import digest
from wechat_scheduler.access.once import Asked, Keep
from wechat_scheduler.delivery.orders import Order, stable_id
from wechat_scheduler.errors import RequestError, ThrottledError
from wechat_scheduler.web.compat.tokens import Holder
from wechat_scheduler.web.compat.wxpusher.callers import user_of
from wechat_scheduler.web.compat.wxpusher.drafts import ContentBody, WxText, written
from wechat_scheduler.web.compat.wxpusher.envelope import (
    ErrorCode,
    WxPusherError,
    check_path,
    malformed,
    read,
    success,
    worded,
)
from wechat_scheduler.web.compat.wxpusher.messages import TargetResult, refused_target, result_of
from wechat_scheduler.web.kit.idempotency import asked_for
from wechat_scheduler.web.kit.services import SERVICES

MOST: Final = 10


class SimpleBody(ContentBody, rename="camel"):
    """`POST /api/send/message/simple-push`, with `spt`, `sptList` or both."""

    spt: str | None = None
    spt_list: list[str] | str | None = None


class SptOutcome(NamedTuple):
    """The outcome for one token: an order or a refusal."""

    result: TargetResult
    order: Order | None = None
    refusal: RequestError | None = None


async def post(request: web.Request) -> str:
    """`POST /api/send/message/simple-push`."""
    body = await request.read()
    wish = read(body, SimpleBody, request.path)
    text, tokens = written(wish), _tokens(wish, request.path)
    services = request.app[SERVICES]

    # An Idempotency-Key holds for the first token.
    asked = asked_for(request, f"spt {digest(tokens[0])}", body)

    async def make(keep: Keep) -> None:
        parts = [await _part(request, token, text, asked) for token in tokens]
        orders = [part.order for part in parts if part.order]
        if not orders and parts[0].refusal:
            raise parts[0].refusal
        once = keep(success([part.result for part in parts], text.msg))
        for order in orders:  # each may be of another app
            # The response is stored with the last one: until then the request may be repeated.
            await services.sending.put(order, once=once if order is orders[-1] else None)

    return (await services.idempotency.once(asked, make)).text


async def get(request: web.Request) -> str:
    """`GET /api/send/message/{SPT}/{content}`."""
    token = request.match_info["spt"]
    check_path(request)
    text = written(ContentBody(content=request.match_info["content"]))
    services, holder = request.app[SERVICES], await user_of(request, token)

    # The scope must not contain the path: the token is in it.
    asked = replace(asked_for(request, "", b""), scope=f"spt {digest(token)} GET")

    async def make(keep: Keep) -> None:
        order = await _order(request, holder, text, asked)
        await services.sending.put(order, once=keep(success([_result(order)])))

    return (await services.idempotency.once(asked, make)).text


def _tokens(wish: SimpleBody, path: str) -> Sequence[str]:
    if isinstance(wish.spt_list, str) and wish.spt_list:
        raise malformed(path, "sptList 必须是数组")
    given = [wish.spt or "", *(wish.spt_list or ())]
    tokens = list(dict.fromkeys(token.strip() for token in given if token.strip()))
    if len(tokens) > MOST:
        raise WxPusherError(f"sptList 最多 {MOST} 个", field="sptList")
    if not tokens:
        raise WxPusherError("spt 不能为空", code=ErrorCode.UNAUTHORISED, field="spt")
    return tokens


async def _part(request: web.Request, token: str, text: WxText, asked: Asked) -> SptOutcome:
    try:
        holder = await user_of(request, token)
    except (WxPusherError, ThrottledError) as error:  # the other tokens still count
        return SptOutcome(refused_target(worded(request, error)[1]), refusal=error)
    order = await _order(request, holder, text, asked)
    return SptOutcome(_result(order), order)


async def _order(request: web.Request, holder: Holder, text: WxText, asked: Asked) -> Order:
    uid = holder.token.uid
    order = await request.app[SERVICES].sending.prepare(
        holder.app, text.content, names=[uid], notes=text.notes
    )
    return _same(order, asked, holder) if asked.key else order


def _same(order: Order, asked: Asked, holder: Holder) -> Order:
    """The order with ids that depend on the request only: an order that an interrupted request stored
    is not stored twice when the request is repeated."""
    name = (asked.scope, asked.key, asked.digest, str(holder.app.id), holder.token.uid)
    (placed,) = order.placed
    delivery_id = placed.delivery_id and stable_id("simple delivery", *name)
    return replace(
        order,
        message=replace(order.message, id=stable_id("simple", *name)),
        placed=(replace(placed, delivery_id=delivery_id),),
        is_new=False,
    )


def _result(order: Order) -> TargetResult:
    (placed,) = order.placed
    return result_of(placed, order, uid=placed.name)
