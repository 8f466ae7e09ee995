"""The table of WeChat's error codes: the reaction, verdict and advice for each, by endpoint.

What a code means to calls that send a message alone is in `sending_errcodes.py`, and what is about platforms in
`platform_errcodes.py`. Sources: the error tables on the official page of each endpoint, and 全局返回码 (the global
list) for the codes that these pages leave out though the endpoints answer them.
"""

from datetime import timedelta
from typing import Final

from wechat_scheduler.config import consoles
from wechat_scheduler.reasons import Reaction
from wechat_scheduler.wechat.errcode_lookup import (
    Errcodes,
    needs,
    no_texts,
    operator,
    parent,
    transient,
    wait,
)
from wechat_scheduler.wechat.platform_errcodes import (
    APPID_FIELD,
    PLATFORM,
    SECRET_FIELD,
    WITH_COMPONENT_TOKEN,
    WITH_PLATFORM_SECRET,
)
from wechat_scheduler.wechat.sending_errcodes import MESSAGE, SUBSCRIBE, TEXT

# "system busy": WeChat did nothing, so the same call may be made again at once.
BUSY = -1

# Ten minutes between probes stay under the 200 calls a day of a test account.
_CONFIRM = wait(
    timedelta(minutes=10),
    "the account's administrator must confirm this machine's IP in the message that WeChat sent them",
    "账号管理员须在微信发来的消息里确认这台机器的 IP",
    of_address=True,
)
_BUG = operator(
    "WeChat did not understand the call: please report this with its rid",
    "微信没有读懂这次调用：请带上 rid 报告这个问题",
)
_WRONG_SECRET = operator(
    "register the account again with its AppSecret, since this one is wrong or another account's "
    f"({consoles.SECRET})",
    f"用账号自己的 AppSecret 重新登记它：现在的这个不对，或是别的账号的（{consoles.SECRET}）",
    field=SECRET_FIELD,
)
_NEW_CONSENT = needs(
    "refresh_token",
    "the user must authorise again: send them through the OAuth2 page",
    "用户必须重新授权：请引导用户再走一遍 OAuth2 授权页",
)
_NEW_CODE = needs(
    "code",
    "the code is used up or too old: send the user through the OAuth2 page",
    "code 已用过或已过期：请引导用户再走一遍 OAuth2 授权页",
)

_ANY = {
    **PLATFORM,
    BUSY: transient("WeChat is busy, which passes by itself", "微信系统繁忙，稍后会自行恢复"),
    40002: _BUG,
    40013: operator(
        "register the account again with its appid: WeChat does not know it",
        "用账号的 appid 重新登记它：微信不认识现在的这个",
        field=APPID_FIELD,
    ),
    40029: _NEW_CODE,
    40125: _WRONG_SECRET,
    40163: _NEW_CODE,
    40164: operator(
        f"add the IP {{ip}} to the account's IP whitelist ({consoles.IP_WHITELIST})",
        f"把 IP {{ip}} 加入账号的 IP 白名单（{consoles.IP_WHITELIST}）",
        of_address=True,
    ),
    40170: _BUG,
    40243: operator(
        "the AppSecret is frozen: the account's administrator must unfreeze it, which takes up to ten "
        f"minutes to apply ({consoles.SECRET})",
        f"AppSecret 已被冻结：账号管理员须解冻它，最多十分钟后生效（{consoles.SECRET}）",
        field=SECRET_FIELD,
    ),
    41000: _BUG,
    42003: _NEW_CODE,
    43001: _BUG,
    43002: _BUG,
    43003: operator(
        "WeChat requires HTTPS: correct the address of WeChat's API",
        "微信要求使用 HTTPS：请改正微信接口的地址",
    ),
    45009: wait(
        None,  # until the next quota day, which begins at midnight in Shanghai
        "today's calls are used up: they count from zero after midnight in Shanghai, sooner with "
        f"clear_quota/v2, ten times a month ({consoles.PERMISSIONS})",
        "今天的调用次数已用完：北京时间零点后重新计数；也可用 clear_quota/v2 提前清零，每月十次"
        f"（{consoles.PERMISSIONS}）",
    ),
    45011: transient(
        "too many calls this minute: if this continues, find the program that makes them",
        "这一分钟里调用太多：如果持续，请找出发起调用的程序",
    ),
    47001: _BUG,
    48001: operator(
        "the account may not use this API: have it verified, or ask for the permission "
        f"({consoles.PERMISSIONS})",
        f"账号无权调用这个接口：请完成认证，或申请这项权限（{consoles.PERMISSIONS}）",
    ),
    48004: operator(
        f"WeChat has banned the account from this API: see {consoles.NOTIFICATIONS}",
        f"微信已封禁账号的这个接口：请查看 {consoles.NOTIFICATIONS}",
    ),
    48006: operator(
        "this month's clearings are used up: the calls count from zero after midnight in Shanghai, and "
        "clearing works again next month",
        "本月的清零次数已用完：调用次数在北京时间零点后重新计数，下个月才能再次清零",
    ),
    50001: operator(
        f"WeChat has not granted the account this API: see {consoles.PERMISSIONS}",
        f"微信没有把这个接口授权给账号：请查看 {consoles.PERMISSIONS}",
    ),
    50002: operator(
        f"WeChat has restricted the account: see {consoles.NOTIFICATIONS}",
        f"微信已限制账号：请查看 {consoles.NOTIFICATIONS}",
    ),
    50004: operator(
        f"WeChat has forbidden the account to fetch tokens, as a punishment: see {consoles.NOTIFICATIONS}",
        f"微信因处罚禁止账号获取 token：请查看 {consoles.NOTIFICATIONS}",
    ),
    50007: operator(
        f"WeChat has frozen the account: see {consoles.NOTIFICATIONS}",
        f"微信已冻结账号：请查看 {consoles.NOTIFICATIONS}",
    ),
    76001: operator(
        "WeChat knows no such rid: it keeps them for seven days",
        "微信没有这个 rid：rid 只保留七天",
    ),
    76002: operator(
        "this is no rid: take it from the end of WeChat's error message",
        "这不是 rid：它在微信错误信息的末尾",
    ),
    76003: operator(
        "the rid is another account's: ask with the account that made the call",
        "这个 rid 属于别的账号：请用发起调用的那个账号查询",
    ),
    76004: operator(
        "the rid is too old: WeChat keeps them for seven days",
        "这个 rid 太旧：微信只保留七天",
    ),
    76021: operator(
        "WeChat knows no such path: write it as it is called, such as /cgi-bin/menu/get",
        "微信没有这个路径：请按调用时的写法，如 /cgi-bin/menu/get",
    ),
    **dict.fromkeys((89501, 89502, 89503, 89504, 89505), _CONFIRM),
    89506: wait(
        timedelta(hours=24),
        "the account's administrator refused this machine's IP again, so WeChat blocks it for 24 "
        "hours: have them confirm it after that, or add it to the IP whitelist",
        "账号管理员再次拒绝了这台机器的 IP，微信因此封它 24 小时：之后请管理员确认，或把它加入 IP 白名单",
        of_address=True,
    ),
    89507: wait(
        timedelta(hours=1),
        "the account's administrator refused this machine's IP, so WeChat blocks it for an hour: "
        "have them confirm it after that, or add it to the IP whitelist",
        "账号管理员拒绝了这台机器的 IP，微信因此封它一小时：之后请管理员确认，或把它加入 IP 白名单",
        of_address=True,
    ),
}

# Calls that get a credential. For others, 43xxx are also about users who refuse messages.
_ISSUING = {43000: _BUG}

# These depend on what a call is made with: the AppSecret, a token or a code is at fault for a 40001.
_WITH_SECRET = {40001: _WRONG_SECRET}

_WITH_TOKEN = dict.fromkeys((40001, 40014, 42001), parent("access_token"))

_WITH_REFRESH_TOKEN = dict.fromkeys((40029, 40030, 41003, 42002, 42007), _NEW_CONSENT)

_WITH_CODE = {41008: _NEW_CODE}

# To a text these mean that the account may send none to anyone: no permission, banned, not granted, restricted, frozen,
# or not granted to its platform.
_NO_TEXTS = {code: no_texts(_ANY[code]) for code in (48001, 48004, 50001, 50002, 50007, 61007)}

# The paths of messages begin so. What they say of an account is the same for all.
MESSAGES: Final = "/cgi-bin/message/"

ERRCODES = Errcodes(
    ("/cgi-bin/token", (_WITH_SECRET, _ISSUING, _ANY)),
    ("/cgi-bin/stable_token", (_WITH_SECRET, _ISSUING, _ANY)),
    ("/cgi-bin/clear_quota/v2", (_WITH_SECRET, _ISSUING, _ANY)),
    ("/cgi-bin/ticket/", (_WITH_TOKEN, _ISSUING, _ANY)),
    ("/cgi-bin/component/api_component_token", (WITH_PLATFORM_SECRET, _ISSUING, _ANY)),
    ("/cgi-bin/component/api_start_push_ticket", (WITH_PLATFORM_SECRET, _ISSUING, _ANY)),
    ("/cgi-bin/component/clear_quota/v2", (WITH_PLATFORM_SECRET, _ISSUING, _ANY)),
    ("/cgi-bin/component/", (WITH_COMPONENT_TOKEN, _ISSUING, _ANY)),
    (
        "/sns/oauth2/component/refresh_token",
        (_WITH_REFRESH_TOKEN, WITH_COMPONENT_TOKEN, _ISSUING, _ANY),
    ),
    ("/sns/oauth2/component/", (_WITH_CODE, WITH_COMPONENT_TOKEN, _ISSUING, _ANY)),
    ("/sns/oauth2/refresh_token", (_WITH_REFRESH_TOKEN, _ISSUING, _ANY)),
    ("/sns/oauth2/", (_WITH_CODE, _WITH_SECRET, _ISSUING, _ANY)),
    ("/cgi-bin/message/custom/send", (TEXT, MESSAGE, _WITH_TOKEN, _NO_TEXTS, _ANY)),
    ("/cgi-bin/message/subscribe/", (SUBSCRIBE, MESSAGE, _WITH_TOKEN, _ANY)),
    (MESSAGES, (MESSAGE, _WITH_TOKEN, _ANY)),
    ("", (_WITH_TOKEN, _ANY)),
)


def of_persons(errcode: int, error: str) -> str:
    """What a person does about a message that WeChat refused so, for a cause that only a person ends; else empty."""
    reading = ERRCODES.read(MESSAGES, errcode, error)
    if reading.verdict is not None:
        return ""
    ends = reading.reaction in (Reaction.OPERATOR, Reaction.NEEDS_INPUT) or reading.of_address
    return reading.advice if ends else ""
