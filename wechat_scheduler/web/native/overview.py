"""Shows the daemon at a glance: how it is, what it keeps, and what waits."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Final

import msgspec
from aiohttp import web

from wechat_scheduler import __version__
from wechat_scheduler.access.model import Scope
from wechat_scheduler.credentials.views import JobFilter
from wechat_scheduler.statistics.overview import RowCount
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.services import CALLER, SERVICES, Services
from wechat_scheduler.web.native.health import patiently
from wechat_scheduler.web.native.job_counts import JobCountsResult, counts_of
from wechat_scheduler.web.native.nodes import NodeResult, node_result
from wechat_scheduler.web.native.reach import reachable_apps, reaches_all
from wechat_scheduler.web.native.route import NativeRoute

EGRESS_UNKNOWN: Final = (
    "WeChat names the address that calls come from only when it refuses one (40164); until then, the "
    "provider of this machine, or of the gateway in front of it, shows its public address"
)

Loops = Annotated[
    Mapping[str, bool],
    msgspec.Meta(description="Whether each loop is on time.", examples=[{"dispatching": True}]),
]


class RowCountResult(msgspec.Struct):
    """Up to 10,000 rows are counted; `more` says whether there are more."""

    number: int
    more: bool


class WorkResult(msgspec.Struct):
    """Deliveries of messages and callbacks that wait, those that died in the last 24 hours, and the reminders that
    are due in the next 24."""

    waiting: RowCountResult
    dead: RowCountResult
    reminders: RowCountResult


class StoreResult(msgspec.Struct):
    """`kind` is sqlite or postgresql. `error` says why it is not writable; `answer_seconds` is how long a read took
    just now, `commit_seconds` how long a commit takes. Null while it does not respond."""

    kind: str
    answers: bool
    error: str
    size: int | None
    answer_seconds: float | None
    commit_seconds: float
    clock_ahead_seconds: float


class EgressResult(msgspec.Struct):
    """The address that WeChat saw the calls of a machine come from."""

    host: str
    address: str
    seen_at: datetime


class OverviewResult(msgspec.Struct):
    """`nodes` and `egress` are for keys with the scope admin, and null for others. What the store does not tell
    within two seconds is null."""

    version: str
    started_at: datetime
    uptime_seconds: int
    loops: Loops
    store: StoreResult
    credentials: JobCountsResult | None
    work: WorkResult | None
    nodes: list[NodeResult] | None
    egress: list[EgressResult] | None
    egress_advice: str


async def shown(request: web.Request) -> web.Response:
    services, now = request.app[SERVICES], request.app[SERVICES].clock.now()
    store = await _store(services)
    found = await patiently(_found(request)) if store.answers else None
    credentials, work, nodes, egress = found or (None, None, None, None)
    started_at = services.overview.started_at
    return envelope.success(
        OverviewResult(
            version=__version__,
            started_at=started_at,
            uptime_seconds=max(0, int((now - started_at).total_seconds())),
            loops=services.turning(),
            store=store,
            credentials=credentials,
            work=work,
            nodes=nodes,
            egress=egress,
            egress_advice="" if egress is None or egress else EGRESS_UNKNOWN,
        )
    )


async def _store(services: Services) -> StoreResult:
    began = services.clock.boottime()
    size = await patiently(services.overview.size())
    took = services.clock.boottime() - began
    return StoreResult(
        kind=services.overview.kind,
        answers=size is not None,
        error=services.health.store_error(),
        size=size,
        answer_seconds=None if size is None else round(took, 4),
        commit_seconds=round(services.overview.commit_time().total_seconds(), 4),
        clock_ahead_seconds=round(services.health.clock_ahead().total_seconds(), 3),
    )


async def _found(
    request: web.Request,
) -> tuple[JobCountsResult, WorkResult, list[NodeResult] | None, list[EgressResult] | None]:
    """What the store tells the caller. Raises StorageError."""
    services = request.app[SERVICES]
    counts = await counts_of(request, JobFilter())
    work = await _work(request)
    if not request[CALLER].allows(Scope.ADMIN):
        return counts, work, None, None
    now = services.clock.now()
    nodes = [node_result(view, now) for view in await services.nodes()]
    egress = [envelope.result_of(EgressResult, one) for one in await services.overview.egress()]
    return counts, work, nodes, egress


async def _work(request: web.Request) -> WorkResult:
    apps = None if reaches_all(request) else [app.id for app in reachable_apps(request)]
    work = await request.app[SERVICES].overview.work(apps=apps)
    return WorkResult(
        waiting=_count(work.waiting), dead=_count(work.dead), reminders=_count(work.reminders)
    )


def _count(rows: RowCount) -> RowCountResult:
    return envelope.result_of(RowCountResult, rows)


ROUTES = (
    NativeRoute(
        "GET", "/v1/overview", shown, Scope.READ,
        "Shows the daemon at a glance: its loops and store, the credentials by state, and what waits.",
        result=OverviewResult,
    ),
)  # fmt: skip
