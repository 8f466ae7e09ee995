"""Finds the one user by whom a list is narrowed, from what people call the user."""

from typing import Final
from urllib.parse import urlencode

from wechat_scheduler.errors import InvalidRequestError, RequestError
from wechat_scheduler.web.console.links import SAID, link
from wechat_scheduler.web.console.meant_users import (
    MOST_OFFERED,
    THIS_ONE,
    WHICH,
    users_called,
    users_to_choose,
)
from wechat_scheduler.web.console.native_api import Rows
from wechat_scheduler.web.console.parts import section
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.sending.app_bodies import AppResult
from wechat_scheduler.web.native.sending.subscriber_bodies import (
    LONGEST_EXTERNAL_ID,
    SubscriberResult,
    UserResult,
)
from wechat_scheduler.web.pages.markup import Html

W = Words

CALLED = W("Nickname, the app's own name, openid or uid", "昵称、应用自己的用户名、openid 或 uid")
NO_PERSON = W("no user is known by this name", "没有叫这个名字的用户")
SEVERAL = W(
    "this name fits several users; write the openid of one of them: {users}",
    "符合的不止一位，请写其中一位的 openid：{users}",
)
UID: Final = "UID_"
# Users whom a refusal names.
MOST_SAID: Final = 5
# What a link to another choice leaves out: the place in the list, and what the page before did.
_LEFT_OUT: Final = ("after", *SAID)


class SeveralUsersError(InvalidRequestError):
    """Several `users` are called `name`. With `more`, others are too."""

    def __init__(self, said: str, *, field: str, name: str, found: Rows[UserResult]) -> None:
        super().__init__(said, field=field)
        self.name, self.users, self.more = name, found.rows, bool(found.after)


async def sought_uid(visit: Visit, name: str, app: str, *, field: str) -> str:
    """The uid of the user, empty for no name; with an `app`, of its account. Raises InvalidRequestError at the field if
    there is no such user, or several."""
    if not name or name.startswith(UID):
        return name
    _check(visit, name, field)
    appid = None
    if app:
        path = "/v1/apps/{app}/subscribers"
        if of_app := (await visit.api.page(path, SubscriberResult, app=app, name=name)).rows:
            return of_app[0].uid
        appid = (await visit.api.get("/v1/apps/{app}", AppResult, app=app)).appid
    return (await sought_user(visit, name, appid, field=field)).uid


async def sought_user(visit: Visit, name: str, appid: str | None, *, field: str) -> UserResult:
    """Among those of the account, or of all. Raises InvalidRequestError at the field if there is no such user, or
    several."""
    _check(visit, name, field)
    found = await _called(visit, name, appid)
    if not found.rows:
        raise InvalidRequestError(visit.say(NO_PERSON), field=field)
    if len(found.rows) > 1 or found.after:
        named = [f"{one.nickname or next(iter(one.names), '')} {one.openid}" for one in found.rows]
        said = visit.say(SEVERAL, users=visit.listed(map(str.strip, named[:MOST_SAID])))
        raise SeveralUsersError(said, field=field, name=name, found=found)
    return found.rows[0]


def _check(visit: Visit, name: str, field: str) -> None:
    """Raises InvalidRequestError for what can be no name."""
    if len(name) > LONGEST_EXTERNAL_ID or not name.isprintable():
        raise InvalidRequestError(visit.say(NO_PERSON), field=field)


def which_of_several(visit: Visit, error: RequestError) -> Html:
    """If several users are called so, each of them with a link that narrows the list by the openid instead."""
    if not isinstance(error, SeveralUsersError):
        return Html()
    query, offered = visit.request.query.items(), error.users[:MOST_OFFERED]
    others = {key: text for key, text in query if key not in _LEFT_OUT}
    urls = [f"?{urlencode({**others, error.field: one.openid})}" for one in offered]
    this = visit.say(THIS_ONE)
    rows = [(one, link(url, this)) for one, url in zip(offered, urls, strict=True)]
    more = error.more or len(error.users) > MOST_OFFERED
    return section(visit, WHICH, users_to_choose(visit, error.name, rows, more=more), id="which")


async def _called(visit: Visit, name: str, appid: str | None) -> Rows[UserResult]:
    """Those of exactly this name, or if there is none, those with it in their names."""
    found = await users_called(visit, name, appid)
    exact = [one for one in found.rows if name in (one.openid, one.nickname, *one.names)]
    # An openid is that of one user.
    is_one = any(one.openid == name for one in exact)
    return Rows(rows=exact or found.rows, after="" if is_one else found.after)
