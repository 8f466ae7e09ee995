"""The fields that the calls that send have in common."""

from typing import Any

from wechat_scheduler.sandbox.calls import ApiCall
from wechat_scheduler.sandbox.endpoints.callers import ACCOUNT_TOKENS, bearer
from wechat_scheduler.sandbox.errcodes import ERRMSGS, RefusedError
from wechat_scheduler.sandbox.people import Person
from wechat_scheduler.sandbox.world import World

LONGEST_URL = 2048


def recipient(world: World, call: ApiCall) -> Person:
    """The user in `touser`. Raises what `bearer` raises, and RefusedError 40003."""
    appid = bearer(world, call, *ACCOUNT_TOKENS).owner.appid
    return world.people.require(appid, call.fields.get("touser"))


def template(world: World, call: ApiCall) -> str:
    """The template's id. Raises RefusedError 40037 if there is no such template."""
    template_id = call.fields.get("template_id")
    if not isinstance(template_id, str) or not world.templates.exists(template_id):
        raise RefusedError(40037)
    return template_id


def keywords(call: ApiCall) -> dict[str, str]:
    """The values of `data` by name. Raises RefusedError 47003, which names the wrong field."""
    data = call.fields.get("data")
    if not isinstance(data, dict) or not data:
        raise wrong_argument("data")
    return {name: _value(name, entry) for name, entry in data.items()}


def link(call: ApiCall, name: str) -> str:
    """An optional URL. Raises RefusedError 40039, 47003."""
    url = call.fields.get(name) or ""
    if not isinstance(url, str):
        raise wrong_argument(name)
    if len(url) > LONGEST_URL:
        raise RefusedError(40039)
    return url


def miniprogram(call: ApiCall) -> str:
    """An optional mini-program as `appid/pagepath`. Raises RefusedError 47003."""
    target = call.fields.get("miniprogram")
    if not target:
        return ""
    if not isinstance(target, dict) or not isinstance(target.get("appid"), str):
        raise wrong_argument("miniprogram.appid")
    return f"{target['appid']}/{target.get('pagepath', '')}"


def wrong_argument(name: str) -> RefusedError:
    return RefusedError(47003, f"{ERRMSGS[47003]}! {name} invalid")


def _value(name: str, entry: Any) -> str:
    value = entry.get("value") if isinstance(entry, dict) else None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise wrong_argument(f"data.{name}.value")
    return str(value)
