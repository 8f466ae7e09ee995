"""What each of WeChat's error codes calls for: one table, and the only place that knows them.

Sources: the error tables on the official page of each endpoint, and 全局返回码 (the global list)
where a page leaves out what the endpoint really answers.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import product
from typing import TypeAlias

from wechat_scheduler.credentials.model import AUTHORIZATION
from wechat_scheduler.errors import Reaction

# "system busy": WeChat did nothing, so the same call may be made again at once.
BUSY = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a refusal means: `advice` is for operators, `refused` names the input to blame.

    `retry_after` belongs to WAIT_UNTIL; there, None means the next midnight in Shanghai.
    """

    reaction: Reaction
    advice: str
    refused: str = ""
    retry_after: timedelta | None = None


def reaction_to(endpoint: str, errcode: int, errmsg: str) -> Reading:
    """Read WeChat's answer `errcode`, `errmsg` (as it came) from the path `endpoint`.

    A code that is not in the table is TRANSIENT.
    """
    codes = (errcode, errcode // 1000 * 1000)
    rows = (part.get(code) for code, part in product(codes, _parts(endpoint)))
    row = next(filter(None, rows), None)
    if row is None:
        return _transient(f"WeChat's code {errcode} is not in the table here: see 全局返回码")
    return replace(row, advice=row.advice.replace("{ip}", _address(errmsg)))


def _parts(endpoint: str) -> tuple["_Part", ...]:
    """The parts of the table that hold for an endpoint, the most particular first."""
    return next(parts for prefix, parts in _TABLE if endpoint.startswith(prefix))


def _address(errmsg: str) -> str:
    """The caller's address as WeChat saw it: `invalid ip 1.2.3.4 ipv6 ::ffff:1.2.3.4, not in …`."""
    found = _IPV4.search(errmsg) or _IPV6.search(errmsg)
    return found[0] if found else "of this machine"


def _transient(advice: str) -> Reading:
    return Reading(reaction=Reaction.TRANSIENT, advice=advice)


def _parent(name: str) -> Reading:
    advice = (
        f"nothing to do, the {name} is fetched anew; "
        "if this keeps coming back, another program fetches it too and kills ours"
    )
    return Reading(reaction=Reaction.PARENT_INVALID, advice=advice, refused=name)


def _needs(name: str, advice: str) -> Reading:
    return Reading(reaction=Reaction.NEEDS_INPUT, advice=advice, refused=name)


def _wait(retry_after: timedelta | None, advice: str) -> Reading:
    return Reading(reaction=Reaction.WAIT_UNTIL, advice=advice, retry_after=retry_after)


def _operator(advice: str) -> Reading:
    return Reading(reaction=Reaction.OPERATOR, advice=advice)


_IPV4 = re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b")
_IPV6 = re.compile(r"(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{1,4}", re.IGNORECASE)


_Part: TypeAlias = Mapping[int, Reading]

# Ten minutes between probes stay under the 200 calls a day of a test account.
_CONFIRM = _wait(
    timedelta(minutes=10),
    "the account's administrator must confirm this machine's IP in the message that WeChat sent them",
)
_BUG = _operator("WeChat did not understand the call: please report this with its rid")
_WRONG_SECRET = _operator(
    "register the account again with its AppSecret, since this one is wrong or another account's "
    "(公众平台 → 设置与开发 → 基本配置)"
)
_WRONG_PLATFORM_SECRET = _operator(
    "register the platform again with its AppSecret, since this one is wrong or another platform's "
    "(开放平台 → 管理中心 → 第三方平台 → 开发资料)"
)
_NEW_TICKET = _needs(
    "component_verify_ticket",
    "WeChat pushes a new ticket every ten minutes: check that the platform's 授权事件接收URL leads "
    "here, or restart the push with api_start_push_ticket",
)
_NEW_AUTHORISATION = _needs(
    "authorizer_refresh_token",
    "the account must authorise the platform again: open the platform's authorisation page as its "
    "administrator, or register the task again with its new authorizer_refresh_token",
)
_NO_AUTHORISATION = _needs(
    AUTHORIZATION,
    "the account has not authorised the platform, or took that back: open the platform's "
    "authorisation page as its administrator",
)
_NEW_AUTHORISATION_CODE = _needs(
    "authorization_code", "the code is used up or too old: the account must authorise again"
)
_NEW_CONSENT = _needs(
    "refresh_token", "the user must authorise again: send them through the OAuth2 page"
)
_NEW_CODE = _needs("code", "the code is used up or too old: send the user through the OAuth2 page")

# A code that ends in 000 stands for its whole thousand.
_ANY = {
    BUSY: _transient("WeChat is busy: nothing to do, it is tried again"),
    40002: _BUG,
    40013: _operator("register the account again with its appid: WeChat knows none like this"),
    40029: _NEW_CODE,
    40091: _NEW_TICKET,
    40125: _WRONG_SECRET,
    40163: _NEW_CODE,
    40164: _operator(
        "add the IP {ip} to the account's IP whitelist (公众平台 → 设置与开发 → 基本配置 → IP白名单)"
    ),
    40170: _BUG,
    40243: _operator(
        "the AppSecret is frozen: the account's administrator must unfreeze it "
        "(公众平台 → 设置与开发 → 基本配置)"
    ),
    41000: _BUG,
    42003: _NEW_CODE,
    43001: _BUG,
    43002: _BUG,
    43003: _operator("WeChat wants HTTPS: correct the address of WeChat's API"),
    45009: _wait(
        None,
        "today's calls are used up: they count anew from midnight in Shanghai, sooner with "
        "clear_quota/v2, ten times a month (公众平台 → 设置与开发 → 接口权限)",
    ),
    45011: _transient("too many calls this minute: nothing to do, it is tried again"),
    47001: _BUG,
    48001: _operator(
        "the account may not use this API: have it verified, or ask for the permission "
        "(公众平台 → 设置与开发 → 接口权限)"
    ),
    48004: _operator("WeChat has banned the account from this API: see 公众平台 → 通知中心"),
    50001: _operator("WeChat has not granted the account this API: see 公众平台 → 接口权限"),
    50002: _operator("WeChat has restricted the account: see 公众平台 → 通知中心"),
    50004: _operator(
        "WeChat has forbidden the account to fetch tokens, as a punishment: see 公众平台 → 通知中心"
    ),
    50007: _operator("WeChat has frozen the account: see 公众平台 → 通知中心"),
    61003: _NO_AUTHORISATION,
    61004: _operator(
        "add the IP {ip} to the platform's IP whitelist "
        "(开放平台 → 管理中心 → 第三方平台 → 开发资料 → 白名单IP地址列表)"
    ),
    61005: _NEW_TICKET,
    61006: _NEW_TICKET,
    61007: _operator(
        "the account has not granted the platform this API: have it authorise again with the permission"
    ),
    61009: _NEW_AUTHORISATION_CODE,
    61010: _NEW_AUTHORISATION_CODE,
    61011: _operator("register the platform again with its appid: WeChat knows none like this"),
    61023: _NEW_AUTHORISATION,
    61024: _operator(
        "this appid is a third-party platform's: register it for its component_access_token"
    ),
    61028: _operator("WeChat refuses the platform this API: see 开放平台 → 第三方平台 → 权限集"),
    61058: _NEW_TICKET,
    89501: _CONFIRM,
    89502: _CONFIRM,
    89503: _CONFIRM,
    89504: _CONFIRM,
    89505: _CONFIRM,
    89506: _wait(
        timedelta(hours=24),
        "the account's administrator refused this machine's IP again, so WeChat blocks it for 24 "
        "hours: have them confirm it after that, or add it to the IP whitelist",
    ),
    89507: _wait(
        timedelta(hours=1),
        "the account's administrator refused this machine's IP, so WeChat blocks it for an hour: "
        "have them confirm it after that, or add it to the IP whitelist",
    ),
}

# Calls that get a credential. For others, 43xxx are also about users who refuse messages.
_ISSUING = {43000: _BUG}

# The other parts say with what a call is made, which decides what its 40001 blames.
_WITH_SECRET = {40001: _WRONG_SECRET}

_WITH_PLATFORM_SECRET = {
    40001: _WRONG_PLATFORM_SECRET,
    40094: _WRONG_PLATFORM_SECRET,
    40125: _WRONG_PLATFORM_SECRET,
}

_WITH_TOKEN = dict.fromkeys((40001, 40014, 42001), _parent("access_token"))

# 61014 is "must use component token for component api": the token is of another kind.
_WITH_COMPONENT_TOKEN = dict.fromkeys(
    (40001, 40014, 40094, 41021, 42001, 42006, 61014), _parent("component_access_token")
)

_WITH_REFRESH_TOKEN = dict.fromkeys((40029, 40030, 41003, 42002, 42007), _NEW_CONSENT)

_WITH_CODE = {41008: _NEW_CODE}

_TABLE: tuple[tuple[str, tuple[_Part, ...]], ...] = (
    ("/cgi-bin/token", (_WITH_SECRET, _ISSUING, _ANY)),
    ("/cgi-bin/stable_token", (_WITH_SECRET, _ISSUING, _ANY)),
    ("/cgi-bin/clear_quota/v2", (_WITH_SECRET, _ISSUING, _ANY)),
    ("/cgi-bin/ticket/", (_WITH_TOKEN, _ISSUING, _ANY)),
    ("/cgi-bin/component/api_component_token", (_WITH_PLATFORM_SECRET, _ISSUING, _ANY)),
    ("/cgi-bin/component/api_start_push_ticket", (_WITH_PLATFORM_SECRET, _ISSUING, _ANY)),
    ("/cgi-bin/component/clear_quota/v2", (_WITH_PLATFORM_SECRET, _ISSUING, _ANY)),
    ("/cgi-bin/component/", (_WITH_COMPONENT_TOKEN, _ISSUING, _ANY)),
    (
        "/sns/oauth2/component/refresh_token",
        (_WITH_REFRESH_TOKEN, _WITH_COMPONENT_TOKEN, _ISSUING, _ANY),
    ),
    ("/sns/oauth2/component/", (_WITH_CODE, _WITH_COMPONENT_TOKEN, _ISSUING, _ANY)),
    ("/sns/oauth2/refresh_token", (_WITH_REFRESH_TOKEN, _ISSUING, _ANY)),
    ("/sns/oauth2/", (_WITH_CODE, _WITH_SECRET, _ISSUING, _ANY)),
    ("", (_WITH_TOKEN, _ANY)),
)
