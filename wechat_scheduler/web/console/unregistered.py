"""Says that an app cannot send since its account has no credential."""

from typing import Final

from wechat_scheduler.credentials.fault_sentences import UNREGISTERED
from wechat_scheduler.web.console.known_accounts import told_lacking
from wechat_scheduler.web.console.parts import advice
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.native.sending.app_bodies import AppResult
from wechat_scheduler.web.pages.markup import Html, fill

_APP: Final = "/v1/apps/{app}"


async def unregistered(visit: Visit, app: AppResult) -> Html:
    """A line of advice, with the way to register the account if that helps; empty if messages can be sent through it.
    Raises RequestError."""
    noted = await visit.api.get_noted(_APP, AppResult, app=app.id)
    if noted.message != UNREGISTERED.fill(appid=app.appid):
        return advice(visit, noted.message)
    return fill('<p class="advice">{told}</p>', told=told_lacking(visit, app.appid))
