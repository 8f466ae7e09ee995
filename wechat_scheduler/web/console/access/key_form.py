"""The form that makes an API key."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec

from wechat_scheduler.access.model import Scope
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.access.tabs import lines
from wechat_scheduler.web.console.fields import (
    whole_number,
)
from wechat_scheduler.web.console.form_fields import FormFields
from wechat_scheduler.web.console.known_accounts import kept_here
from wechat_scheduler.web.console.parts import joined
from wechat_scheduler.web.console.typed_fields import TypedFields
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.keys import LONGEST_LIFE, KeyResult, read_key_draft
from wechat_scheduler.web.pages.markup import Html, when

W = Words

LISTS: Final = ("appids", "networks")
# The field of the boxes for accounts that are kept here.
TICKED: Final = "accounts"
MOST_BOXES: Final = 20
_DAY: Final = 86_400

NAME_HINT = W("The system or person that uses it.", "使用它的系统或人。")
SCOPES = W("What it may do", "可以做什么")
SCOPE_WORDS: Final = {
    Scope.VIEW: W(
        "view: look at all but keys, consumers and the audit, fetch no credential; not together with read or admin",
        "view：查看（key、使用方和审计除外），不能获取凭据；不能与 read、admin 同时勾选",
    ),
    Scope.READ: W("read: fetch credentials, see their state", "read：获取凭据、查看它们的状态"),
    Scope.REGISTER: W(
        "register: register and remove credentials, set up pushes",
        "register：登记、移除凭据，设置推送",
    ),
    Scope.PUSH: W("push: send messages, keep reminders", "push：发送消息、管理提醒"),
    Scope.ADMIN: W("admin: everything, keys too", "admin：一切，包括 key"),
}
APPIDS = W("Only these accounts", "只限这些账号")
OTHERS = W("Other accounts", "其他账号")
APPIDS_HINT = W(
    "Appids, one a line. The key reaches all accounts if none is ticked or written.",
    "每行一个 appid。既不勾选也不填写，表示全部账号。",
)
ALL_HINT = W("Appids, one a line. Empty: all.", "每行一个 appid。留空表示全部。")
TYPES = W("Only these types of credentials", "只限这些凭据类型")
TYPES_HINT = W("The key reaches all types if none is ticked.", "都不勾选表示全部类型。")
NETWORKS = W("Only from these networks", "只限这些网段")
DAYS = W("Ends after days", "有效天数")
ALLOWED: Final = range(1, LONGEST_LIFE // _DAY + 1)
DAYS_HINT = W("1 to {most} days. Empty: never.", "1 到 {most} 天。留空表示永不过期。").filled(
    most=ALLOWED[-1]
)
NO_DAYS = W("must be 1 to {most} days", "必须是 1 到 {most} 天").filled(most=ALLOWED[-1])


async def key_fields(visit: Visit, fields: FormFields, like: KeyResult | None = None) -> Html:
    """Filled in as that key is, unless the form was posted."""
    limited = list(like.appids) if like else []
    has_boxes = len(limited) <= MOST_BOXES
    kept = await _kept(visit, fields, limited if has_boxes else ())
    typed = () if has_boxes else limited
    scopes = [(scope.value, words) for scope, words in SCOPE_WORDS.items()]
    types = [(kind, kind) for kind in visit.kinds.kinds()]
    label, hint = (OTHERS, APPIDS_HINT) if kept else (APPIDS, ALL_HINT)
    return joined(
        [
            fields.text(
                "name",
                terms.NAME,
                default=like.name if like else "",
                hint=NAME_HINT,
                required=True,
                maxlength=100,
                autocomplete="off",
            ),
            fields.boxes("scopes", SCOPES, scopes, before=like.scopes if like else ()),
            kept,
            fields.area("appids", label, default=_lines(typed), hint=hint, rows=2),
            fields.boxes("types", TYPES, types, before=like.types if like else (), hint=TYPES_HINT),
            fields.area(
                "networks",
                NETWORKS,
                default=_lines(like.networks if like else ()),
                hint=terms.NETWORKS_HINT,
                rows=2,
            ),
            fields.text("expires_in", DAYS, hint=DAYS_HINT, **whole_number(ALLOWED)),
        ]
    )


def _lines(texts: Iterable[str]) -> str:
    return "\n".join(texts)


def read_key(visit: Visit) -> dict[str, Any]:
    """The body of `POST /v1/keys`. Raises InvalidRequestError."""
    typed = TypedFields(visit)
    days = typed.number("expires_in", NO_DAYS, within=ALLOWED)
    # Errors name those that were typed by their number.
    appids = [*lines(visit.form.get("appids", "")), *visit.form_list(TICKED)]
    body = {
        "name": visit.form.get("name", ""),
        "scopes": visit.form_list("scopes"),
        "appids": list(dict.fromkeys(appids)),
        "networks": lines(visit.form.get("networks", "")),
        "types": visit.form_list("types"),
        "expires_in": None if days is None else days * _DAY,
    }
    typed.check(lambda: read_key_draft(msgspec.json.encode(body), visit.kinds))
    return body


async def _kept(visit: Visit, fields: FormFields, limited: Sequence[str]) -> Html:
    """The accounts that are kept here, to be ticked; of more than a few, appids are typed. What was ticked stays, and what
    the key is `limited` to that this one is to be like: it would reach more without it."""
    kept = {one.appid: one.name for one in await kept_here(visit)}
    ticked = visit.form_list(TICKED) or limited
    appids = dict.fromkeys([*(kept if len(kept) <= MOST_BOXES else ()), *ticked])
    options = [(appid, f"{kept.get(appid, '')} {appid}".strip()) for appid in appids]
    return when(options, fields.boxes(TICKED, APPIDS, options, before=limited, listed=True))
