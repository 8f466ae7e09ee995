"""The types of credential that WeChat issues: one file each, and one line here."""

from typing import TYPE_CHECKING

from wechat_scheduler.wechat.tokens.access_token import AccessToken
from wechat_scheduler.wechat.tokens.authorizer import AuthorizerAccessToken
from wechat_scheduler.wechat.tokens.base import TokenIssuer
from wechat_scheduler.wechat.tokens.component import ComponentAccessToken
from wechat_scheduler.wechat.tokens.oauth2 import OAuth2AccessToken
from wechat_scheduler.wechat.tokens.ticket import JsapiTicket, WxCardTicket

if TYPE_CHECKING:
    from wechat_scheduler.wechat.client import WeChatClient

TYPES: tuple[type[TokenIssuer], ...] = (
    AccessToken,
    JsapiTicket,
    OAuth2AccessToken,
    ComponentAccessToken,
    AuthorizerAccessToken,
    WxCardTicket,
)


def issuers(client: "WeChatClient", *, default_endpoint: str) -> tuple[TokenIssuer, ...]:
    """One of each type; `default_endpoint` is `stable_token` or `token`."""
    return tuple(type_(client, default_endpoint=default_endpoint) for type_ in TYPES)
