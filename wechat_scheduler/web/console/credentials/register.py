"""`/console/credentials/register`: a form that tries an account at WeChat before it is stored."""

import re
from typing import Final

from aiohttp import hdrs, web

from wechat_scheduler.engine.wrong_fields import WrongFields
from wechat_scheduler.errors import InvalidRequestError, RequestError
from wechat_scheduler.web.console.credentials.drafts import RegistrationDraft, draft_in, draft_of
from wechat_scheduler.web.console.credentials.register_form import (
    NO_APPID,
    NO_TYPES,
    NOT_18,
    form_page,
)
from wechat_scheduler.web.console.credentials.rows import ROOM, account_place
from wechat_scheduler.web.console.links import done
from wechat_scheduler.web.console.route import ConsoleRoute
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.native.registration_checks import RegistrationCheckResult

# Of all accounts and platforms.
APPID: Final = re.compile(r"wx[0-9A-Za-z]{16}")
LENGTH: Final = 18
PLACE: Final = f"{ROOM}/register"


async def empty(visit: Visit) -> web.Response:
    return form_page(visit, draft_in(visit.request.query))


async def register(visit: Visit) -> web.Response:
    draft = draft_of(visit)
    try:
        await _check(visit, draft)
        if not draft.anyway:
            checked = await visit.api.post(
                "/v1/registrations/check", RegistrationCheckResult, draft.body()
            )
            if not checked.accepted:
                return form_page(visit, draft, refusal=checked)
        await visit.api.post("/register", str, draft.body())
        await _rename(visit, draft)
    except RequestError as error:
        return form_page(visit, draft, error=error)
    return done(account_place(draft.appid), "registered")


async def _rename(visit: Visit, draft: RegistrationDraft) -> None:
    """A registration leaves the name that the account has; a person who types another means it. A key of types may not
    change it."""
    if draft.name and not visit.session.key.kinds:
        body = {"name": draft.name}
        await visit.api.patch("/v1/accounts/{appid}", str, body=body, appid=draft.appid)


async def _check(visit: Visit, draft: RegistrationDraft) -> None:
    """Raises InvalidRequestError for an appid that none can be, for an account of which nothing is kept, and for what
    our API finds wrong beside it: that takes other appids too, but never an empty one."""
    wrong = WrongFields()
    with wrong:
        if not APPID.fullmatch(draft.appid):
            raise InvalidRequestError(_no_appid(visit, draft.appid), field="appid")
    with wrong:
        if draft.keeps_nothing:
            raise InvalidRequestError(visit.say(NO_TYPES), field="types")
    if not wrong:
        return
    try:
        body = {**draft.body(), "appid": ""}
        await visit.api.post("/v1/registrations/check", RegistrationCheckResult, body)
    except InvalidRequestError as error:
        beside = [one for one in (error, *error.further) if one.field != "appid"]
        for one in beside:
            one.further = ()
            wrong.add(one)
    wrong.check()


def _no_appid(visit: Visit, typed: str) -> str:
    is_typo = typed.startswith("wx") and len(typed) != LENGTH
    return visit.say(NOT_18, n=len(typed)) if is_typo else visit.say(NO_APPID)


ROUTES: Final = (
    ConsoleRoute(hdrs.METH_GET, PLACE, empty),
    ConsoleRoute(hdrs.METH_POST, PLACE, register),
)
