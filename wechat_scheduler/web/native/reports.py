"""What consumers report: a value that WeChat takes no more."""

from typing import Annotated

import msgspec
from aiohttp import web

from wechat_scheduler.access.audit import Action
from wechat_scheduler.credentials.manager import ReportOutcome
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.bodies import decode
from wechat_scheduler.web.kit.services import SERVICES
from wechat_scheduler.web.native.audit import note
from wechat_scheduler.web.native.tasks import named_job


class Report(msgspec.Struct, forbid_unknown_fields=True):
    """`value` is the one that failed, as it was fetched."""

    value: Annotated[str, msgspec.Meta(min_length=1)]


_REPORT = msgspec.json.Decoder(Report)


async def invalid(request: web.Request) -> web.Response:
    """`POST /task/{appid}/{type}[/{subject}]/invalid`: WeChat answered 40001, 40014 or 42001.

    `result` is `refreshing` while the value is the current one, however many report it, and
    `ignored` if it was replaced before. Only the report that counts is kept in the audit.
    """
    key = named_job(request)
    report = decode(_REPORT, await request.read())
    verdict = await request.app[SERVICES].manager.report(key, report.value)
    if verdict is ReportOutcome.BELIEVED:
        await note(request, Action.REPORTED, str(key))
    return envelope.success("ignored" if verdict is ReportOutcome.OUTDATED else "refreshing")
