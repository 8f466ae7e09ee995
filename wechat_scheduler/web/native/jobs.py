"""Lists jobs, with all that people and programs need to look after them."""

from collections.abc import Sequence
from datetime import datetime
from itertools import dropwhile

import msgspec
from aiohttp import web
from yarl import URL

from wechat_scheduler.access.model import Key, Scope
from wechat_scheduler.credentials import policy
from wechat_scheduler.credentials.job_lists import JobDesk
from wechat_scheduler.credentials.model import Contest, Fault, JobKey
from wechat_scheduler.credentials.views import JobFilter, JobView, Receiver
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.envelope import result_of
from wechat_scheduler.web.kit.ids import check_wechat_id
from wechat_scheduler.web.kit.kinds import KindTable
from wechat_scheduler.web.kit.query import limit_of, next_page, no_place
from wechat_scheduler.web.kit.services import CALLER, SERVICES
from wechat_scheduler.web.native.job_queries import STATES, WHICH, places, wanted_of
from wechat_scheduler.web.native.route import LINK, PAGED, NativeRoute


class ReceiverResult(msgspec.Struct):
    """A system that registered the job. `state` is that of its last notification: pending, delivered
    or cancelled; empty before the first."""

    key: str
    notify: str
    params: str
    state: str
    version: int
    attempts: int
    error: str


class JobResult(msgspec.Struct):
    """A job and its state. Instants are RFC 3339 in UTC; `expires_in` is in seconds, 0 without a
    valid value. `name` is what people call the account, `subject_name` what they call the account that is the subject."""

    appid: str
    name: str
    type: int | None
    kind: str
    subject: str
    subject_name: str
    state: str
    version: int
    issued_at: datetime | None
    expires_at: datetime | None
    expires_in: int
    next_attempt_at: datetime
    attempting: bool
    failures: int
    calls_today: int
    calls_limit: int
    waits_for: str
    error: Fault | None
    contested: Contest | None
    receivers: list[ReceiverResult]


async def listed(request: web.Request) -> web.Response:
    services, wanted = request.app[SERVICES], wanted_of(request)
    after = _after(request.query.get("after", ""))
    views = await _visible(services.job_lists, request[CALLER], wanted, after, limit_of(request))
    headers = next_page(request, views, lambda last: "/".join(last.key))
    limits = await services.job_lists.calls_limits([view.key for view in views])
    now = services.clock.now()
    results = [job_result(view, services.kinds, limits[view.key], now) for view in views]
    return envelope.success(results, headers=headers)


def _after(text: str) -> JobKey | None:
    if not text:
        return None
    parts = text.split("/")
    if len(parts) != 3:
        raise no_place()
    for part in parts[:2]:
        check_wechat_id(part, "after")
    return JobKey(*parts)


async def _visible(
    lists: JobDesk, key: Key, wanted: JobFilter, after: JobKey | None, limit: int
) -> Sequence[JobView]:
    """The jobs of `JobDesk.view` that `key` reaches."""
    found: list[JobView] = []
    theirs = dropwhile(
        lambda place: after is not None and not _holds(place, after), places(key, wanted)
    )
    for number, place in enumerate(theirs):
        if len(found) >= limit:
            break
        begin = None if number else after
        found += await lists.view(**place, after=begin, limit=limit - len(found))
    return found


def _holds(place: JobFilter, job: JobKey) -> bool:
    return place["appid"] in ("", job.appid) and place["kind"] in ("", job.kind)


def job_result(view: JobView, kinds: KindTable, calls_limit: int, now: datetime) -> JobResult:
    left = (view.expires_at - now).total_seconds() if view.expires_at else 0
    return result_of(
        JobResult,
        view,
        appid=view.key.appid,
        type=kinds.number_of(view.key.kind),
        kind=view.key.kind,
        subject=view.key.subject,
        state=policy.freshness(view, now).value,
        expires_in=max(0, int(left)),
        next_attempt_at=view.due_at,
        attempting=view.claimed,
        failures=view.attempts,
        calls_today=view.calls,
        calls_limit=calls_limit,
        waits_for=view.waits_on.rstrip("/"),
        error=view.fault,
        contested=policy.recent_contest(view, now),
        receivers=[_receiver(receiver) for receiver in view.receivers],
    )


def _receiver(receiver: Receiver) -> ReceiverResult:
    notify, params = _shown(receiver.notify), _shown(receiver.params)
    return result_of(ReceiverResult, receiver, key=receiver.owner, notify=notify, params=params)


def _shown(address: str) -> str:
    """The URL without user and query, which may hold a secret of the business system."""
    return str(URL(address).with_user(None).with_query(None).with_fragment(None)) if address else ""


ROUTES = (
    NativeRoute(
        "GET", "/tasks", listed, Scope.READ,
        "Lists every task with its state, its last error, and what happens next and when.",
        result=list[JobResult],
        takes=(*WHICH, *STATES, *PAGED),
        gives=LINK,
    ),
)  # fmt: skip
