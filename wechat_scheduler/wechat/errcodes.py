"""The table of WeChat's error codes: the reaction, verdict and advice for each, by endpoint.

What a code means to calls that send a message alone is in `sending_errcodes.py`. Sources:
the error tables on the official page of each endpoint, and 全局返回码 (the global list) for the codes that these
pages leave out though the endpoints answer them.
"""

from datetime import timedelta

from wechat_scheduler.config import consoles
from wechat_scheduler.credentials.model import AUTHORIZATION
from wechat_scheduler.wechat.errcode_lookup import (
    Errcodes,
    needs,
    operator,
    parent,
    transient,
    wait,
)
from wechat_scheduler.wechat.sending_errcodes import MESSAGE, SUBSCRIBE, TEXT

# "system busy": WeChat did nothing, so the same call may be made again at once.
BUSY = -1

# The fields of a registration.
APPID_FIELD, SECRET_FIELD = "appid", "appsecret"

# Ten minutes between probes stay under the 200 calls a day of a test account.
_CONFIRM = wait(
    timedelta(minutes=10),
    "the account's administrator must confirm this machine's IP in the message that WeChat sent them",
    of_address=True,
)
_BUG = operator("WeChat did not understand the call: please report this with its rid")
_WRONG_SECRET = operator(
    "register the account again with its AppSecret, since this one is wrong or another account's "
    f"({consoles.SECRET})",
    field=SECRET_FIELD,
)
_WRONG_PLATFORM_SECRET = operator(
    "register the platform again with its AppSecret, since this one is wrong or another platform's "
    f"({consoles.PLATFORM})",
    field=SECRET_FIELD,
)
_NEW_TICKET = needs(
    "component_verify_ticket",
    "WeChat pushes a new ticket every ten minutes: check that the platform's 授权事件接收URL leads "
    "here, or restart the push with api_start_push_ticket",
)
_NEW_AUTHORISATION = needs(
    "authorizer_refresh_token",
    "the account must authorise the platform again: open the platform's authorisation page as its "
    "administrator, or register the task again with its new authorizer_refresh_token",
)
_NO_AUTHORISATION = needs(
    AUTHORIZATION,
    "the account has not authorised the platform, or has revoked its authorisation: open the platform's "
    "authorisation page as its administrator",
)
_NEW_AUTHORISATION_CODE = needs(
    "authorization_code", "the code is used up or too old: the account must authorise again"
)
_NEW_CONSENT = needs(
    "refresh_token", "the user must authorise again: send them through the OAuth2 page"
)
_NEW_CODE = needs("code", "the code is used up or too old: send the user through the OAuth2 page")

_ANY = {
    BUSY: transient("WeChat is busy, which passes by itself"),
    40002: _BUG,
    40013: operator(
        "register the account again with its appid: WeChat does not know it", field=APPID_FIELD
    ),
    40029: _NEW_CODE,
    40091: _NEW_TICKET,
    40125: _WRONG_SECRET,
    40163: _NEW_CODE,
    40164: operator(
        f"add the IP {{ip}} to the account's IP whitelist ({consoles.IP_WHITELIST})",
        of_address=True,
    ),
    40170: _BUG,
    40243: operator(
        "the AppSecret is frozen: the account's administrator must unfreeze it, which takes up to ten "
        f"minutes to apply ({consoles.SECRET})",
        field=SECRET_FIELD,
    ),
    41000: _BUG,
    42003: _NEW_CODE,
    43001: _BUG,
    43002: _BUG,
    43003: operator("WeChat requires HTTPS: correct the address of WeChat's API"),
    45009: wait(
        None,  # until the next quota day, which begins at midnight in Shanghai
        "today's calls are used up: they count from zero after midnight in Shanghai, sooner with "
        f"clear_quota/v2, ten times a month ({consoles.PERMISSIONS})",
    ),
    45011: transient(
        "too many calls this minute: if this continues, find the program that makes them"
    ),
    47001: _BUG,
    48001: operator(
        "the account may not use this API: have it verified, or ask for the permission "
        f"({consoles.PERMISSIONS})"
    ),
    48004: operator(f"WeChat has banned the account from this API: see {consoles.NOTIFICATIONS}"),
    48006: operator(
        "this month's clearings are used up: the calls count from zero after midnight in Shanghai, and "
        "clearing works again next month"
    ),
    50001: operator(f"WeChat has not granted the account this API: see {consoles.PERMISSIONS}"),
    50002: operator(f"WeChat has restricted the account: see {consoles.NOTIFICATIONS}"),
    50004: operator(
        f"WeChat has forbidden the account to fetch tokens, as a punishment: see {consoles.NOTIFICATIONS}"
    ),
    50007: operator(f"WeChat has frozen the account: see {consoles.NOTIFICATIONS}"),
    61003: _NO_AUTHORISATION,
    61004: operator(
        f"add the IP {{ip}} to the platform's IP whitelist ({consoles.PLATFORM_IP_WHITELIST})",
        of_address=True,
    ),
    61005: _NEW_TICKET,
    61006: _NEW_TICKET,
    61007: operator(
        "the account has not granted the platform this API: have it authorise again with the permission"
    ),
    61009: _NEW_AUTHORISATION_CODE,
    61010: _NEW_AUTHORISATION_CODE,
    61011: operator(
        "register the platform again with its appid: WeChat does not know it", field=APPID_FIELD
    ),
    61023: _NEW_AUTHORISATION,
    61024: operator(
        "this appid is a third-party platform's: register it for its component_access_token",
        field=APPID_FIELD,
    ),
    61028: operator(f"WeChat refuses the platform this API: see {consoles.PLATFORM_PERMISSIONS}"),
    61058: _NEW_TICKET,
    76001: operator("WeChat knows no such rid: it keeps them for seven days"),
    76002: operator("this is no rid: take it from the end of WeChat's error message"),
    76003: operator("the rid is another account's: ask with the account that made the call"),
    76004: operator("the rid is too old: WeChat keeps them for seven days"),
    76021: operator(
        "WeChat knows no such path: write it as it is called, such as /cgi-bin/menu/get"
    ),
    **dict.fromkeys((89501, 89502, 89503, 89504, 89505), _CONFIRM),
    89506: wait(
        timedelta(hours=24),
        "the account's administrator refused this machine's IP again, so WeChat blocks it for 24 "
        "hours: have them confirm it after that, or add it to the IP whitelist",
        of_address=True,
    ),
    89507: wait(
        timedelta(hours=1),
        "the account's administrator refused this machine's IP, so WeChat blocks it for an hour: "
        "have them confirm it after that, or add it to the IP whitelist",
        of_address=True,
    ),
}

# Calls that get a credential. For others, 43xxx are also about users who refuse messages.
_ISSUING = {43000: _BUG}

# These depend on what a call is made with: the AppSecret, a token or a code is at fault for a 40001.
_WITH_SECRET = {40001: _WRONG_SECRET}

_WITH_PLATFORM_SECRET = {
    40001: _WRONG_PLATFORM_SECRET,
    40094: _WRONG_PLATFORM_SECRET,
    40125: _WRONG_PLATFORM_SECRET,
}

_WITH_TOKEN = dict.fromkeys((40001, 40014, 42001), parent("access_token"))

# 61014 is "must use component token for component api": the token is of another kind.
_WITH_COMPONENT_TOKEN = dict.fromkeys(
    (40001, 40014, 40094, 41021, 42001, 42006, 61014), parent("component_access_token")
)

_WITH_REFRESH_TOKEN = dict.fromkeys((40029, 40030, 41003, 42002, 42007), _NEW_CONSENT)

_WITH_CODE = {41008: _NEW_CODE}

ERRCODES = Errcodes(
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
    ("/cgi-bin/message/custom/send", (TEXT, MESSAGE, _WITH_TOKEN, _ANY)),
    ("/cgi-bin/message/subscribe/", (SUBSCRIBE, MESSAGE, _WITH_TOKEN, _ANY)),
    ("/cgi-bin/message/", (MESSAGE, _WITH_TOKEN, _ANY)),
    ("", (_WITH_TOKEN, _ANY)),
)
