"""The staff of an account's customer service. Sources: "客服管理", "客服输入状态"."""

import re
from itertools import count

from wechat_scheduler.sandbox.calls import ApiCall, Endpoint, Reply
from wechat_scheduler.sandbox.endpoints.callers import official_account
from wechat_scheduler.sandbox.endpoints.recipients import recipient
from wechat_scheduler.sandbox.errcodes import RefusedError
from wechat_scheduler.sandbox.world import World

MOST_STAFF = 100
LONGEST_NAME = 16
FIRST_ID = 1001
OK: Reply = {"errcode": 0, "errmsg": "ok"}
_ACCOUNT = re.compile(r"[A-Za-z0-9_]{1,30}@[\w-]{1,40}", re.ASCII)


def add_staff(world: World, call: ApiCall) -> Reply:
    """Raises RefusedError 65403 (name), 65404 (account), 65405 (too many), 65406 (exists)."""
    staff = _staff(world, call)
    account, name = call.fields.get("kf_account"), _name(call)
    if not isinstance(account, str) or not _ACCOUNT.fullmatch(account):
        raise RefusedError(65404)
    if account in staff:
        raise RefusedError(65406)
    if len(staff) >= MOST_STAFF:
        raise RefusedError(65405)
    staff[account] = name
    return OK


def rename_staff(world: World, call: ApiCall) -> Reply:
    staff = _staff(world, call)
    staff[_known(staff, call.fields.get("kf_account"))] = _name(call)
    return OK


def remove_staff(world: World, call: ApiCall) -> Reply:
    staff = _staff(world, call)
    del staff[_known(staff, call.query.get("kf_account"))]
    return OK


def list_staff(world: World, call: ApiCall) -> Reply:
    listed = [
        {"kf_account": account, "kf_nick": name, "kf_id": str(number), "kf_headimgurl": ""}
        for number, (account, name) in zip(count(FIRST_ID), _staff(world, call).items())
    ]
    return {"kf_list": listed}


def show_typing(world: World, call: ApiCall) -> Reply:
    """Raises RefusedError 40003, 40008."""
    recipient(world, call)
    if call.fields.get("command") not in ("Typing", "CancelTyping"):
        raise RefusedError(40008)
    return OK


def _staff(world: World, call: ApiCall) -> dict[str, str]:
    return world.staff.setdefault(official_account(world, call), {})


def _known(staff: dict[str, str], account: object) -> str:
    if not isinstance(account, str) or account not in staff:
        raise RefusedError(65401)
    return account


def _name(call: ApiCall) -> str:
    name = call.fields.get("nickname")
    if not isinstance(name, str) or not 1 <= len(name) <= LONGEST_NAME:
        raise RefusedError(65403)
    return name


ENDPOINTS = (
    Endpoint("POST", "/customservice/kfaccount/add", add_staff),
    Endpoint("POST", "/customservice/kfaccount/update", rename_staff),
    Endpoint("GET", "/customservice/kfaccount/del", remove_staff),
    Endpoint("GET", "/cgi-bin/customservice/getkflist", list_staff),
    Endpoint("POST", "/cgi-bin/message/custom/typing", show_typing),
)
