"""Tries a registration without storing anything."""

from typing import Final

import msgspec
import structlog
from aiohttp import web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.credentials.model import Fault
from wechat_scheduler.credentials.registration_checks import AccountRefusal
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.services import CALLER, SERVICES
from wechat_scheduler.web.native.refused_by_wechat import asking_wechat
from wechat_scheduler.web.native.registration import NamedRegistrationBody
from wechat_scheduler.web.native.registrations import registration_in
from wechat_scheduler.web.native.route import NativeRoute

log = structlog.get_logger(__name__)


class RegistrationCheckResult(msgspec.Struct):
    """`accepted` if WeChat takes the appid with this secret. If not, `error` says why; `field` is the field that is
    wrong, `appid`, `appsecret` or `type`; `address` is that of this machine, if WeChat refuses calls from there. Both
    may be empty."""

    accepted: bool
    field: str
    address: str
    error: Fault | None


async def check(request: web.Request) -> web.Response:
    registration, note = await registration_in(request)
    appid = registration.account.appid
    with asking_wechat():
        refusal = await request.app[SERVICES].registration_checks.check(registration)
    errcode = refusal.fault.errcode if refusal else None
    log.info("registration.checked", appid=appid, errcode=errcode, by=request[CALLER].id)
    return envelope.success(_result(refusal), note=note)


def _result(refusal: AccountRefusal | None) -> RegistrationCheckResult:
    if refusal is None:
        return RegistrationCheckResult(accepted=True, field="", address="", error=None)
    return RegistrationCheckResult(
        accepted=False, field=refusal.field, address=refusal.address, error=refusal.fault
    )


ROUTES: Final = (
    NativeRoute(
        "POST", "/v1/registrations/check", check, Scope.REGISTER,
        "Asks WeChat whether it takes the appid and the secret of a registration; nothing is stored.",
        body=NamedRegistrationBody, result=RegistrationCheckResult, errors=(429, 503),
    ),
)  # fmt: skip
