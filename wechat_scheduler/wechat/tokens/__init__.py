"""The kinds of credential that WeChat issues: one file each, and one line here."""

from wechat_scheduler.credentials.ports import Issuer
from wechat_scheduler.wechat.client import WeChatClient
from wechat_scheduler.wechat.tokens.access_token import AccessToken
from wechat_scheduler.wechat.tokens.authorizer import AuthorizerAccessToken
from wechat_scheduler.wechat.tokens.component import ComponentAccessToken
from wechat_scheduler.wechat.tokens.oauth2 import OAuth2AccessToken
from wechat_scheduler.wechat.tokens.ticket import JsapiTicket, WxCardTicket


def issuers(client: WeChatClient, *, default_endpoint: str) -> tuple[Issuer, ...]:
    """Every issuer there is; `default_endpoint` is `stable_token` or `token`."""
    return (
        AccessToken(client, default_endpoint=default_endpoint),
        JsapiTicket(client),
        WxCardTicket(client),
        OAuth2AccessToken(client),
        ComponentAccessToken(client),
        AuthorizerAccessToken(client),
    )
