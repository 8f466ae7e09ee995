"""The accounts that are kept here, offered where an appid is typed, and those that lack a credential."""

from collections.abc import Collection, Iterable, Sequence
from typing import Final
from urllib.parse import urlencode

from wechat_scheduler.access.model import Scope
from wechat_scheduler.credentials.fault_sentences import UNREGISTERED
from wechat_scheduler.credentials.model import AUTHORIZER_TOKEN
from wechat_scheduler.web.console.fields import datalist
from wechat_scheduler.web.console.links import link
from wechat_scheduler.web.console.parts import advice, spaced
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.kit.ids import WECHAT_ID
from wechat_scheduler.web.kit.query import PAGE
from wechat_scheduler.web.native.job_counts import JobCountsResult
from wechat_scheduler.web.native.jobs import JobResult
from wechat_scheduler.web.native.sending.app_bodies import AppResult
from wechat_scheduler.web.pages.markup import Html, fill, when

# The `list` of a field for an appid.
ACCOUNTS: Final = "accounts"
# Accounts that a page asks about each by itself, with two counts, where more are kept than it has read.
MOST_ASKED: Final = 8

W = Words

LACKS = W("no credential kept", "没有保管凭据")
REGISTER = W("Register the account", "登记这个账号")


async def known_accounts(visit: Visit) -> Html:
    """The list for the fields; of very many accounts a part, and none for a key that may not list them."""
    return datalist(ACCOUNTS, dict.fromkeys(await kept_here(visit), ""))


async def kept_here(visit: Visit) -> Sequence[str]:
    """Appids in order; of very many a part, and none for a key that may not list them."""
    if not visit.sees(Scope.READ):
        return ()
    found = await visit.api.page("/tasks", JobResult, own=True, limit=PAGE)
    return list(dict.fromkeys(job.appid for job in found.rows))


async def is_unregistered(visit: Visit, appid: str) -> bool:
    """Whether nothing is kept for the account, itself or by a platform. False for a key that would not see the job of a
    platform."""
    if _is_limited(visit):
        return False
    if not WECHAT_ID.fullmatch(appid):  # what is wrong is told when it is made
        return False
    path = "/v1/tasks/counts"
    found = [
        await visit.api.get(path, JobCountsResult, **{name: appid}) for name in ("appid", "subject")
    ]
    return not any(one.all for one in found)


async def lacking(visit: Visit, appids: Iterable[str]) -> Collection[str]:
    """Those of the accounts for which nothing is kept; of very many a part, and none for a key that may not see that."""
    if not visit.sees(Scope.READ) or _is_limited(visit):
        return ()
    own = await visit.api.page("/tasks", JobResult, own=True, limit=PAGE)
    bare = sorted(set(appids).difference(job.appid for job in own.rows))
    if not bare:
        return ()
    held = await visit.api.page("/tasks", JobResult, type=AUTHORIZER_TOKEN, limit=PAGE)
    bare = sorted(set(bare).difference(job.subject for job in held.rows))
    if own.after or held.after:
        return [appid for appid in bare[:MOST_ASKED] if await is_unregistered(visit, appid)]
    return bare


def _is_limited(visit: Visit) -> bool:
    return bool(visit.session.key.appids or visit.session.key.kinds)


async def unregistered(visit: Visit, app: AppResult) -> Html:
    """A line of advice, with the way to register the account if that helps; empty if messages can be sent through it.
    Raises RequestError."""
    noted = await visit.api.get_noted("/v1/apps/{app}", AppResult, app=app.id)
    if noted.message != UNREGISTERED.fill(appid=app.appid):
        return advice(visit, noted.message)
    return fill('<p class="advice">{told}</p>', told=told_lacking(visit, app.appid))


def told_lacking(visit: Visit, appid: str) -> Html:
    """The sentence about such an account, with the way to register it for a key that may."""
    return spaced(visit.sentence(UNREGISTERED.fill(appid=appid)), way_to_register(visit, appid))


def way_to_register(visit: Visit, appid: str) -> Html:
    """The link to the form for the account, for a key that may."""
    return when(visit.may(Scope.REGISTER), link(register_url(appid), visit.say(REGISTER)))


def register_url(appid: str, *, is_platform: bool = False) -> str:
    """The form for the account."""
    query = {"appid": appid} | ({"as": "platform"} if is_platform else {})
    return f"/console/credentials/register?{urlencode(query)}"
