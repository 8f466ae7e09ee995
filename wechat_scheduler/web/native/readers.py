"""Tells who reads a credential."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import msgspec
from aiohttp import web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.services import SERVICES
from wechat_scheduler.web.native.named_jobs import job_of
from wechat_scheduler.web.native.route import NativeRoute

DAY: Final = timedelta(days=1)


class ReaderResult(msgspec.Struct):
    """`key` is the id of an API key, or `consumer/NAME`. `last` is the hour of its last read, in UTC."""

    key: str
    reads: int
    last: datetime


async def readers(request: web.Request) -> web.Response:
    services = request.app[SERVICES]
    since = services.clock.now() - DAY
    found = await services.auditor.readers(job_of(request), since=since)
    return envelope.success([envelope.result_of(ReaderResult, reader) for reader in found])


_READERS: Final = NativeRoute(
    "GET", "/v1/tasks/{appid}/{type}/readers", readers, Scope.READ,
    "Tells which keys and consumers read a credential in the last 24 hours; who read most comes first.",
    result=list[ReaderResult],
)  # fmt: skip
ROUTES: Final = (
    _READERS,
    replace(_READERS, path="/v1/tasks/{appid}/{type}/{subject}/readers"),
)
