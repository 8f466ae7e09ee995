"""What signs a web page: `jsapi_ticket` and the cards' `api_ticket`.

The same ticket comes back, with less and less time left, until it has expired: not documented, but
what the field reports. Sources: "JS-SDK 说明文档 附录1", "卡券 api_ticket".
"""

from wechat_scheduler.sandbox.calls import ApiCall, Endpoint, Reply
from wechat_scheduler.sandbox.endpoints.access import ACCOUNT_TOKENS, bearer
from wechat_scheduler.sandbox.errcodes import RefusedError
from wechat_scheduler.sandbox.limits import Limit
from wechat_scheduler.sandbox.tokens import IssuedKind, TokenOwner
from wechat_scheduler.sandbox.world import World

_KINDS = {"jsapi": IssuedKind.JSAPI_TICKET, "wx_card": IssuedKind.CARD_TICKET}


def get_ticket(world: World, call: ApiCall) -> Reply:
    """A platform that asks with an authorizer's token gets that account's own ticket."""
    owner = TokenOwner(bearer(world, call, *ACCOUNT_TOKENS).owner.appid)
    kind = _KINDS.get(call.text("type", missing=40097))
    if kind is None:
        raise RefusedError(40097)
    newest = world.tokens.newest(kind, owner, call.now)
    ticket = newest or world.tokens.issue(kind, owner, call.now)
    return {
        "errcode": 0,
        "errmsg": "ok",
        "ticket": ticket.value,
        "expires_in": ticket.expires_in(call.now),
    }


ENDPOINTS = (
    # The pages say "very limited" and no number; this one is a third party's.
    Endpoint(
        method="GET", path="/cgi-bin/ticket/getticket", answer=get_ticket, limit=Limit(day=2_000)
    ),
)
