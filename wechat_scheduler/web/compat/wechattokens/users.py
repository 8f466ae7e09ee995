"""`GET /sns/oauth2/refresh_token`: the tokens of users that are kept here; those of others are WeChat's.

It needs no secret (网页授权): the refresh token proves its holder. The caller gets the kept token with the
lifetime that it has left, and WeChat is not asked, so that the kept refresh token stays the newest one.
"""

from aiohttp import web

from wechat_scheduler.gateway.refused_calls import CallRefusal, CallRefusedError
from wechat_scheduler.web.compat.replies import respond
from wechat_scheduler.web.compat.wechattokens.answers import ErrcodeError
from wechat_scheduler.web.compat.wechattokens.callers import appid_of, fields_of, text_of
from wechat_scheduler.web.compat.wechattokens.secrets import call_of, relayed
from wechat_scheduler.web.compat.wechattokens.tokens import current, value_of
from wechat_scheduler.web.kit.services import SERVICES
from wechat_scheduler.web.kit.slashes import tidied


async def refreshed(request: web.Request) -> web.StreamResponse:
    services, fields = request.app[SERVICES], await fields_of(request)
    path = tidied(request.method, request.path)
    services.passage.let_pass(request.method, path, None)
    if not services.passage.user_tokens:
        raise CallRefusedError(CallRefusal.USER_TOKENS)
    appid, shown = appid_of(fields, "appid"), text_of(fields, "refresh_token")
    if text_of(fields, "grant_type") != "refresh_token":
        raise ErrcodeError(40002, "invalid grant_type: grant_type must be refresh_token")
    if not shown:
        raise ErrcodeError(41003, "refresh_token missing: refresh_token is required")
    key = await services.users.job_of(appid, shown)
    if key is None:
        return await relayed(request, await call_of(request, path), account="", caller=None)
    cell = await current(services, key)
    value, left = value_of(services, cell)
    said = await services.users.answer(key)
    services.auditor.tally(f"token/{appid}", key).reads += 1
    beside = said._asdict() if said else {"refresh_token": shown, "openid": key.subject}
    return respond({"access_token": value, "expires_in": left} | beside)
