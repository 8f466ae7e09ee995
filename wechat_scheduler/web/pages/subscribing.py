"""Subscribing to apps and topics: the code to scan, an app's home page, and a user's switches.

    /f/{capability}   shows the code that subscribes to an app or a topic
    /h/{capability}   shows an app to one of its users, or redirects to the app's own page
    /u/{capability}   lists what a user subscribed to, to be muted and ended

A link is all the proof there is. Links to `/h/` and `/u/` are sent to their user only.
"""

import asyncio
import re
from collections.abc import Iterable, Sequence

from aiohttp import hdrs, web
from yarl import URL

from wechat_scheduler.audience.addresses import is_web_address
from wechat_scheduler.audience.ids import UID_PREFIX
from wechat_scheduler.audience.model import App, Purpose, Subscription, Topic
from wechat_scheduler.errors import InvalidRequestError, NotFoundError, WeChatError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.kit.ids import ID
from wechat_scheduler.web.kit.route import Proof, Route
from wechat_scheduler.web.kit.services import SERVICES, Services
from wechat_scheduler.web.pages.forms import read_form
from wechat_scheduler.web.pages.paths import (
    HOME,
    LIFE,
    SUBSCRIBE,
    SWITCHES,
    day_of,
    home_path,
    switches_path,
)
from wechat_scheduler.web.pages.responses import (
    check_current,
    named,
    no_code,
    page_response,
    paged,
    redirected,
)
from wechat_scheduler.web.pages.subscribe_page import (
    AppPage,
    SubscribePage,
    SubscriptionKind,
    app_page,
    subscribe_page,
)
from wechat_scheduler.web.pages.switches_page import SubscriptionRow, SwitchesPage, switches_page

_SUBSCRIBED = re.compile(r"([0-9]{1,16})(?:t([0-9]{1,16}))?")
_HOME = re.compile(r"([0-9]{1,16})u([A-Za-z0-9]+)")


async def subscribe(request: web.Request) -> web.Response:
    """`GET /f/{capability}`."""
    services = request.app[SERVICES]
    found = _SUBSCRIBED.fullmatch(_name(request, SUBSCRIBE))
    app = _app(services, found[1] if found else "")
    topic = await services.audience.topics.one(app, int(found[2])) if found and found[2] else None
    try:
        code = await services.codes.lasting(
            app, Purpose.TOPIC if topic else Purpose.APP, str(topic.id) if topic else ""
        )
    except WeChatError as error:
        raise no_code(error) from error
    page = SubscribePage(
        kind=SubscriptionKind.TOPIC if topic else SubscriptionKind.APP,
        name=(topic or app).name,
        description=(topic or app).description,
        contact=app.contact,
        qr=code.url,
    )
    return page_response(await asyncio.to_thread(subscribe_page, page))


async def home(request: web.Request) -> web.Response:
    """`GET /h/{capability}`: redirects to the app's own page, if it has one, with the uid."""
    services = request.app[SERVICES]
    found = _HOME.fullmatch(_name(request, HOME))
    app, uid = _app(services, found[1] if found else ""), f"{UID_PREFIX}{found[2] if found else ''}"
    check_current(request, app.id)
    if is_web_address(app.home):
        return redirected(str(URL(app.home).update_query(uid=uid)))
    page = AppPage(
        name=app.name,
        description=app.description,
        contact=app.contact,
        uid=uid,
        switches=switches_path(services.links, uid, services.clock.now()),
    )
    return page_response(app_page(page))


async def switches(request: web.Request) -> web.Response:
    """`GET /u/{capability}`."""
    services, uid = request.app[SERVICES], _uid(request)
    page = SwitchesPage(
        action=request.path,
        capability=request.match_info["capability"],
        subscriptions=await _subscriptions(services, uid),
    )
    return page_response(switches_page(page))


async def turn(request: web.Request) -> web.Response:
    """`POST /u/{capability}`: the form names a subscription `id`, and what to `do` (`mute`, `unmute`,
    `unsubscribe`)."""
    services, uid, form = request.app[SERVICES], _uid(request), await read_form(request)
    given, wish = form.get("id"), form.get("do")
    own = await services.audience.subscriptions_of(uid)
    # A blocked user must not get rid of the block by unsubscribing and subscribing again.
    found = next((one for one in own if str(one.id) == given and not one.blocked), None)
    if found is None:
        raise NotFoundError("there is no such subscription", reason=Reason.SUBSCRIPTION_UNKNOWN)
    match wish:
        case "mute" | "unmute":
            await services.audience.mute(uid, found.id, muted=wish == "mute")
        case "unsubscribe":
            await services.audience.remove(_app(services, str(found.app_id)), found.id)
        case _:
            raise InvalidRequestError("must be mute, unmute or unsubscribe", field="do")
    return redirected(request.path)


async def _subscriptions(services: Services, uid: str) -> Sequence[SubscriptionRow]:
    taken = [one for one in await services.audience.subscriptions_of(uid) if not one.blocked]
    topics = await _topics(services, {one.app_id for one in taken if one.topic_id})
    rows = (_row(services, one, topics, uid) for one in taken)
    return [row for row in rows if row is not None]


async def _topics(services: Services, app_ids: Iterable[int]) -> dict[int, Topic]:
    apps = [app for app in map(services.directory.app, app_ids) if app]
    return {topic.id: topic for app in apps for topic in await services.audience.topics.of_app(app)}


def _row(
    services: Services, taken: Subscription, topics: dict[int, Topic], uid: str
) -> SubscriptionRow | None:
    app, topic = services.directory.app(taken.app_id), topics.get(taken.topic_id)
    if app is None or (taken.topic_id and topic is None):
        return None
    return SubscriptionRow(
        kind=SubscriptionKind.TOPIC if taken.topic_id else SubscriptionKind.APP,
        identity=str(taken.id),
        name=topic.name if topic else app.name,
        note=app.name if topic else "",
        muted=taken.muted,
        link="" if topic else home_path(services.links, app, uid),
    )


def _app(services: Services, given: str) -> App:
    """Raises NotFoundError."""
    app = services.directory.app(int(given)) if ID.fullmatch(given) else None
    if app is None:
        raise NotFoundError("there is no such app", reason=Reason.APP_UNKNOWN)
    return app


def _uid(request: web.Request) -> str:
    services, name = request.app[SERVICES], _name(request, SWITCHES)
    age = day_of(services.clock.now()) - services.links.generation_in(
        request.match_info["capability"]
    )
    if not 0 <= age <= LIFE.days:
        raise NotFoundError("this link is too old", reason=Reason.ROUTE_UNKNOWN)
    return UID_PREFIX + name


def _name(request: web.Request, purpose: str) -> str:
    links = request.app[SERVICES].links
    return named(links.name_in(purpose, request.match_info["capability"]))


ROUTES = (
    Route(hdrs.METH_GET, "/f/{capability}", paged(subscribe), Proof.CAPABILITY),
    Route(hdrs.METH_GET, "/h/{capability}", paged(home), Proof.CAPABILITY),
    Route(hdrs.METH_GET, "/u/{capability}", paged(switches), Proof.CAPABILITY),
    Route(hdrs.METH_POST, "/u/{capability}", paged(turn), Proof.CAPABILITY),
)
