"""Lists the audit, and lets handlers write to it."""

import re
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Final

import msgspec
from aiohttp import web

from wechat_scheduler.access.actions import Action
from wechat_scheduler.access.audit import AuditEntry, AuditFilter
from wechat_scheduler.access.model import Scope
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.ids import schema_of
from wechat_scheduler.web.kit.query import instant_of, limit_of, next_page, place_of
from wechat_scheduler.web.kit.services import CALLER, SERVICES, VISITOR
from wechat_scheduler.web.native.route import AFTER, LIMIT, LINK, SPAN, NativeRoute, query

_PLACE: Final = re.compile(r"[0-9]{1,18}")


class AuditEntryResult(msgspec.Struct):
    """`at` is RFC 3339 in UTC. An entry of reads counts those of one hour, which begins at `at`."""

    id: int
    at: datetime
    key: str
    address: str
    action: str
    object: str
    count: int


def noting(
    request: web.Request, action: Action, objects: str | Callable[[Any], Iterable[str]]
) -> AbstractContextManager[None]:
    """The first change that the block stores is written to the audit, in one transaction with it: what the
    caller does to `objects`, which may be made from what the store returns."""
    made = objects if callable(objects) else lambda _: (objects,)
    key, address = request[CALLER].id, request[VISITOR].written
    return request.app[SERVICES].auditor.noting(action, made, key=key, address=address)


async def listed(request: web.Request) -> web.Response:
    limit = limit_of(request)
    wanted = AuditFilter(
        key=request.query.get("key", ""),
        action=request.query.get("action", ""),
        object=request.query.get("object", ""),
        since=instant_of(request, "since"),
        until=instant_of(request, "until"),
        before=_before(request),
        limit=limit,
    )
    entries = await request.app[SERVICES].auditor.find(wanted)
    headers = next_page(request, entries, lambda last: str(last.id), name="before")
    return envelope.success([entry_result(entry) for entry in entries], headers=headers)


def entry_result(entry: AuditEntry) -> AuditEntryResult:
    return envelope.result_of(AuditEntryResult, entry)


def _before(request: web.Request) -> int:
    place = place_of(request, _PLACE, name="before")
    return int(place[0]) if place else 0


ROUTES = (
    NativeRoute(
        "GET", "/v1/audit", listed, Scope.ADMIN,
        "Lists who read and changed what, the newest first.",
        result=list[AuditEntryResult],
        takes=(
            query("key", "Only by the API key of this id."),
            query("action", "Only this action.", {"enum": list(Action)}),
            query("object", "Only this object and what lies below it: `wx1111`, or `wx1111/access_token`."),
            *SPAN,
            query("before", AFTER.description, schema_of(_PLACE)),
            LIMIT,
        ),
        gives=LINK,
    ),
)  # fmt: skip
