"""The followers of an account. Sources: "获取用户基本信息", "获取用户列表"."""

from datetime import datetime
from typing import Any

from wechat_scheduler.sandbox.calls import ApiCall, Endpoint, Reply
from wechat_scheduler.sandbox.endpoints.callers import ACCOUNT_TOKENS, bearer
from wechat_scheduler.sandbox.errcodes import RefusedError
from wechat_scheduler.sandbox.limits import Limit
from wechat_scheduler.sandbox.people import Person
from wechat_scheduler.sandbox.world import World

MOST_IN_A_BATCH = 100
MOST_IN_A_LIST = 10_000


def get_user(world: World, call: ApiCall) -> Reply:
    """Returns only the openid of a user who does not follow. Raises RefusedError 41009, 40003."""
    appid = _account(world, call)
    return _describe(world, appid, call.text("openid", missing=41009), call.fields.get("lang"))


def get_users(world: World, call: ApiCall) -> Reply:
    """Up to a hundred users. Raises RefusedError 40003, 40032, 47001."""
    appid = _account(world, call)
    asked = call.fields.get("user_list")
    if not isinstance(asked, list) or not all(isinstance(it, dict) for it in asked):
        raise RefusedError(47001)
    if not 1 <= len(asked) <= MOST_IN_A_BATCH:
        raise RefusedError(40032)
    found = [_describe(world, appid, it.get("openid"), it.get("lang")) for it in asked]
    return {"user_info_list": found}


def list_followers(world: World, call: ApiCall) -> Reply:
    """Up to ten thousand followers after `next_openid`, in the order in which they followed.

    Raises RefusedError 40003 if `next_openid` is not a follower's.
    """
    appid = _account(world, call)
    followers = [it.openid for it in world.people.of(appid) if it.followed_at is not None]
    page = _after(followers, call.query.get("next_openid", ""))
    reply: Reply = {"total": len(followers), "count": len(page), "next_openid": ""}
    if page:
        reply |= {"data": {"openid": page}, "next_openid": page[-1]}
    return reply


def _account(world: World, call: ApiCall) -> str:
    return bearer(world, call, *ACCOUNT_TOKENS).owner.appid


def _after(followers: list[str], last: str) -> list[str]:
    if last and last not in followers:
        raise RefusedError(40003)
    start = followers.index(last) + 1 if last else 0
    return followers[start : start + MOST_IN_A_LIST]


def _describe(world: World, appid: str, openid: Any, lang: Any) -> Reply:
    """An unknown openid is treated as a user of OAuth2 who does not follow."""
    if not isinstance(openid, str) or not openid.startswith("o"):
        raise RefusedError(40003)
    person = world.people.find(appid, openid)
    if person is None or person.followed_at is None:
        return {"subscribe": 0, "openid": openid}
    head = {"subscribe": 1, "openid": openid, "language": lang or "zh_CN"}
    return head | _following(person, person.followed_at)


def _following(person: Person, since: datetime) -> Reply:
    number = person.scene.isdecimal()
    return {
        "subscribe_time": int(since.timestamp()),
        "remark": person.remark,
        "groupid": 0,
        "tagid_list": list(person.tags),
        "subscribe_scene": person.source,
        "qr_scene": int(person.scene) if number else 0,
        "qr_scene_str": "" if number else person.scene,
    }


ENDPOINTS = (
    Endpoint("GET", "/cgi-bin/user/info", get_user, Limit(day=5_000_000)),
    Endpoint("POST", "/cgi-bin/user/info/batchget", get_users),
    Endpoint("GET", "/cgi-bin/user/get", list_followers, Limit(day=500)),
)
