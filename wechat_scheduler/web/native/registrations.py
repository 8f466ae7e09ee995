"""The registration in a request, within what its key reaches."""

from dataclasses import replace

from aiohttp import web

from wechat_scheduler.credentials.model import Registration
from wechat_scheduler.web.kit.auth import require_reach
from wechat_scheduler.web.kit.services import CALLER, SERVICES
from wechat_scheduler.web.native.registration import (
    NamedRegistrationBody,
    RegistrationBody,
    read_registration,
)


async def registration_in(
    request: web.Request, form: type[RegistrationBody] = NamedRegistrationBody
) -> tuple[Registration, str]:
    """The registration in a body of that form, and a note on unknown fields. Raises InvalidRequestError, ForbiddenError."""
    services, caller = request.app[SERVICES], request[CALLER]
    body = await request.read()
    registration, note = read_registration(
        body, services.kinds, services.check_url, owner=caller.id, form=form
    )
    appid = registration.account.appid
    require_reach(caller, appid, field="appid")
    for number, task in enumerate(registration.tasks):
        require_reach(caller, appid, task.key.kind, field=f"tasks[{number}].type")
    return (replace(registration, limited=True) if caller.kinds else registration), note
