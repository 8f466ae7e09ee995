"""Makes, lists, shows, changes and removes apps."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

import msgspec
import structlog
from aiohttp import web

from wechat_scheduler.access.actions import Action
from wechat_scheduler.access.model import Scope
from wechat_scheduler.audience.model import App
from wechat_scheduler.delivery.mappings import mapping_doubts
from wechat_scheduler.errors import StorageError
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.idempotency import KeepResult, created
from wechat_scheduler.web.kit.ids import WECHAT_ID, schema_of
from wechat_scheduler.web.kit.query import (
    INSTANT_PLACE,
    instant_place,
    instant_text,
    limit_of,
    next_page,
)
from wechat_scheduler.web.kit.services import CALLER, SERVICES, Services
from wechat_scheduler.web.kit.tags import require_match, tagged
from wechat_scheduler.web.kit.texts import APP_NAMESAKE, note_on_namesakes
from wechat_scheduler.web.native.audit import noting
from wechat_scheduler.web.native.reach import app_of, reachable_apps
from wechat_scheduler.web.native.route import (
    AFTER,
    IF_MATCH,
    LIMIT,
    LINK,
    TAGGED,
    NativeRoute,
    Success,
    query,
)
from wechat_scheduler.web.native.sending.app_bodies import (
    AppBody,
    AppChange,
    AppResult,
    MadeAppResult,
    app_result,
    made_app_result,
    read_app,
    read_change,
)

log = structlog.get_logger(__name__)


class TokenResult(msgspec.Struct, kw_only=True):
    """`token` is shown only once."""

    token: str


async def create(request: web.Request) -> web.Response:
    services = request.app[SERVICES]
    body = await request.read()
    known = services.directory.account_templates
    app = read_app(body, services.check_url, known, now=services.clock.now())

    async def make(keep: KeepResult) -> None:
        with noting(request, Action.APP_CREATED, str(app.id)):
            await services.directory.make_app(app, once=lambda made: keep(made_app_result(made)))
        log.info("app.created", app=app.id, name=app.name, by=request[CALLER].id)

    return await created(request, body, make, note="; ".join(await _notes(services, app)))


async def _notes(services: Services, app: App) -> Sequence[str]:
    namesakes = [other.id for other in services.directory.apps() if other.name == app.name]
    notes = [note_on_namesakes(APP_NAMESAKE, app.name, namesakes)]
    return list(filter(None, (*notes, await services.accounts.lack(app.appid))))


async def listed(request: web.Request) -> web.Response:
    """All of them without `limit`: programs have read them so from the beginning."""
    apps = [app for app in reachable_apps(request) if _is_wanted(app, request.query)]
    if "limit" not in request.query:
        return envelope.success([app_result(app) for app in apps])
    after = instant_place(request)
    later = [app for app in apps if after is None or (app.created_at, app.id) > after]
    page = later[: limit_of(request)]
    headers = next_page(request, page, lambda last: instant_text(last.created_at, last.id))
    return envelope.success([app_result(app) for app in page], headers=headers)


def _is_wanted(app: App, wanted: Mapping[str, str]) -> bool:
    appid, text = wanted.get("appid", ""), wanted.get("search", "").strip().casefold()
    return appid in ("", app.appid) and (
        text in app.name.casefold() or text in (str(app.id), app.appid.casefold())
    )


async def shown(request: web.Request) -> web.Response:
    app, note = await app_of(request), ""
    with suppress(StorageError):  # the app itself is in memory
        note = await request.app[SERVICES].accounts.lack(app.appid)
    result = app_result(app)
    return envelope.success(result, note=note, headers=tagged(result))


async def change(request: web.Request) -> web.Response:
    services, app, body = request.app[SERVICES], await app_of(request), await request.read()

    def edit(stored: App) -> App:
        require_match(request, app_result(stored))
        return read_change(stored, body, services.check_url)

    changed = read_change(app, body, services.check_url)
    if changed == app:
        require_match(request, app_result(app))
    else:
        with noting(request, Action.APP_CHANGED, str(app.id)):
            changed = await services.directory.change_app(app.id, edit)
        log.info("app.changed", app=app.id, by=request[CALLER].id)
    result, doubts = app_result(changed), _doubts(changed, of=app)
    return envelope.success(result, note="; ".join(doubts), headers=tagged(result))


def _doubts(changed: App, of: App) -> Iterator[str]:
    """Which keywords of changed templates WeChat may refuse."""
    for purpose, template in changed.templates.items():
        if template != of.templates.get(purpose):
            for one in mapping_doubts(template, changed.name, changed.account_templates):
                yield f"{one.place(purpose)}: {one.sentence}"


async def remove(request: web.Request) -> web.Response:
    app = await app_of(request)
    with noting(request, Action.APP_REMOVED, str(app.id)):
        await request.app[SERVICES].directory.remove_app(app.id)
    log.info("app.removed", app=app.id, by=request[CALLER].id)
    return envelope.success("success")


async def reset_token(request: web.Request) -> web.Response:
    app = await app_of(request)

    async def make(keep: KeepResult) -> None:
        with noting(request, Action.TOKEN_RESET, str(app.id)):
            await request.app[SERVICES].directory.reset_token(
                app.id, once=lambda token: keep(TokenResult(token=token))
            )
        log.info("app.token_reset", app=app.id, by=request[CALLER].id)

    return await created(request, await request.read(), make)


async def renew_links(request: web.Request) -> web.Response:
    app = await app_of(request)
    with noting(request, Action.LINKS_RENEWED, str(app.id)):
        await request.app[SERVICES].directory.renew_links(app.id)
    log.info("app.links_renewed", app=app.id, by=request[CALLER].id)
    return envelope.success("success")


ROUTES = (
    NativeRoute(
        "POST", "/v1/apps", create, Scope.ADMIN,
        "Makes an app; its token, app key and signing secret are shown only once.",
        body=AppBody, result=MadeAppResult, once=True,
    ),
    NativeRoute(
        "GET", "/v1/apps", listed, Scope.PUSH,
        "Lists the apps that the key reaches: all of them, or pages of `limit`.",
        result=list[AppResult],
        takes=(
            query("appid", "Only of this account.", schema_of(WECHAT_ID)),
            query("search", "Only with this text in the name, or with this id or account."),
            query("after", AFTER.description, schema_of(INSTANT_PLACE)),
            LIMIT,
        ),
        gives=LINK,
    ),
    NativeRoute(
        "GET", "/v1/apps/{app}", shown, Scope.PUSH,
        "Shows an app, without its secrets.",
        result=AppResult, gives=TAGGED,
    ),
    NativeRoute(
        "PATCH", "/v1/apps/{app}", change, Scope.ADMIN,
        "Changes the given settings of an app.",
        body=AppChange, result=AppResult, takes=(IF_MATCH,), gives=TAGGED, errors=(412,),
    ),
    NativeRoute(
        "DELETE", "/v1/apps/{app}", remove, Scope.ADMIN,
        "Removes an app with all that belongs to it, and cancels its waiting deliveries.",
        result=Success,
    ),
    NativeRoute(
        "POST", "/v1/apps/{app}/token", reset_token, Scope.ADMIN,
        "Makes a new token for the app, and revokes the previous one.",
        result=TokenResult, once=True,
    ),
    NativeRoute(
        "POST", "/v1/apps/{app}/links", renew_links, Scope.ADMIN,
        "Invalidates all links to the pages of the app's messages, reminders and users; later messages have new links.",
        result=Success,
    ),
)  # fmt: skip
