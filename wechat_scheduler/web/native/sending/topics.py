"""Makes, lists and removes topics: groups of subscribers that receive a message as one."""

from datetime import datetime

import msgspec
from aiohttp import web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.audience.model import App, Topic
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.bodies import decode
from wechat_scheduler.web.kit.idempotency import KeepResult, created
from wechat_scheduler.web.kit.ids import ID, schema_of
from wechat_scheduler.web.kit.query import id_of
from wechat_scheduler.web.kit.services import SERVICES
from wechat_scheduler.web.kit.texts import (
    TOPIC_NAMESAKE,
    Name,
    note_on_namesakes,
    read_name,
    read_text,
)
from wechat_scheduler.web.native.reach import app_of, id_in
from wechat_scheduler.web.native.route import NativeRoute, Success, query
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


class ReceiversResult(msgspec.Struct, kw_only=True):
    """`people` get a message that is sent now; `heard` of them acted within 48 hours, so that WeChat accepts texts for
    them. Up to 10,000 are counted; `more` says whether there are more."""

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


async def _note(request: web.Request, app: App, name: str) -> str:
    namesakes = await request.app[SERVICES].audience.topics.of_app(app, name)
    return note_on_namesakes(TOPIC_NAMESAKE, name, (one.id for one in namesakes))


async def listed(request: web.Request) -> web.Response:
    topics = await request.app[SERVICES].audience.topics.of_app(await app_of(request))
    return envelope.success([_result(topic) for topic in topics])


async def remove(request: web.Request) -> web.Response:
    app = await app_of(request)
    await request.app[SERVICES].audience.topics.remove(
        app, id_in(request, "topic", Reason.TOPIC_UNKNOWN)
    )
    return envelope.success("success")


async def receivers(request: web.Request) -> web.Response:
    app, topic_id = await app_of(request), id_of(request, "topic")
    audience = request.app[SERVICES].audience
    if topic_id:
        await audience.topics.one(app, topic_id)
    found = await audience.receivers(app, topic_id)
    return envelope.success(envelope.result_of(ReceiversResult, found))


def _result(topic: Topic) -> TopicResult:
    return envelope.result_of(TopicResult, topic)


ROUTES = (
    NativeRoute(
        "POST", "/v1/apps/{app}/topics", create, Scope.PUSH,
        "Makes a topic: a group of subscribers that receives a message as one.",
        body=TopicBody, result=TopicResult, once=True,
    ),
    NativeRoute(
        "GET", "/v1/apps/{app}/topics", listed, Scope.PUSH,
        "Lists the app's topics, the oldest first.",
        result=list[TopicResult],
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
