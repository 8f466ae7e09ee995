"""Finds the one user by whom a list is narrowed, from what people call the user."""

from typing import Final

from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.kit.query import LARGEST_PAGE
from wechat_scheduler.web.native.sending.subscriber_bodies import SubscriberResult, UserResult

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
    found = await visit.api.page("/v1/subscribers", UserResult, called=name, limit=LARGEST_PAGE)
    exact = [one for one in found.rows if name in (one.openid, one.nickname, *one.names)]
    users = exact or found.rows
    if not users:
        raise InvalidRequestError(visit.say(NO_PERSON), field=field)
    if len(users) > 1:
        named = [f"{one.nickname or next(iter(one.names), '')} {one.openid}" for one in users]
        said = visit.say(SEVERAL, users=visit.listed(map(str.strip, named[:MOST_SAID])))
        raise InvalidRequestError(said, field=field)
    return users[0].uid
