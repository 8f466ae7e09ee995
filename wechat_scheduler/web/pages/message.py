"""`/m/{capability}`: the page that a tap on a message in WeChat opens."""

from typing import Final
from zoneinfo import ZoneInfo

from aiohttp import hdrs, web

from wechat_scheduler.audience.model import SHANGHAI, App
from wechat_scheduler.delivery import views
from wechat_scheduler.delivery.model import Way
from wechat_scheduler.errors import NotFoundError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.kit.room_states import STATES, RoomStates
from wechat_scheduler.web.kit.route import Proof, Route
from wechat_scheduler.web.kit.services import SERVICES
from wechat_scheduler.web.pages.message_page import MessagePage
from wechat_scheduler.web.pages.paths import MESSAGE
from wechat_scheduler.web.pages.rendered import RenderedPages
from wechat_scheduler.web.pages.responses import GONE, check_current, named, page_response, paged

RENDERED: Final = web.AppKey("rendered", RenderedPages)


async def message(request: web.Request) -> web.Response:
    """`GET /m/{capability}`, until messages are swept. A retracted message is answered 410."""
    services = request.app[SERVICES]
    message_id = int(named(services.links.name_in(MESSAGE, request.match_info["capability"])))
    found = await services.deliveries.message(message_id)
    if found is None or found.message.content.way is Way.WEBHOOK:
        raise NotFoundError("there is no such message", reason=Reason.MESSAGE_UNKNOWN)
    check_current(request, found.message.app_id)
    wanted = _page(found, services.directory.app(found.message.app_id))
    page = await request.app[STATES][RENDERED].page(message_id, wanted)
    return page_response(page, GONE if wanted.deleted else 200)


def setup(states: RoomStates) -> None:
    states[RENDERED] = RenderedPages()


def _page(found: views.MessageView, app: App | None) -> MessagePage:
    content = found.message.content
    return MessagePage(
        title=content.title,
        content=content.text,
        form=content.form,
        app_name=app.name if app else "",
        sent_at=found.message.created_at,
        zone=ZoneInfo(app.zone if app else SHANGHAI),
        url=content.url,
        deleted=found.retracted,
    )


ROUTES = (Route(hdrs.METH_GET, "/m/{capability}", paged(message), Proof.CAPABILITY),)
