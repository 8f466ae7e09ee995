"""Shows the settings that are in force."""

import msgspec
from aiohttp import web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.config.settings import shown
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.services import SERVICES
from wechat_scheduler.web.native.route import NativeRoute


class SettingResult(msgspec.Struct):
    """A setting by its path, with its value in the notation of the environment. Passwords are masked."""

    path: str
    value: str


async def listed(request: web.Request) -> web.Response:
    found = shown(request.app[SERVICES].running.config)
    return envelope.success([SettingResult(path, value) for path, value in found.items()])


ROUTES = (
    NativeRoute(
        "GET", "/v1/settings", listed, Scope.ADMIN,
        "Lists the settings in force, in the order of the example configuration.",
        result=list[SettingResult],
    ),
)  # fmt: skip
