"""Apps over HTTP: who sends, what opens the daemon to them, and what they are called back with."""

import msgspec
import structlog
from aiohttp import web

from wechat_scheduler.access.audit import Action
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.idempotency import KeepResult, created
from wechat_scheduler.web.kit.services import CALLER, SERVICES
from wechat_scheduler.web.native.audit import note
from wechat_scheduler.web.native.sending.app_bodies import (
    app_result,
    made_app_result,
    read_app,
    read_change,
)
from wechat_scheduler.web.native.sending.seen_apps import app_of, seen_apps

log = structlog.get_logger(__name__)


class TokenResult(msgspec.Struct, kw_only=True):
    """`token` is shown this once."""

    token: str


async def create(request: web.Request) -> web.Response:
    """`POST /v1/apps`: a new app; its secrets are shown this once."""
    services = request.app[SERVICES]
    body = await request.read()
    app = read_app(body, services.check_url, now=services.clock.now())

    async def make(keep: KeepResult) -> None:
        await services.directory.make_app(app, once=lambda made: keep(made_app_result(made)))
        log.info("app.created", app=app.id, name=app.name, by=request[CALLER].id)
        await note(request, Action.APP_CREATED, str(app.id))

    return await created(request, body, make, secret=True)


async def listed(request: web.Request) -> web.Response:
    """`GET /v1/apps`: those that the key reaches, the oldest first."""
    return envelope.success([app_result(app) for app in seen_apps(request)])


async def shown(request: web.Request) -> web.Response:
    """`GET /v1/apps/{app}`."""
    return envelope.success(app_result(app_of(request)))


async def change(request: web.Request) -> web.Response:
    """`PATCH /v1/apps/{app}`: what is left out stays as it is."""
    services, app = request.app[SERVICES], app_of(request)
    changed = read_change(app, await request.read(), services.check_url)
    if changed != app:
        await services.directory.change_app(changed)
        log.info("app.changed", app=app.id, by=request[CALLER].id)
        await note(request, Action.APP_CHANGED, str(app.id))
    return envelope.success(app_result(changed))


async def remove(request: web.Request) -> web.Response:
    """`DELETE /v1/apps/{app}`: with all that belongs to it; what it has pending is cancelled."""
    app = app_of(request)
    await request.app[SERVICES].directory.remove_app(app.id)
    log.info("app.removed", app=app.id, by=request[CALLER].id)
    await note(request, Action.APP_REMOVED, str(app.id))
    return envelope.success("success")


async def reset_token(request: web.Request) -> web.Response:
    """`POST /v1/apps/{app}/token`: a new one; the former opens nothing any more."""
    app = app_of(request)
    token = await request.app[SERVICES].directory.reset_token(app.id)
    log.info("app.token_reset", app=app.id, by=request[CALLER].id)
    await note(request, Action.TOKEN_RESET, str(app.id))
    return envelope.success(TokenResult(token=token), headers={"Cache-Control": "no-store"})
