"""Shows how many subscribe notices a subscriber still allows."""

from datetime import datetime

import msgspec
from aiohttp import web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.audience.model import App
from wechat_scheduler.audience.use_counts import UseCount
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.envelope import result_of
from wechat_scheduler.web.kit.services import SERVICES
from wechat_scheduler.web.native.reach import app_of
from wechat_scheduler.web.native.route import NativeRoute


class UseCountResult(msgspec.Struct, kw_only=True):
    """The notices of a template that the user still allows, according to WeChat's pushes: at least
    `remaining`, or exactly if it is `certain`. `used_as` are the app's names of the template.
    `changed_at` is when the count last changed."""

    template_id: str
    used_as: list[str]
    remaining: int
    certain: bool
    switched_off: bool
    changed_at: datetime


async def shown(request: web.Request) -> web.Response:
    app, name = await app_of(request), request.match_info["name"]
    counts = await request.app[SERVICES].audience.uses(app, name)
    return envelope.success([_result(count, app) for count in counts])


def _result(count: UseCount, app: App) -> UseCountResult:
    used_as = [name for name, one in app.templates.items() if one.template_id == count.template_id]
    return result_of(UseCountResult, count, used_as=used_as)


ROUTES = (
    NativeRoute(
        "GET", "/v1/apps/{app}/subscribers/{name}/uses", shown, Scope.PUSH,
        "Shows how many subscribe notices of each template the user still allows.",
        result=list[UseCountResult],
    ),
)  # fmt: skip
