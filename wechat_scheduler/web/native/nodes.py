"""Lists the processes that share the database."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

import msgspec
from aiohttp import web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.engine.nodes import NodeState, NodeView
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.services import SERVICES
from wechat_scheduler.web.native.route import NativeRoute

Holds = Annotated[
    Mapping[str, int],
    msgspec.Meta(description="The rows that it works on, by queue.", examples=[{"delivery": 3}]),
]


class NodeResult(msgspec.Struct):
    """`clock_ahead_seconds` is how far its machine's clock is ahead of the database's, negative if behind;
    `schema_version` is the newest schema that its program knows; `store_answer_seconds` how long the database takes to answer it."""

    name: str
    host: str
    version: str
    schema_version: int
    state: NodeState
    started_at: datetime
    seen_at: datetime
    clock_ahead_seconds: float
    store_answer_seconds: float
    holds: Holds


async def listed(request: web.Request) -> web.Response:
    services = request.app[SERVICES]
    now = services.clock.now()
    return envelope.success([node_result(view, now) for view in await services.nodes()])


def node_result(view: NodeView, now: datetime) -> NodeResult:
    node = view.node
    return envelope.result_of(
        NodeResult,
        node,
        state=node.state(now),
        clock_ahead_seconds=round(node.ahead.total_seconds(), 3),
        store_answer_seconds=round(node.answer.total_seconds(), 4),
        holds=view.holds,
    )


ROUTES = (
    NativeRoute(
        "GET", "/v1/nodes", listed, Scope.ADMIN,
        "Lists the daemons that share the database, the last seen first.",
        result=list[NodeResult],
    ),
)  # fmt: skip
