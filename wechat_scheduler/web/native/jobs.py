"""Lists jobs, with all that people and programs need to look after them."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import dropwhile
from typing import Unpack

import msgspec
from aiohttp import web
from yarl import URL

from wechat_scheduler.access.model import Key, Scope
from wechat_scheduler.credentials import policy
from wechat_scheduler.credentials.manager import Manager
from wechat_scheduler.credentials.model import Contest, Fault, JobKey
from wechat_scheduler.credentials.views import JobFilter, JobView, Receiver
from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.auth import require_reach
from wechat_scheduler.web.kit.envelope import result_of
from wechat_scheduler.web.kit.ids import check_wechat_id
from wechat_scheduler.web.kit.kinds import KindTable
from wechat_scheduler.web.kit.query import limit_of, next_page
from wechat_scheduler.web.kit.services import CALLER, SERVICES
from wechat_scheduler.web.native.route import LINK, PAGED, NativeRoute, query


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
    valid value."""

    appid: str
    type: int | None
    kind: str
    subject: str
    state: str
    version: int
    issued_at: datetime | None
    expires_at: datetime | None
    expires_in: int
    next_attempt_at: datetime
    attempting: bool
    failures: int
    calls_today: int
    waits_for: str
    error: Fault | None
    contested: Contest | None
    receivers: list[ReceiverResult]


async def listed(request: web.Request) -> web.Response:
    services, caller = request.app[SERVICES], request[CALLER]
    limit = limit_of(request)
    appid, kind = request.query.get("appid", ""), _kind(request)
    require_reach(caller, appid, kind)
    views = await _visible(
        services.manager,
        caller,
        appid=appid,
        kind=kind,
        subject=request.query.get("subject", ""),
        after=_after(request.query.get("after", "")),
        limit=limit,
    )
    headers = next_page(request, views, lambda last: "/".join(last.key))
    now = services.clock.now()
    return envelope.success(
        [job_result(view, services.kinds, now) for view in views], headers=headers
    )


def _kind(request: web.Request) -> str:
    """The type in the query, empty if there is none. Raises InvalidRequestError for an unknown one."""
    given = request.query.get("type", "")
    return request.app[SERVICES].kinds.read(given, "type").kind if given else ""


def _after(text: str) -> JobKey | None:
    if not text:
        return None
    parts = text.split("/")
    if len(parts) != 3:
        raise InvalidRequestError(
            "is not a value from a Link header", reason=Reason.PAGE_UNKNOWN, field="after"
        )
    for part in parts[:2]:
        check_wechat_id(part, "after")
    return JobKey(*parts)


async def _visible(manager: Manager, key: Key, **wanted: Unpack[JobFilter]) -> Sequence[JobView]:
    """The jobs of `Manager.view` that `key` reaches.

    The manager is asked for each account and type of the key in turn: a key that reaches one of a
    hundred thousand jobs must not cause all of them to be read.
    """
    found: list[JobView] = []
    for appid, kind in _places(key, wanted):
        if not wanted["limit"]:
            break
        page = await manager.view(**(wanted | {"appid": appid, "kind": kind}))
        found += page
        wanted |= {"after": None, "limit": wanted["limit"] - len(page)}
    return found


def _places(key: Key, wanted: JobFilter) -> Iterator[tuple[str, str]]:
    """The accounts and types to ask for, beginning with those of `after`; empty means all."""
    after = wanted.get("after")
    places = (
        (account, type_)
        for account in _wanted(wanted.get("appid", ""), key.appids)
        for type_ in _wanted(wanted.get("kind", ""), key.kinds)
    )
    return dropwhile(lambda place: after is not None and not _holds(place, after), places)


def _wanted(given: str, allowed: frozenset[str]) -> Sequence[str]:
    return [given] if given or not allowed else sorted(allowed)


def _holds(place: tuple[str, str], job: JobKey) -> bool:
    return place[0] in ("", job.appid) and place[1] in ("", job.kind)


def job_result(view: JobView, kinds: KindTable, now: datetime) -> JobResult:
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
        takes=(
            query("appid", "Only of this account."),
            query("type", "Only of this type, by number or name."),
            query("subject", "Only with this subject."),
            *PAGED,
        ),
        gives=LINK,
    ),
)  # fmt: skip
