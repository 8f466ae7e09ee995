"""The sandbox is as good as the clients that take it for WeChat: here wechatpy, unmodified.

wechatpy writes WeChat's host into its URLs, so an adapter on its session leads that host here. It
is synchronous and gets a thread of its own.
"""

import asyncio
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from requests import PreparedRequest, Response, Session
from requests.adapters import HTTPAdapter

from tests.sandbox.conftest import APPID, AUTHORIZER, COMPONENT, SECRET, WeChat
from wechat_scheduler.sandbox.templates import SandboxTemplate

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from wechatpy import WeChatClient, WeChatComponent, WeChatOAuth
    from wechatpy.exceptions import WeChatClientException

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:wechatpy")

HOST = "https://api.weixin.qq.com"
KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"


class ToSandbox(HTTPAdapter):
    def __init__(self, base: str) -> None:
        super().__init__()
        self._base = base

    def send(self, request: PreparedRequest, *args: Any, **options: Any) -> Response:
        assert request.url is not None
        request.url = request.url.replace(HOST, self._base, 1)
        return super().send(request, *args, **(options | {"proxies": {}}))


@contextmanager
def led_to(wechat: WeChat, session: Session) -> Iterator[None]:
    session.mount(HOST, ToSandbox(str(wechat.http.make_url("")).rstrip("/")))
    with closing(session):
        yield


async def test_a_client_gets_a_token_and_uses_it(wechat: WeChat) -> None:
    client = WeChatClient(APPID, SECRET)

    with led_to(wechat, client._http):
        ips = await asyncio.to_thread(client.misc.get_wechat_ips)
        user = await asyncio.to_thread(client.user.get, "o-reader")

    assert "127.0.0.1" in ips
    assert user["subscribe"] == 0
    assert wechat.sandbox.calls("/cgi-bin/token", APPID) == 1


async def test_a_client_gets_a_ticket_and_keeps_it(wechat: WeChat) -> None:
    client = WeChatClient(APPID, SECRET)

    with led_to(wechat, client._http):
        first = await asyncio.to_thread(client.jsapi.get_jsapi_ticket)
        again = await asyncio.to_thread(client.jsapi.get_ticket)

    assert again["ticket"] == first


async def test_a_client_replaces_a_token_that_another_program_killed(wechat: WeChat) -> None:
    client = WeChatClient(APPID, SECRET)

    with led_to(wechat, client._http):
        killed = await asyncio.to_thread(lambda: client.access_token)
        wechat.sandbox.kill(killed)
        user = await asyncio.to_thread(client.user.get, "o-reader")

    assert user["openid"] == "o-reader"
    assert client.access_token != killed


async def test_a_client_reads_a_refusal(wechat: WeChat) -> None:
    client = WeChatClient(APPID, "wrong")

    with led_to(wechat, client._http), pytest.raises(WeChatClientException) as refused:
        await asyncio.to_thread(client.fetch_access_token)

    assert refused.value.errcode == 40125


async def test_a_user_is_authorised_and_refreshed(wechat: WeChat) -> None:
    client = WeChatOAuth(APPID, SECRET, "http://business/")
    grant = wechat.sandbox.grant_user(APPID, "o-user")

    with led_to(wechat, client._http):
        exchanged = await asyncio.to_thread(client.fetch_access_token, grant.code)
        await asyncio.to_thread(client.refresh_access_token, exchanged["refresh_token"])
        valid = await asyncio.to_thread(client.check_access_token)

    assert client.open_id == "o-user"
    assert valid


async def test_a_platform_acts_for_an_account_that_authorised_it(wechat: WeChat) -> None:
    platform = WeChatComponent(COMPONENT, SECRET, "testtoken", KEY)
    platform.session.set("component_verify_ticket", wechat.sandbox.ticket(COMPONENT).value)
    grant = wechat.sandbox.grant_authorizer(COMPONENT, AUTHORIZER)

    with led_to(wechat, platform._http):
        code = (await asyncio.to_thread(platform.create_preauthcode))["pre_auth_code"]
        await asyncio.to_thread(platform.query_auth, grant.authorization_code)
        listed = await asyncio.to_thread(platform.get_authorizer_list)
        account = platform.get_client_by_appid(AUTHORIZER)
        with led_to(wechat, account._http):
            await asyncio.to_thread(account.fetch_access_token)
            ticket = await asyncio.to_thread(account.jsapi.get_jsapi_ticket)

    assert code.startswith("preauthcode@@@")
    assert listed["total_count"] == 1
    assert ticket


async def test_a_client_sends_messages_and_makes_a_code_that_is_scanned(wechat: WeChat) -> None:
    client = WeChatClient(APPID, SECRET)
    people = wechat.sandbox.people
    scene = {"action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": "shop"}}}

    with led_to(wechat, client._http):
        qrcode = await asyncio.to_thread(client.qrcode.create, scene)
        openid = people.scan(APPID, ticket=qrcode["ticket"])
        await asyncio.to_thread(client.message.send_text, openid, "你好")
        data = {"keyword1": {"value": "咖啡"}}
        await asyncio.to_thread(client.message.send_template, openid, "order-shipped", data)
        followers = await asyncio.to_thread(client.user.get_followers)

    text, template = people.arrived(APPID, openid)
    assert text.text == "你好"
    assert template.fields == {"keyword1": "咖啡"}
    assert followers["data"]["openid"] == [openid]


async def test_a_client_lists_templates_and_reads_which_keyword_was_refused(wechat: WeChat) -> None:
    client = WeChatClient(APPID, SECRET)
    content = "单号:{{character_string1.DATA}}"
    wechat.sandbox.put_template(SandboxTemplate(template_id="parcel", content=content))
    openid = wechat.sandbox.people.follow(APPID)
    data = {"character_string1": {"value": "单号"}}

    with led_to(wechat, client._http):
        listed = await asyncio.to_thread(client.template.get_all_private_template)
        with pytest.raises(WeChatClientException) as caught:
            await asyncio.to_thread(client.message.send_template, openid, "parcel", data)

    assert [one["content"] for one in listed["template_list"]] == [content]
    assert caught.value.errcode == 47003
    assert "data.character_string1.value invalid" in caught.value.errmsg
