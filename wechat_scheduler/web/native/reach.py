"""Finds the apps that the caller's key reaches; another app is unknown to it, whether it exists or
not."""

from collections.abc import Sequence
from dataclasses import replace

from aiohttp import web

from wechat_scheduler.audience.model import App
from wechat_scheduler.delivery.views import DeliveryFilter
from wechat_scheduler.errors import NotFoundError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.kit.ids import ID
from wechat_scheduler.web.kit.services import CALLER, SERVICES


async def app_of(request: web.Request) -> App:
    """The app that the path names. Raises NotFoundError."""
    return await reachable_app(request, id_in(request, "app", Reason.APP_UNKNOWN))


async def reachable_app(request: web.Request, app_id: int) -> App:
    """The app of that id. Raises NotFoundError, also for an app that the key does not reach."""
    app = await request.app[SERVICES].directory.find_app(app_id)
    if app is None or not request[CALLER].reaches(app.appid):
        raise NotFoundError(f"there is no app {app_id}", reason=Reason.APP_UNKNOWN)
    return app


def reachable_apps(request: web.Request) -> Sequence[App]:
    apps = request.app[SERVICES].directory.apps()
    return [app for app in apps if request[CALLER].reaches(app.appid)]


def app_name(request: web.Request, app_id: int) -> str:
    """Empty for an app that was removed."""
    app = request.app[SERVICES].directory.app(app_id)
    return app.name if app else ""


def reaches_all(request: web.Request) -> bool:
    """Whether the key reaches every account, even those of removed apps."""
    return not request[CALLER].appids


async def reaches_app(request: web.Request, app_id: int) -> bool:
    """Whether the key reaches the app. The account of a removed app is unknown, so that only a key
    that reaches all accounts reaches it."""
    app = await request.app[SERVICES].directory.find_app(app_id)
    return reaches_all(request) or (app is not None and request[CALLER].reaches(app.appid))


async def within_reach(request: web.Request, wanted: DeliveryFilter) -> DeliveryFilter:
    """The filter, limited to the apps that the key reaches. Raises NotFoundError for an app that it
    does not reach."""
    if reaches_all(request):
        return wanted
    if wanted.app_id:
        await reachable_app(request, wanted.app_id)
        return wanted
    return replace(wanted, within=tuple(app.id for app in reachable_apps(request)))


def id_in(request: web.Request, name: str, unknown: Reason) -> int:
    """The id at `name` in the path. Raises NotFoundError with the reason `unknown` for a text that is
    no id."""
    text = request.match_info[name]
    if not ID.fullmatch(text):
        raise NotFoundError("nothing has that id: an id has up to 16 digits", reason=unknown)
    return int(text)
