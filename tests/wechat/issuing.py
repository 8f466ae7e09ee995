"""Issuers by kind, requests to them, and what WeChat answers."""

from typing import Any

from wechat_scheduler.credentials.model import Account, Issued, JobKey
from wechat_scheduler.credentials.ports import Issuer, IssueRequest
from wechat_scheduler.wechat.client import WeChatClient
from wechat_scheduler.wechat.tokens import issuers

APPID = "wx1111111111111111"
AUTHORIZER = "wx3333333333333333"
INPUTS = {
    "access_token": "ACCESS",
    "refresh_token": "REFRESH",
    "component_access_token": "COMPONENT",
    "component_verify_ticket": "ticket@@@VERIFY",
    "authorizer_refresh_token": "AUTH-REFRESH",
}

# What WeChat answers to each kind's call.
ANSWERS: dict[str, dict[str, Any]] = {
    "access_token": {"access_token": "VALUE", "expires_in": 7200},
    "jsapi_ticket": {"errcode": 0, "errmsg": "ok", "ticket": "VALUE", "expires_in": 7200},
    "wx_card_ticket": {"errcode": 0, "errmsg": "ok", "ticket": "VALUE", "expires_in": 7200},
    "oauth2_access_token": {
        "access_token": "VALUE",
        "expires_in": 7200,
        "refresh_token": "NEXT",
        "openid": "o-user",
        "scope": "snsapi_base",
    },
    "component_access_token": {"component_access_token": "VALUE", "expires_in": 7200},
    "authorizer_access_token": {
        "authorizer_access_token": "VALUE",
        "expires_in": 7200,
        "authorizer_refresh_token": "NEXT",
    },
}


def issuer_of(kind: str, client: WeChatClient, *, default_endpoint: str = "stable_token") -> Issuer:
    every = issuers(client, default_endpoint=default_endpoint)
    return next(issuer for issuer in every if issuer.kind == kind)


def request(kind: str, *, key_subject: str = "", subject: str = "", **changes: Any) -> IssueRequest:
    fields: dict[str, Any] = {
        "key": JobKey(APPID, kind, key_subject),
        "account": Account(appid=APPID, secret="SECRET"),
        "subject": subject or key_subject,
        "inputs": INPUTS,
    }
    return IssueRequest(**(fields | changes))


async def issue(client: WeChatClient, kind: str, **changes: Any) -> Issued:
    return await issuer_of(kind, client).issue(request(kind, **changes))
