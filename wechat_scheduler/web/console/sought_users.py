"""Finds the one user by whom a list is narrowed, from what people call the user."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlencode

from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.web.console.links import link
from wechat_scheduler.web.console.meant_users import (
    MOST_OFFERED,
    THIS_ONE,
    WHICH,
    users_to_choose,
)
from wechat_scheduler.web.console.parts import section
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.kit.query import LARGEST_PAGE
from wechat_scheduler.web.native.sending.subscriber_bodies import SubscriberResult, UserResult
from wechat_scheduler.web.pages.markup import Html

W = Words

CALLED = W("Nickname, the app's own name, openid or uid", "昵称、应用自己的用户名、openid 或 uid")
NO_PERSON = W("no user is known by this name", "没有叫这个名字的用户")
SEVERAL = W(
    "several users are called so; write the openid of one of them: {users}",
    "符合的不止一位，请写其中一位的 openid：{users}",
)
UID: Final = "UID_"
# Users whom a refusal names.
MOST_SAID: Final = 5


async def sought_uid(visit: Visit, name: str, app: str, *, field: str) -> str:
    """Raises InvalidRequestError at the field if there is no such user, or several."""
    if name.startswith(UID):
        return name
    if app:
        path = "/v1/apps/{app}/subscribers"
        if of_app := (await visit.api.page(path, SubscriberResult, app=app, name=name)).rows:
            return of_app[0].uid
    users = await _called(visit, name)
    if not users:
        raise InvalidRequestError(visit.say(NO_PERSON), field=field)
    if len(users) > 1:
        named = [f"{one.nickname or next(iter(one.names), '')} {one.openid}" for one in users]
        said = visit.say(SEVERAL, users=visit.listed(map(str.strip, named[:MOST_SAID])))
        raise InvalidRequestError(said, field=field)
    return users[0].uid


async def which_of_several(visit: Visit, name: str, *, field: str) -> Html:
    """The users of the name in a filter of the page, each with a link that filters by the openid instead; nothing if
    there are not several."""
    users = await _called(visit, name) if name else ()
    if len(users) <= 1:
        return Html()
    others = {key: text for key, text in visit.request.query.items() if text and key != "after"}
    rows = [
        (one, link(f"?{urlencode({**others, field: one.openid})}", visit.say(THIS_ONE)))
        for one in users[:MOST_OFFERED]
    ]
    body = users_to_choose(visit, name, rows, more=len(users) > MOST_OFFERED)
    return section(visit, WHICH, body, id="which")


async def _called(visit: Visit, name: str) -> Sequence[UserResult]:
    """Those of exactly this name, or if there is none, those with it in their names."""
    found = await visit.api.page("/v1/subscribers", UserResult, called=name, limit=LARGEST_PAGE)
    exact = [one for one in found.rows if name in (one.openid, one.nickname, *one.names)]
    return exact or found.rows
