"""The form that makes a consumer or changes its settings."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.access.tabs import lines
from wechat_scheduler.web.console.fields import (
    check_field,
    whole_number,
)
from wechat_scheduler.web.console.form_fields import FormFields
from wechat_scheduler.web.console.parts import joined
from wechat_scheduler.web.console.typed_fields import TypedFields
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.consumer_bodies import (
    MOST_CALLS,
    ConsumerResult,
    read_consumer,
    read_settings,
)
from wechat_scheduler.web.pages.markup import Html, when

W = Words

LISTS: Final = ("appids", "networks")
RULES: Final = ("allow_paths", "deny_paths")
NUMBERS: Final = ("per_minute", "per_day")
ALLOWED: Final = range(MOST_CALLS + 1)
_MOST: Final = f"{MOST_CALLS:,}"

NAME_HINT = W(
    "Lower-case letters, digits and -, such as shop-1.", "小写字母、数字和 -，例如 shop-1。"
)
WORDS: Final = {
    "appids": W("Accounts that it may use", "可以使用的账号"),
    "networks": W("Only from these networks", "只限这些网段"),
    "allow_paths": W("Only these paths of WeChat's API", "只限微信 API 的这些路径"),
    "deny_paths": W("Not these paths", "不含这些路径"),
    "per_minute": W("Calls in a minute", "每分钟调用次数"),
    "per_day": W("Calls in a day", "每天调用次数"),
}
HINTS: Final = {
    "appids": W("Appids, one a line; a platform's includes its authorizers.", "每行一个 appid；平台的包括它的授权方。"),
    "networks": terms.NETWORKS_HINT,
    "allow_paths": W("One a line, such as /cgi-bin/menu/*. Empty: all.", "每行一个，例如 /cgi-bin/menu/*。留空表示全部。"),
    "deny_paths": W("One a line.", "每行一个。"),
    **dict.fromkeys(NUMBERS, W("1 to {most} calls; 0: no limit.", "1 到 {most} 次；0 表示不限。").filled(most=_MOST)),
}  # fmt: skip
STAND_IN = W("Give it stand-in tokens", "发给它替身 token")
STAND_IN_HINT = W(
    "They end with the consumer, and limits to paths and numbers need them.",
    "使用方被吊销时它们立即失效；限制路径和次数需要它们。",
)
STAND_IN_NEEDED = W(
    "Limits to paths and to numbers of calls need stand-in tokens: tick this, or leave the paths empty and the numbers 0.",
    "限制路径和调用次数需要替身 token：请勾选它，或清空路径，并把次数写成 0。",
)
NO_NUMBER = W(
    "must be 1 to {most} calls, or 0 for no limit", "必须是 1 到 {most} 次，0 表示不限"
).filled(most=_MOST)


def consumer_fields(
    visit: Visit, draft: Mapping[str, str], fields: FormFields, *, is_new: bool
) -> Html:
    areas = [
        fields.area(name, WORDS[name], hint=HINTS[name], rows=2, required=name == "appids")
        for name in (*LISTS, *RULES)
    ]
    numbers = [
        fields.text(name, WORDS[name], default="0", hint=HINTS[name], **whole_number(ALLOWED))
        for name in NUMBERS
    ]
    named = fields.text(
        "name", terms.NAME, hint=NAME_HINT, required=True, maxlength=32, autocomplete="off"
    )
    stands = check_field(
        visit,
        "stand_in",
        STAND_IN,
        checked=bool(draft.get("stand_in")) or not draft,
        hint=STAND_IN_HINT,
        error=visit.say(STAND_IN_NEEDED) if fields.error("stand_in") else "",
    )
    return joined([when(is_new, named), *areas[:2], stands, *areas[2:], *numbers])


def read_consumer_form(visit: Visit, *, is_new: bool) -> dict[str, Any]:
    """The body of `POST /v1/consumers`, or of a change. Raises InvalidRequestError."""
    given, typed = visit.form, TypedFields(visit)
    body: dict[str, Any] = {
        **{name: lines(given.get(name, "")) for name in LISTS},
        # A rule may begin with a method and a space.
        **{name: _rules(given.get(name, "")) for name in RULES},
        **{name: typed.number(name, NO_NUMBER, empty=0, within=ALLOWED) for name in NUMBERS},
        "stand_in": "stand_in" in given,
    }
    if is_new:  # a name cannot be changed
        body["name"] = given.get("name", "").strip()
    whole = msgspec.json.encode(body)
    typed.check(lambda: read_consumer(whole, now=visit.now) if is_new else read_settings(whole))
    return body


def draft_of(consumer: ConsumerResult) -> dict[str, str]:
    """What the form shows of a consumer as it is."""
    lists = {name: "\n".join(getattr(consumer, name)) for name in (*LISTS, *RULES)}
    numbers = {name: str(getattr(consumer, name)) for name in NUMBERS}
    return {**lists, **numbers, "stand_in": "on" if consumer.stand_in else ""}


def _rules(text: str) -> list[str]:
    return [one.strip() for one in text.splitlines() if one.strip()]
