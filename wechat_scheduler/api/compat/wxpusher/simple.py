"""Simple push: whoever was given a user's SPT may write to them, and needs nothing else.

A message goes out in the name of the app that the token was made for, as long as the user takes what
that app sends.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import msgspec
from aiohttp import web

from wechat_scheduler.access import digest
from wechat_scheduler.api.compat.tokens import Holder
from wechat_scheduler.api.compat.wxpusher.callers import user_of
from wechat_scheduler.api.compat.wxpusher.drafts import ContentBody, content_of
from wechat_scheduler.api.compat.wxpusher.messages import TargetResult, refused_target, result_of
from wechat_scheduler.api.compat.wxpusher.wire import (
    Code,
    WxPusherError,
    answered,
    malformed,
    read,
)
from wechat_scheduler.api.idempotency import Keep, asked_for, once_only
from wechat_scheduler.api.services import SERVICES
from wechat_scheduler.delivery.model import Content
from wechat_scheduler.delivery.sending import Order

MOST: Final = 10


class SimpleBody(ContentBody, rename="camel"):
    """`POST /api/send/message/simple-push`: one `spt`, or some in `sptList`."""

    spt: str | None = None
    spt_list: list[str] | str | None = None


class Part(NamedTuple):
    """What one token comes to."""

    order: Order | None
    result: TargetResult


_decoder = msgspec.json.Decoder(SimpleBody)


async def post(request: web.Request) -> str:
    """`POST /api/send/message/simple-push`."""
    body = await request.read()
    wish = read(_decoder, body, request.path)
    content, tokens = content_of(wish), _tokens(wish, request.path)
    services = request.app[SERVICES]

    async def make(keep: Keep) -> None:
        parts = [await _part(request, token, content) for token in tokens]
        text = keep(answered([part.result for part in parts]))
        orders = [part.order for part in parts if part.order]
        if not orders:
            raise WxPusherError("spt 不合法", code=Code.UNAUTHORISED, field="spt")
        for order in orders:  # each may be of another app
            # With the last: what breaks off before it may be asked for again.
            await services.sending.put(order, once=text if order is orders[-1] else None)

    # Others may use the same Idempotency-Key for something else.
    asked = asked_for(request, f"spt {digest(tokens[0])}", body)
    return (await once_only(services.answers, asked, make)).text


async def get(request: web.Request) -> str:
    """`GET /api/send/message/{SPT}/{content}`. No Idempotency-Key: the token is in the path."""
    content = content_of(ContentBody(content=request.match_info["content"]))
    part = await _prepared(request, user_of(request, request.match_info["spt"]), content)
    if part.order:
        await request.app[SERVICES].sending.put(part.order)
    return answered([part.result])


def _tokens(wish: SimpleBody, path: str) -> Sequence[str]:
    if isinstance(wish.spt_list, str) and wish.spt_list:
        raise malformed(path, "sptList 必须是数组")
    given = [wish.spt or "", *(wish.spt_list or ())]
    tokens = list(dict.fromkeys(token.strip() for token in given if token.strip()))
    if len(tokens) > MOST:
        raise WxPusherError(f"sptList 最多 {MOST} 个", field="sptList")
    if not tokens:
        raise WxPusherError("spt 不能为空", code=Code.UNAUTHORISED, field="spt")
    return tokens


async def _part(request: web.Request, token: str, content: Content) -> Part:
    try:
        holder = user_of(request, token)
    except WxPusherError as error:
        return Part(None, refused_target(str(error)))
    return await _prepared(request, holder, content)


async def _prepared(request: web.Request, holder: Holder, content: Content) -> Part:
    sending = request.app[SERVICES].sending
    order = await sending.prepare(holder.app, content, names=[holder.token.uid])
    (placed,) = order.placed
    return Part(order, result_of(placed, order, uid=holder.token.uid))
