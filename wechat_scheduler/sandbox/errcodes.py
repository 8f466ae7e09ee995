"""WeChat's errcodes and their words.

Sources: the global table of return codes, and the table on each endpoint's page. Where these have
only Chinese words, the English ones here are a translation.
"""

from types import MappingProxyType

from wechat_scheduler.errors import SchedulerError

ERRMSGS = MappingProxyType(
    {
        -1: "system error",
        40001: "invalid credential, access_token is invalid or not latest, could get access_token"
        " by getStableAccessToken, more details at https://mmbizurl.cn/s/JtxxFh33r",
        40002: "invalid grant_type",
        40003: "invalid openid",
        40008: "invalid message type",
        40013: "invalid appid",
        40014: "invalid access_token",
        40029: "invalid code",
        40030: "invalid refresh_token",
        40032: "invalid openid list size",
        40036: "invalid template_id size",
        40037: "invalid template_id",
        40039: "invalid url size",
        40053: "invalid action info",
        40066: "invalid url",
        40091: "invalid component ticket",
        40094: "invalid component credential",
        40097: "invalid args",
        40125: "invalid appsecret",
        40163: "code been used",
        40165: "invalid weapp pagepath",
        40164: "invalid ip 1.2.3.4 ipv6 ::ffff:1.2.3.4, not in whitelist",
        40170: "args count exceed count limit",
        40201: "invalid url",
        40202: "invalid action",
        40203: "invalid check_operator",
        40243: "appsecret is frozen",
        40249: "marketing content is not allowed",
        41001: "access_token missing",
        41002: "appid missing",
        41003: "refresh_token missing",
        41004: "appsecret missing",
        41008: "missing code",
        41009: "missing openid",
        41021: "missing component_access_token",
        41030: "invalid page",
        42001: "access_token expired",
        42002: "refresh_token expired",
        42003: "oauth_code expired",
        42006: "component_access_token expired",
        42007: "access_token and refresh_token exception, the user changed the password",
        43001: "require GET method",
        43002: "require POST method",
        43004: "require subscribe",
        43019: "require remove blacklist",
        43101: "user refuse to accept the msg",
        43107: "subscribe notice is banned",
        43108: "concurrent sends to one user",
        43116: "template is banned",
        43117: "too frequent to this user",
        44002: "empty post data",
        44003: "empty news data",
        44004: "empty content",
        45008: "article size out of limit",
        45009: "reach max api daily quota limit",
        45011: "api minute-quota reach limit, must slower, retry next minute",
        45015: "response out of time limit or subscription is canceled",
        45029: "qrcode count out of limit",
        45047: "out of response count limit",
        45109: "too many messages to this user",
        45168: "sensitive content",
        47001: "data format error",
        47003: "argument invalid",
        48001: "api unauthorized",
        48002: "user block receive message",
        48004: "api forbidden for irregularities",
        48006: "forbid to clear quota because of reaching the limit",
        50001: "user unauthorized",
        50002: "user limited",
        50004: "forbid to use token api",
        50007: "account is frozen",
        61003: "component is not authorized by this account",
        61004: "access clientip is not registered",
        61005: "component ticket is expired",
        61006: "component ticket is invalid",
        61007: "api is unauthorized to component",
        61009: "code is invalid",
        61010: "code is expired",
        61011: "invalid component",
        61014: "must use component token for component api",
        61023: "refresh_token is invalid",
        61024: "must use api_component_token to get token for component appid",
        61028: "component is forbidden",
        61058: "invalid component ticket",
        76001: "rid not found",
        76002: "rid is error",
        76003: "could not query this rid,no permission",
        76004: "rid time is error",
        76021: "cgi_path not found",
        76022: "could not use this cgi_path,no permission",
        89501: "this ip is waiting for the administrator's confirmation",
        89502: "this ip is waiting for the administrator",
        89503: "this ip needs the administrator's confirmation",
        89504: "this ip is waiting for the administrator",
        89505: "this ip is waiting for the administrator",
        89506: "this ip was refused twice by the administrator, forbidden for 24 hours",
        89507: "this ip was refused by the administrator, forbidden for 1 hour",
    }
)


class RefusedError(SchedulerError):
    """WeChat refuses the call: status 200 with `errcode` and `errmsg`."""

    def __init__(self, errcode: int, errmsg: str | None = None) -> None:
        self.errcode = errcode
        self.errmsg = ERRMSGS.get(errcode, "unknown error") if errmsg is None else errmsg
        super().__init__(f"{errcode} {self.errmsg}")
