"""The accounts that are kept here, with what people call them: offered where an appid is typed, named where one is
shown, and those that lack a credential."""

from collections.abc import Collection, Iterable, Sequence
from itertools import islice
from typing import Final
from urllib.parse import urlencode

from wechat_scheduler.access.model import Scope
from wechat_scheduler.credentials.fault_sentences import UNREGISTERED
from wechat_scheduler.web.console.fields import datalist
from wechat_scheduler.web.console.links import link
from wechat_scheduler.web.console.parts import advice, spaced
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.kit.ids import WECHAT_ID
from wechat_scheduler.web.kit.query import LARGEST_PAGE
from wechat_scheduler.web.native.accounts import AccountResult
from wechat_scheduler.web.native.sending.app_bodies import AppResult
from wechat_scheduler.web.pages.markup import Html, fill, when

# The `list` of a field for an appid.
ACCOUNTS: Final = "accounts"
# Accounts that such a field offers.
MOST_OFFERED: Final = 500

W = Words

LACKS = W("no credential kept", "没有保管凭据")
REGISTER = W("Register the account", "登记这个账号")


async def known_accounts(visit: Visit) -> Html:
    """The list for the fields; of very many accounts a part, and none for a key that may not list them."""
    return datalist(ACCOUNTS, {one.appid: one.name for one in await kept_here(visit)})


async def kept_here(visit: Visit) -> Sequence[AccountResult]:
    """Accounts in the order of their appids; of very many a part, and none for a key that may not list them."""
    if not visit.sees(Scope.READ):
        return ()
    found = await visit.api.page("/v1/accounts", AccountResult, limit=MOST_OFFERED)
    return [one for one in found.rows if one.kept]


async def learn_names(visit: Visit, appids: Iterable[str]) -> None:
    """Ask what people call the accounts that the page shows, for `account_link`; of very many the first ones. A key that
    may not list them does not learn it."""
    if visit.sees(Scope.READ):
        unknown = (appid for appid in appids if appid not in visit.account_names)
        await _asked(visit, islice(dict.fromkeys(unknown), LARGEST_PAGE))


async def known_account(visit: Visit, appid: str) -> AccountResult | None:
    """None for one of which nothing is known here."""
    return next(iter(await _asked(visit, [appid])), None)


async def is_unregistered(visit: Visit, appid: str) -> bool:
    """Whether nothing is kept for the account, itself or by a platform. False for a key that would not see the job of a
    platform."""
    if _is_limited(visit):
        return False
    if not WECHAT_ID.fullmatch(appid):  # what is wrong is told when it is made
        return False
    return not any(one.kept for one in await _asked(visit, [appid]))


async def lacking(visit: Visit, appids: Iterable[str]) -> Collection[str]:
    """Those of the accounts for which nothing is kept; none for a key that may not see that."""
    asked = list(appids)
    if not visit.sees(Scope.READ) or _is_limited(visit):
        return ()
    kept = {one.appid for one in await _asked(visit, asked) if one.kept}
    return sorted(set(asked).difference(kept))


async def _asked(visit: Visit, appids: Iterable[str]) -> Sequence[AccountResult]:
    """Those of the accounts that are known here, with one request for very many of them."""
    asked = sorted({appid for appid in appids if WECHAT_ID.fullmatch(appid)})
    found: list[AccountResult] = []
    for start in range(0, len(asked), LARGEST_PAGE):
        some = asked[start : start + LARGEST_PAGE]
        query = {"appids": ",".join(some), "limit": len(some)}
        found += (await visit.api.page("/v1/accounts", AccountResult, **query)).rows
    visit.account_names.update(dict.fromkeys(asked, ""), **{one.appid: one.name for one in found})
    return found


def _is_limited(visit: Visit) -> bool:
    return bool(visit.session.key.appids or visit.session.key.kinds)


async def unregistered(visit: Visit, app: AppResult) -> Html:
    """A line of advice, with the way to register the account if that helps; empty if messages can be sent through it.
    Raises RequestError."""
    return advice_on_lack(visit, app, await lack_of(visit, app))


async def lack_of(visit: Visit, app: AppResult) -> str:
    """Why nothing can be sent through the account, as our API says it; empty if messages can. Raises RequestError."""
    return (await visit.api.get_noted("/v1/apps/{app}", AppResult, app=app.id)).message


def advice_on_lack(visit: Visit, app: AppResult, lack: str) -> Html:
    """A line of advice on what `lack_of` returned."""
    if lack != UNREGISTERED.fill(appid=app.appid):
        return advice(visit, lack)
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
