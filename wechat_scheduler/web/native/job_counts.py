"""Counts jobs by state."""

from collections import Counter
from typing import Final

import msgspec
from aiohttp import web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.credentials.policy import Freshness
from wechat_scheduler.credentials.views import JobFilter
from wechat_scheduler.reasons import Reaction
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.services import CALLER, SERVICES
from wechat_scheduler.web.native.job_queries import WHICH, places, wanted_of
from wechat_scheduler.web.native.route import NativeRoute


class JobCountsResult(msgspec.Struct):
    """The number of tasks in each state, with each reaction to a failed attempt, and that are contested."""

    all: int
    states: dict[Freshness, int]
    errors: dict[Reaction, int]
    contested: int


async def counted(request: web.Request) -> web.Response:
    return envelope.success(await counts_of(request, wanted_of(request)))


async def counts_of(request: web.Request, wanted: JobFilter) -> JobCountsResult:
    """The numbers of the jobs that are wanted and that the key reaches."""
    lists = request.app[SERVICES].job_lists
    states, errors, contested = Counter[str](), Counter[Reaction](), 0
    for place in places(request[CALLER], wanted):
        found = await lists.count(**place)
        states.update(found.states)
        errors.update(found.errors)
        contested += found.contested
    return JobCountsResult(
        all=states.total(),
        states={state: states[state] for state in Freshness},
        errors={reaction: errors[reaction] for reaction in Reaction},
        contested=contested,
    )


ROUTES: Final = (
    NativeRoute(
        "GET", "/v1/tasks/counts", counted, Scope.READ,
        "Counts the tasks by state, by error and by contest.",
        result=JobCountsResult, takes=WHICH,
    ),
)  # fmt: skip
