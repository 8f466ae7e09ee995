"""Tags and remarks of followers. Sources: "用户标签管理", "设置用户备注名"."""

from collections.abc import Callable
from typing import Any

from wechat_scheduler.sandbox.calls import ApiCall, Endpoint, Reply
from wechat_scheduler.sandbox.endpoints.callers import official_account
from wechat_scheduler.sandbox.errcodes import RefusedError
from wechat_scheduler.sandbox.people import Person
from wechat_scheduler.sandbox.tags import Tags
from wechat_scheduler.sandbox.world import World

MOST_IN_A_BATCH = 50
LONGEST_REMARK = 30
OK: Reply = {"errcode": 0, "errmsg": "ok"}


def create_tag(world: World, call: ApiCall) -> Reply:
    tags, given = _tags(world, call)[1], _given(call)
    number = tags.create(given.get("name"))
    return {"tag": {"id": number, "name": tags.names[number]}}


def list_tags(world: World, call: ApiCall) -> Reply:
    appid, tags = _tags(world, call)
    counts = [
        (number, name, len(_tagged(world, appid, number))) for number, name in tags.names.items()
    ]
    return {"tags": [{"id": it[0], "name": it[1], "count": it[2]} for it in counts]}


def rename_tag(world: World, call: ApiCall) -> Reply:
    tags, given = _tags(world, call)[1], _given(call)
    tags.rename(given.get("id"), given.get("name"))
    return OK


def delete_tag(world: World, call: ApiCall) -> Reply:
    appid, tags = _tags(world, call)
    tags.remove(_given(call).get("id"), list(world.people.of(appid)))
    return OK


def tag_people(world: World, call: ApiCall) -> Reply:
    """Up to fifty followers. Raises RefusedError 40032, 45059, 45159, 49003."""
    return _each(world, call, Tags.put_on)


def untag_people(world: World, call: ApiCall) -> Reply:
    return _each(world, call, lambda _, person, number: person.tags.pop(number, None))


def list_tags_of_person(world: World, call: ApiCall) -> Reply:
    appid, _ = _tags(world, call)
    return {"tagid_list": list(world.people.require(appid, call.fields.get("openid")).tags)}


def list_tagged(world: World, call: ApiCall) -> Reply:
    appid, tags = _tags(world, call)
    openids = [
        person.openid for person in _tagged(world, appid, tags.require(call.fields.get("tagid")))
    ]
    reply: Reply = {"count": len(openids), "next_openid": openids[-1] if openids else ""}
    return reply | ({"data": {"openid": openids}} if openids else {})


def remark(world: World, call: ApiCall) -> Reply:
    """Raises RefusedError 40003, 47003 (over 30 characters)."""
    appid = official_account(world, call)
    text = call.fields.get("remark", "")
    if not isinstance(text, str) or len(text) > LONGEST_REMARK:
        raise RefusedError(47003)
    world.people.require(appid, call.fields.get("openid")).remark = text
    return OK


def _tags(world: World, call: ApiCall) -> tuple[str, Tags]:
    appid = official_account(world, call)
    return appid, world.tags.setdefault(appid, Tags())


def _given(call: ApiCall) -> dict[str, Any]:
    given = call.fields.get("tag")
    if not isinstance(given, dict):
        raise RefusedError(47001)
    return given


def _tagged(world: World, appid: str, number: int) -> list[Person]:
    return [it for it in world.people.of(appid) if number in it.tags and it.followed_at is not None]


def _each(world: World, call: ApiCall, change: Callable[[Tags, Person, int], object]) -> Reply:
    appid, tags = _tags(world, call)
    number, openids = tags.require(call.fields.get("tagid")), call.fields.get("openid_list")
    if not isinstance(openids, list) or not 1 <= len(openids) <= MOST_IN_A_BATCH:
        raise RefusedError(40032)
    people = [world.people.find(appid, openid) for openid in openids]
    for person in people:
        if person is None:
            raise RefusedError(49003)
        change(tags, person, number)
    return OK


ENDPOINTS = (
    Endpoint("POST", "/cgi-bin/tags/create", create_tag),
    Endpoint("GET", "/cgi-bin/tags/get", list_tags),
    Endpoint("POST", "/cgi-bin/tags/update", rename_tag),
    Endpoint("POST", "/cgi-bin/tags/delete", delete_tag),
    Endpoint("POST", "/cgi-bin/tags/members/batchtagging", tag_people),
    Endpoint("POST", "/cgi-bin/tags/members/batchuntagging", untag_people),
    Endpoint("POST", "/cgi-bin/tags/getidlist", list_tags_of_person),
    Endpoint("POST", "/cgi-bin/user/tag/get", list_tagged),
    Endpoint("POST", "/cgi-bin/user/info/updateremark", remark),
)
