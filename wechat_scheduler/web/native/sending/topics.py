"""Makes, lists and removes topics: groups of subscribers that receive a message as one."""

from datetime import datetime

import msgspec
from aiohttp import web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.audience.model import Topic
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.bodies import decode
from wechat_scheduler.web.kit.idempotency import KeepResult, created
from wechat_scheduler.web.kit.services import SERVICES
from wechat_scheduler.web.kit.texts import Name, read_name, read_text
from wechat_scheduler.web.native.reach import app_of, id_in
from wechat_scheduler.web.native.route import NativeRoute, Success
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


async def create(request: web.Request) -> web.Response:
    app, body = await app_of(request), await request.read()
    parsed = decode(body, TopicBody)
    name = read_name(parsed.name, "name")
    description = read_text(parsed.description, "description", longest=LONGEST_TEXT)

    async def make(keep: KeepResult) -> None:
        await request.app[SERVICES].audience.make_topic(
            app, name, description, once=lambda topic: keep(_result(topic))
        )

    return await created(request, body, make)


async def listed(request: web.Request) -> web.Response:
    topics = await request.app[SERVICES].audience.topics(await app_of(request))
    return envelope.success([_result(topic) for topic in topics])


async def remove(request: web.Request) -> web.Response:
    app = await app_of(request)
    await request.app[SERVICES].audience.remove_topic(
        app, id_in(request, "topic", Reason.TOPIC_UNKNOWN)
    )
    return envelope.success("success")


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
        "DELETE", "/v1/apps/{app}/topics/{topic}", remove, Scope.PUSH,
        "Removes a topic with its subscriptions and codes.",
        result=Success,
    ),
)  # fmt: skip
