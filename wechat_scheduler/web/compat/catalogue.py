"""The APIs of others that are served here: one line each."""

from typing import Final

from aiohttp import web

from wechat_scheduler.web.compat import notices
from wechat_scheduler.web.compat.tencent import routes as tencent
from wechat_scheduler.web.compat.wecron import routes as wecron
from wechat_scheduler.web.compat.wxpusher import routes as wxpusher

APIS: Final = (notices.API, wxpusher.API, tencent.API, wecron.API)


def unrouted(request: web.Request, error: web.HTTPException) -> web.Response | None:
    """The answer of the API that the path belongs to; None if it belongs to none."""
    for api in APIS:
        if request.path.startswith(api.prefixes):
            return api.unrouted(request, error)
    return None
