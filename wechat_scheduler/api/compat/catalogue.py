"""The APIs of others that are answered here: one line each."""

from aiohttp import web

from wechat_scheduler.api.compat import notices
from wechat_scheduler.api.compat.tencent import routes as tencent
from wechat_scheduler.api.compat.wecron import errors as wecron_errors
from wechat_scheduler.api.compat.wecron import routes as wecron
from wechat_scheduler.api.compat.wxpusher import routes as wxpusher
from wechat_scheduler.api.compat.wxpusher import wire as wxpusher_wire
from wechat_scheduler.api.visits import consent, following, landing, qr_images, reminder_pages

APIS = (notices.ROUTES, wxpusher.ROUTES, tencent.ROUTES, wecron.ROUTES)

# The pages that people are shown: links lead there, and programs have no use for them.
PAGES = (consent.ROUTES, landing.ROUTES, following.ROUTES, qr_images.ROUTES, reminder_pages.ROUTES)

FOREIGN = tuple(route for routes in (*APIS, *PAGES) for route in routes)

# Other ways to write paths of FOREIGN, tried after them.
SPELLINGS = (*wxpusher.SPELLINGS, *wecron.SPELLINGS)

# By how a path begins: what says that nothing is there, or not with that method.
UNROUTED = {
    "/message/v2": notices.unrouted,
    "/reminds/": wecron_errors.unrouted,
    "/profile/api": wecron_errors.unrouted,
    "/v3/": tencent.unrouted,
    "/api/": wxpusher_wire.unrouted,
}


def unrouted(request: web.Request, error: web.HTTPException) -> web.Response | None:
    """The answer of the API that the path belongs to; None if it is none of these."""
    for prefix, answer in UNROUTED.items():
        if request.path.startswith(prefix):
            return answer(request, error)
    return None
