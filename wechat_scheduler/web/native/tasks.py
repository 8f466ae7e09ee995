"""Registers, fetches, refreshes and removes tasks, with the paths and bodies of the original
wechat-scheduler.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Annotated, Final, Literal

import msgspec
import structlog
from aiohttp import hdrs, web

from wechat_scheduler.access.actions import Action
from wechat_scheduler.access.model import Scope
from wechat_scheduler.credentials.cells import Cell
from wechat_scheduler.credentials.model import Credential, JobKey
from wechat_scheduler.credentials.reports import ReportOutcome
from wechat_scheduler.engine.clock import rfc3339
from wechat_scheduler.errors import NotFoundError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.bodies import decode
from wechat_scheduler.web.kit.memo import Terms
from wechat_scheduler.web.kit.services import CALLER, SERVICES
from wechat_scheduler.web.native import long_polls, original
from wechat_scheduler.web.native.account_names import give_first_name
from wechat_scheduler.web.native.audit import noting
from wechat_scheduler.web.native.long_polls import LongPoll
from wechat_scheduler.web.native.named_jobs import job_of
from wechat_scheduler.web.native.registration import NamedRegistrationBody, RegistrationBody
from wechat_scheduler.web.native.registrations import registration_in
from wechat_scheduler.web.native.route import NativeRoute, Parameter, Success

log = structlog.get_logger(__name__)


class InvalidValue(msgspec.Struct, forbid_unknown_fields=True):
    """`value` is the one that WeChat refused, as it was fetched."""

    value: Annotated[str, msgspec.Meta(min_length=1)]


async def register(request: web.Request) -> web.Response:
    return await _register(request, NamedRegistrationBody)


async def register_as_the_original(request: web.Request) -> web.Response:
    """A `name` is unknown here, as it was."""
    return await _register(request, RegistrationBody)


async def _register(request: web.Request, form: type[RegistrationBody]) -> web.Response:
    registration, note = await registration_in(request, form)
    services, appid = request.app[SERVICES], registration.account.appid
    verified = services.registration_checks.has_accepted(registration.account)

    def objects(changed: Iterable[JobKey]) -> Iterable[str]:
        """Without tasks it concerns the account alone, whose secret may have changed."""
        return map(str, changed) if registration.tasks else [appid]

    with noting(request, Action.REGISTERED, objects):
        await services.manager.register(replace(registration, verified=verified))
    if registration.name:
        await give_first_name(request, appid, registration.name)
    if note:
        log.warning("registration.fields_ignored", appid=appid, by=request[CALLER].id, note=note)
    if original.is_wanted(request):
        return envelope.success("success" if registration.tasks else "")
    return envelope.success("success", note=note)


async def fetch(request: web.Request) -> web.Response:
    services, key = request.app[SERVICES], job_of(request)
    is_original = original.is_wanted(request)
    poll = long_polls.read(request, reads_query=not is_original)
    if poll.wait:
        await long_polls.until_other(request, key, poll)
    cell = await services.manager.fetch(
        key, owner=request[CALLER].id, waits=not (is_original or poll.wait)
    )
    boottime = services.clock.boottime()
    credential = cell.valid(boottime)
    if credential is None:  # it expired just now
        raise services.manager.unavailable(cell)
    caller = request[CALLER]
    tally = services.auditor.tally(caller.id, cell.key)
    tally.reads += 1
    # A request that leaves the subject out may fit two jobs later, and a key with an IP rule depends
    # on the peer: neither may be answered from memory, nor may what is still to be read again, or what
    # waits the next time.
    standstill = services.manager.standstill
    is_plain = cell.key == key and not caller.networks and not poll.wait
    if is_plain and standstill.believes(key):
        until = min(cell.same_until(boottime), services.keyring.ends(caller), tally.until)
        terms = Terms(cell=cell, credential=credential, until=until, tally=tally)
        services.memo.remember(request, terms)
    return _fetched(poll, cell, credential, boottime)


async def remove(request: web.Request) -> web.Response:
    key, caller = job_of(request), request[CALLER]
    owner = "" if caller.allows(Scope.ADMIN) else caller.id
    try:
        with noting(request, Action.REMOVED, str(key)):
            await request.app[SERVICES].manager.remove(key, owner=owner)
    except NotFoundError as error:
        if not owner:
            raise
        raise NotFoundError(
            f"this API key has not registered {key}", reason=Reason.TASK_NOT_YOURS
        ) from error
    return envelope.success("success")


async def refresh(request: web.Request) -> web.Response:
    key = job_of(request)
    with noting(request, Action.REFRESHED, str(key)):
        await request.app[SERVICES].manager.refresh(key, owner=request[CALLER].id)
    return envelope.success("success")


async def invalid(request: web.Request) -> web.Response:
    """`refreshing` while the reported value is the current one, `ignored` once it was replaced. The
    audit keeps only the report that causes the refresh."""
    key = job_of(request)
    report = decode(await request.read(), InvalidValue)
    with noting(request, Action.REPORTED, str(key)):
        manager = request.app[SERVICES].manager
        outcome = await manager.report(key, report.value, owner=request[CALLER].id)
    return envelope.success("ignored" if outcome is ReportOutcome.OUTDATED else "refreshing")


def _fetched(poll: LongPoll, cell: Cell, credential: Credential, boottime: float) -> web.Response:
    headers = {
        hdrs.CACHE_CONTROL: f"private, max-age={cell.max_age(boottime)}",
        hdrs.ETAG: f'"{credential.version}"',
        "X-Credential-Expires": rfc3339(credential.expires_at),
    }
    if poll.knows(credential.version):
        return web.Response(status=304, headers=headers)
    return envelope.success(credential.value, headers=headers)


_VALUE: Final = {
    "ETag": "The version, in quotes.",
    "Cache-Control": "How long the value may be used without asking again.",
    "X-Credential-Expires": "The true expiry, RFC 3339 in UTC.",
}
_IF_NONE_MATCH: Final = Parameter(
    "header", "If-None-Match", "An `ETag`: the response is 304 while it is the current one."
)
_REGISTER: Final = NativeRoute(
    "POST", "/register", register, Scope.REGISTER,
    "Registers credentials to keep; the same request again changes nothing.",
    body=NamedRegistrationBody, result=Success,
)  # fmt: skip
_OF_ONE: Final = (
    NativeRoute(
        "GET", "/task/{appid}/{type}", fetch, Scope.READ,
        "Answers the current value; without a subject, that of the one task of this type.",
        result=str, takes=(long_polls.WAIT, long_polls.VERSION, _IF_NONE_MATCH), gives=_VALUE,
        errors=(304, 409), gives_values=True,
    ),
    NativeRoute(
        "DELETE", "/task/{appid}/{type}", remove, Scope.REGISTER,
        "Removes what was registered with this key; an admin key removes the task for all keys.",
        result=Success, errors=(409,),
    ),
    NativeRoute(
        "POST", "/task/{appid}/{type}/refresh", refresh, Scope.REGISTER,
        "Makes the daemon ask WeChat now.",
        result=Success, errors=(409,),
    ),
    NativeRoute(
        "POST", "/task/{appid}/{type}/invalid", invalid, Scope.READ,
        "Reports a value that WeChat refused; all reports of one value cause one refresh.",
        body=InvalidValue, result=Literal["refreshing", "ignored"], errors=(409,),
    ),
)  # fmt: skip
ROUTES = (
    # As the original spells it.
    replace(_REGISTER, path="/registe", handler=register_as_the_original, body=RegistrationBody),
    _REGISTER,
    *_OF_ONE,
    *(replace(row, path=row.path.replace("{type}", "{type}/{subject}")) for row in _OF_ONE),
)
