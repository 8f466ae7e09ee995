"""Makes, lists, changes and removes topics: groups of subscribers that receive a message as one."""

from datetime import datetime

import msgspec
from aiohttp import web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.audience.model import App, Topic
from wechat_scheduler.audience.topic_store import TopicChange, TopicFilter
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.bodies import decode
from wechat_scheduler.web.kit.idempotency import KeepResult, created
from wechat_scheduler.web.kit.ids import ID, schema_of
from wechat_scheduler.web.kit.query import (
    INSTANT_PLACE,
    id_of,
    instant_place,
    instant_text,
    limit_of,
    next_page,
)
from wechat_scheduler.web.kit.services import SERVICES
from wechat_scheduler.web.kit.texts import (
    TOPIC_NAMESAKE,
    Name,
    note_on_namesakes,
    read_name,
    read_text,
)
from wechat_scheduler.web.native.reach import app_of, id_in
from wechat_scheduler.web.native.route import AFTER, LIMIT, LINK, NativeRoute, Success, query
from wechat_scheduler.web.native.sending.app_bodies import LONGEST_TEXT


class TopicBody(msgspec.Struct, forbid_unknown_fields=True):
    """A new topic."""

    name: Name
    description: str = ""


class TopicResult(msgspec.Struct, kw_only=True):
    """A message with this `id` in `to`, as a number, is sent to all subscribers of the topic."""

    id: int
    name: str
    description: str
    created_at: datetime


class ListedTopicResult(TopicResult, kw_only=True):
    """In pages, `subscribers` is how many subscribe to the topic, also those who get nothing now. Up to 1000 are
    counted; `more` says whether there are more."""

    subscribers: int | None = None
    more: bool = False


class TopicChangeBody(msgspec.Struct, forbid_unknown_fields=True):
    """Changes a topic; fields left out stay."""

    name: Name | msgspec.UnsetType = msgspec.UNSET
    description: str | msgspec.UnsetType = msgspec.UNSET


class ReceiversResult(msgspec.Struct, kw_only=True):
    """`people` get a message that is sent now; for `heard` of them WeChat accepts texts, as far as it
    is known. Up to 10,000 are counted; `more` says whether there are more."""

    people: int
    heard: int
    more: bool


async def create(request: web.Request) -> web.Response:
    app, body = await app_of(request), await request.read()
    parsed = decode(body, TopicBody)
    name = read_name(parsed.name, "name")
    description = read_text(parsed.description, "description", longest=LONGEST_TEXT)

    async def make(keep: KeepResult) -> None:
        await request.app[SERVICES].audience.topics.make(
            app, name, description, once=lambda topic: keep(_result(topic))
        )

    return await created(request, body, make, note=await _note(request, app, name))


async def _note(request: web.Request, app: App, name: str, *, apart: int = 0) -> str:
    """`apart` is no namesake."""
    if not name:
        return ""
    namesakes = await request.app[SERVICES].audience.topics.of_app(app, name)
    return note_on_namesakes(TOPIC_NAMESAKE, name, (one.id for one in namesakes if one.id != apart))


async def listed(request: web.Request) -> web.Response:
    """All of them without `limit`: programs have read them so from the beginning."""
    app, topics = await app_of(request), request.app[SERVICES].audience.topics
    if request.query.keys().isdisjoint(("limit", "search", "after")):
        return envelope.success([_listed(topic) for topic in await topics.of_app(app)])
    wanted = TopicFilter(_search(request), instant_place(request), limit_of(request))
    found = await topics.page(app, wanted)
    headers = next_page(
        request, found, lambda last: instant_text(last.topic.created_at, last.topic.id)
    )
    shown = [_listed(one.topic, subscribers=one.subscribers, more=one.more) for one in found]
    return envelope.success(shown, headers=headers)


def _search(request: web.Request) -> str:
    return request.query.get("search", "").strip()


async def shown(request: web.Request) -> web.Response:
    topic = await request.app[SERVICES].audience.topics.one(await app_of(request), _id(request))
    return envelope.success(_result(topic))


async def change(request: web.Request) -> web.Response:
    app, topic_id = await app_of(request), _id(request)
    wanted = _change(decode(await request.read(), TopicChangeBody))
    topics = request.app[SERVICES].audience.topics
    note = await _note(request, app, wanted.name or "", apart=topic_id)
    return envelope.success(_result(await topics.change(app, topic_id, wanted)), note=note)


def _change(body: TopicChangeBody) -> TopicChange:
    name, description = body.name, body.description
    return TopicChange(
        name=read_name(name, "name") if name is not msgspec.UNSET else None,
        description=read_text(description, "description", longest=LONGEST_TEXT)
        if description is not msgspec.UNSET
        else None,
    )


async def remove(request: web.Request) -> web.Response:
    app = await app_of(request)
    await request.app[SERVICES].audience.topics.remove(app, _id(request))
    return envelope.success("success")


async def receivers(request: web.Request) -> web.Response:
    app, topic_id = await app_of(request), id_of(request, "topic")
    audience = request.app[SERVICES].audience
    if topic_id:
        await audience.topics.one(app, topic_id)
    found = await audience.receivers(app, topic_id)
    return envelope.success(envelope.result_of(ReceiversResult, found))


def _id(request: web.Request) -> int:
    return id_in(request, "topic", Reason.TOPIC_UNKNOWN)


def _result(topic: Topic) -> TopicResult:
    return envelope.result_of(TopicResult, topic)


def _listed(
    topic: Topic, *, subscribers: int | None = None, more: bool = False
) -> ListedTopicResult:
    return envelope.result_of(ListedTopicResult, topic, subscribers=subscribers, more=more)


ROUTES = (
    NativeRoute(
        "POST", "/v1/apps/{app}/topics", create, Scope.PUSH,
        "Makes a topic: a group of subscribers that receives a message as one.",
        body=TopicBody, result=TopicResult, once=True,
    ),
    NativeRoute(
        "GET", "/v1/apps/{app}/topics", listed, Scope.PUSH,
        "Lists the app's topics, the oldest first: all of them, or pages with the number of subscribers.",
        result=list[ListedTopicResult],
        takes=(
            query("search", "Only with this text in the name, or with this id."),
            query("after", AFTER.description, schema_of(INSTANT_PLACE)),
            LIMIT,
        ),
        gives=LINK,
    ),
    NativeRoute(
        "GET", "/v1/apps/{app}/topics/{topic}", shown, Scope.PUSH,
        "Shows a topic.",
        result=TopicResult,
    ),
    NativeRoute(
        "PATCH", "/v1/apps/{app}/topics/{topic}", change, Scope.PUSH,
        "Changes the name and the description of a topic.",
        body=TopicChangeBody, result=TopicResult,
    ),
    NativeRoute(
        "GET", "/v1/apps/{app}/receivers", receivers, Scope.PUSH,
        "Counts the users whom a message to all subscribers of the app reaches, or to one of its topics.",
        result=ReceiversResult, takes=(query("topic", "Only of this topic.", schema_of(ID)),), errors=(404,),
    ),
    NativeRoute(
        "DELETE", "/v1/apps/{app}/topics/{topic}", remove, Scope.PUSH,
        "Removes a topic with its subscriptions and codes.",
        result=Success,
    ),
)  # fmt: skip
