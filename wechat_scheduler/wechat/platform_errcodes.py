"""WeChat's error codes that are about a third-party platform and the accounts that authorise it.

Those that accounts have too are in `errcodes.py`, with the sources.
"""

from wechat_scheduler.config import consoles
from wechat_scheduler.credentials.model import AUTHORIZATION
from wechat_scheduler.wechat.errcode_lookup import needs, operator, parent

# The fields of a registration.
APPID_FIELD, SECRET_FIELD, TYPE_FIELD = "appid", "appsecret", "type"

_WRONG_PLATFORM_SECRET = operator(
    "register the platform again with its AppSecret, since this one is wrong or another platform's "
    f"({consoles.PLATFORM})",
    "用第三方平台自己的 AppSecret 重新登记它：现在的这个不对，或是别的平台的"
    f"（{consoles.PLATFORM}）",
    field=SECRET_FIELD,
)
_NEW_TICKET = needs(
    "component_verify_ticket",
    "WeChat pushes a new ticket every ten minutes: check that the platform's 授权事件接收URL leads "
    "here, or restart the push with api_start_push_ticket",
    "微信每十分钟推送一个新的 ticket：检查第三方平台的“授权事件接收URL”是否指向这里，"
    "或用 api_start_push_ticket 重新启动推送",
)
_NEW_AUTHORISATION = needs(
    "authorizer_refresh_token",
    "the account must authorise the platform again: open the platform's authorisation page as its "
    "administrator, or register the task again with its new authorizer_refresh_token",
    "账号必须重新授权第三方平台：以账号管理员的身份打开平台的授权页，"
    "或用新的 authorizer_refresh_token 重新登记 task",
)
_NO_AUTHORISATION = needs(
    AUTHORIZATION,
    "the account has not authorised the platform, or has revoked its authorisation: open the platform's "
    "authorisation page as its administrator",
    "账号没有授权第三方平台，或已取消授权：以账号管理员的身份打开平台的授权页",
)
_NEW_AUTHORISATION_CODE = needs(
    "authorization_code",
    "the code is used up or too old: the account must authorise again",
    "授权码已用过或已过期：账号必须重新授权",
)

PLATFORM = {
    40091: _NEW_TICKET,
    61003: _NO_AUTHORISATION,
    61004: operator(
        f"add the IP {{ip}} to the platform's IP whitelist ({consoles.PLATFORM_IP_WHITELIST})",
        f"把 IP {{ip}} 加入第三方平台的 IP 白名单（{consoles.PLATFORM_IP_WHITELIST}）",
        of_address=True,
    ),
    61005: _NEW_TICKET,
    61006: _NEW_TICKET,
    61007: operator(
        "the account has not granted the platform this API: have it authorise again with the permission",
        "账号没有把这个接口授权给第三方平台：请它带上这项权限重新授权",
    ),
    61009: _NEW_AUTHORISATION_CODE,
    61010: _NEW_AUTHORISATION_CODE,
    61011: operator(
        "register the platform again with its appid: WeChat does not know it",
        "用第三方平台的 appid 重新登记它：微信不认识现在的这个",
        field=APPID_FIELD,
    ),
    61023: _NEW_AUTHORISATION,
    61024: operator(
        "this appid is a third-party platform's: register it for its component_access_token",
        "这个 appid 是第三方平台的：请为它登记 component_access_token",
        field=TYPE_FIELD,
    ),
    61028: operator(
        f"WeChat refuses the platform this API: see {consoles.PLATFORM_PERMISSIONS}",
        f"微信不允许第三方平台调用这个接口：请查看 {consoles.PLATFORM_PERMISSIONS}",
    ),
    61058: _NEW_TICKET,
}

# These depend on what a call is made with: the AppSecret is at fault for a 40001.
WITH_PLATFORM_SECRET = {
    40001: _WRONG_PLATFORM_SECRET,
    40094: _WRONG_PLATFORM_SECRET,
    40125: _WRONG_PLATFORM_SECRET,
}

# 61014 is "must use component token for component api": the token is of another kind.
WITH_COMPONENT_TOKEN = dict.fromkeys(
    (40001, 40014, 40094, 41021, 42001, 42006, 61014), parent("component_access_token")
)
