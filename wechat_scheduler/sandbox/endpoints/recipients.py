"""The fields that the calls that send have in common."""

import re
from dataclasses import replace
from typing import Any

from wechat_scheduler.sandbox.calls import ApiCall
from wechat_scheduler.sandbox.endpoints.callers import ACCOUNT_TOKENS, bearer
from wechat_scheduler.sandbox.errcodes import ERRMSGS, RefusedError
from wechat_scheduler.sandbox.keyword_rules import is_refused, type_of
from wechat_scheduler.sandbox.people import Person
from wechat_scheduler.sandbox.templates import SandboxTemplate
from wechat_scheduler.sandbox.world import World

LONGEST_URL = 2048
PAGE = re.compile(r"(?!/|\w+:)\S{0,1024}")


def recipient(world: World, call: ApiCall, *, mini_program: bool | None = None) -> Person:
    """The user in `touser`. Raises what `bearer` raises, and RefusedError 40003; 48001 if the call is
    only for accounts that are a mini-program, or are none."""
    appid = bearer(world, call, *ACCOUNT_TOKENS).owner.appid
    if mini_program is not None and mini_program is not (appid in world.mini_programs):
        raise RefusedError(48001)
    return world.people.require(appid, call.fields.get("touser"))


def template(world: World, call: ApiCall, *, notice: bool) -> SandboxTemplate:
    """The template. Raises RefusedError 40037 if there is none, or only one that is sent otherwise."""
    found = world.templates.find(call.fields.get("template_id"))
    if found is None or (found.is_notice is not None and found.is_notice is not notice):
        raise RefusedError(40037)
    return found if notice == found.is_notice else replace(found, is_notice=notice)


def keywords(call: ApiCall, template: SandboxTemplate) -> dict[str, str]:
    """The values of `data` by name, of those that the template has. Raises RefusedError 47003, which
    names the wrong field."""
    data = call.fields.get("data")
    if not isinstance(data, dict) or not data:
        raise wrong_argument("data")
    given = {name: _value(name, entry) for name, entry in data.items()}
    names = template.keywords or tuple(given)
    for name in names:
        text, allowed = given.get(name, ""), template.values.get(name, ())
        if not text and (template.is_notice or type_of(name)):
            raise wrong_argument(f"data.{name}.value", "is empty")
        if is_refused(name, text) or (allowed and text not in allowed):
            raise wrong_argument(f"data.{name}.value")
    return {name: given[name] for name in names if name in given}


def link(call: ApiCall, name: str) -> str:
    """An optional URL. Raises RefusedError 40039, 47003."""
    url = call.fields.get(name) or ""
    if not isinstance(url, str):
        raise wrong_argument(name)
    if len(url) > LONGEST_URL:
        raise RefusedError(40039)
    return url


def miniprogram(world: World, call: ApiCall) -> str:
    """An optional mini-program as `appid/pagepath`. Raises RefusedError 47003, 40013, 40165."""
    target = call.fields.get("miniprogram")
    if not target:
        return ""
    if not isinstance(target, dict) or not isinstance(target.get("appid"), str):
        raise wrong_argument("miniprogram.appid")
    if not world.exists(target["appid"]):
        raise RefusedError(40013)
    pagepath = target.get("pagepath") or ""
    if not is_page(pagepath):
        raise RefusedError(40165)
    return f"{target['appid']}/{pagepath}"


def is_page(path: object) -> bool:
    """Whether it is the path of a mini-program's page, not an address."""
    return isinstance(path, str) and PAGE.fullmatch(path) is not None


def wrong_argument(name: str, what: str = "invalid") -> RefusedError:
    return RefusedError(47003, f"{ERRMSGS[47003]}! {name} {what}")


def _value(name: str, entry: Any) -> str:
    value = entry.get("value") if isinstance(entry, dict) else None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise wrong_argument(f"data.{name}.value")
    return str(value)
