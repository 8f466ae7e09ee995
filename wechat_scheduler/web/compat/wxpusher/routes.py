"""WxPusher's API, for its old and current clients (`docs/wxpusher.md` describes all of it).

    POST   /api/send/message {"appToken", "content", "summary", "contentType", "uids", "topicIds", "url"}
    GET    /api/send/message?appToken=&content=&uid=|topicId=&url=        a text
    POST   /api/send/message/simple-push {"content", …, "spt" | "sptList"}
    GET    /api/send/message/{SPT}/{content}
    DELETE /api/send/message?messageContentId=&appToken=
    GET    /api/send/query/status?sendRecordId=   or   /api/send/query/{messageId}
    POST   /api/fun/create/qrcode {"appToken", "extra", "validTime"}
    GET    /api/fun/scan-qrcode-uid?code=
    GET    /api/fun/wxuser   and   /api/fun/wxuser/v2
    DELETE /api/fun/remove?appToken=&id=      PUT /api/fun/reject?appToken=&id=&reject=
    GET    /api/product/query-pay-end-time

Every response has HTTP status 200 and `{"code", "msg", "data", "success"}`. The codes: 1000 success, 1001
a refusal that `msg` explains, 1002 an unknown token, 1004 an unknown path, 1005 an unreadable request
or an error of the daemon, 1006 an error of WeChat.

Source: wxpusher-docs, its SDKs and their issues. Clients write null, "" and "10" where the
documentation has something else, and slashes at the end of paths.
"""

from typing import Final

from aiohttp import hdrs

from wechat_scheduler.web.compat.api import Api
from wechat_scheduler.web.compat.wxpusher import messages as wxpusher_messages
from wechat_scheduler.web.compat.wxpusher import qrcodes as wxpusher_qrcodes
from wechat_scheduler.web.compat.wxpusher import simple as wxpusher_simple
from wechat_scheduler.web.compat.wxpusher import users as wxpusher_users
from wechat_scheduler.web.compat.wxpusher.callers import setup
from wechat_scheduler.web.compat.wxpusher.envelope import as_route, refused, unrouted
from wechat_scheduler.web.kit.route import Proof, Route

SEND: Final = "/api/send/message"
QUERY: Final = "/api/send/query"
FUN: Final = "/api/fun"

_GET, _POST, _PUT, _DELETE = hdrs.METH_GET, hdrs.METH_POST, hdrs.METH_PUT, hdrs.METH_DELETE

# The first that fits is taken: `simple-push` is not a token, and `status` is not a message id.
_TABLE = (
    (_POST, SEND, wxpusher_messages.post, Proof.TOKEN),
    (_GET, SEND, wxpusher_messages.get, Proof.TOKEN),
    (_DELETE, SEND, wxpusher_messages.delete, Proof.TOKEN),
    (_POST, f"{SEND}/simple-push", wxpusher_simple.post, Proof.TOKEN),
    (_GET, f"{SEND}/{{spt}}/{{content}}", wxpusher_simple.get, Proof.TOKEN),
    (_DELETE, f"{SEND}/{{id}}", wxpusher_messages.delete, Proof.TOKEN),
    (_GET, f"{QUERY}/status", wxpusher_messages.by_query, None),
    (_GET, f"{QUERY}/{{messageId}}", wxpusher_messages.by_path, None),
    (_GET, f"{QUERY}/status/{{messageId}}", wxpusher_messages.by_path, None),
    (_POST, f"{FUN}/create/qrcode", wxpusher_qrcodes.create, Proof.TOKEN),
    (_GET, f"{FUN}/scan-qrcode-uid", wxpusher_qrcodes.scanned_by, Proof.CAPABILITY),
    (_GET, f"{FUN}/wxuser", wxpusher_users.users, Proof.TOKEN),
    (_GET, f"{FUN}/wxuser/v2", wxpusher_users.subscriptions, Proof.TOKEN),
    (_DELETE, f"{FUN}/remove", wxpusher_users.remove, Proof.TOKEN),
    (_PUT, f"{FUN}/reject", wxpusher_users.reject, Proof.TOKEN),
    (_GET, "/api/product/query-pay-end-time", wxpusher_users.pay_end_times, None),
)
ROUTES = tuple(
    Route(method, path, as_route(handler), proof) for method, path, handler, proof in _TABLE
)

# Simple pushes with a slash at the end, and with slashes in the content.
_SPELLINGS = tuple(
    Route(_GET, f"{SEND}/{place}", as_route(wxpusher_simple.get), Proof.TOKEN)
    for place in ("{spt}/{content}/", "{spt:SPT_[^/]+}/{content:.+}")
)

API = Api(
    prefixes=("/api/",),
    routes=ROUTES,
    refused=refused,
    unrouted=unrouted,
    spellings=_SPELLINGS,
    setup=setup,
)
