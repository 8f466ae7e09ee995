"""wechatpy, unmodified but for its host, with a consumer's secret in the place of the AppSecret."""

import asyncio
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from requests import Session
from requests.adapters import HTTPAdapter

from tests.documents import ROOT, blocks
from tests.gateway.samples import made_consumer
from tests.house import APPID, AUTHORIZER, COMPONENT, Caller, WeChat
from tests.platform.listening import Platform
from tests.sandbox.test_wechatpy import HOST, ToSandbox

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from wechatpy import WeChatClient, WeChatComponent, WeChatOAuth
    from wechatpy.exceptions import WeChatClientException

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:wechatpy")

SDKS = ROOT / "docs" / "sdks.md"
TOKENS = ("/cgi-bin/token", "/cgi-bin/stable_token")


@contextmanager
def led_to(gate: Caller, session: Session) -> Iterator[None]:
    session.mount(HOST, ToSandbox(gate.daemon.url))
    with closing(session):
        yield


@pytest.mark.parametrize("stand_in", [False, True])
async def test_a_client_works_with_a_consumers_secret(
    gate: Caller, weixin: WeChat, stand_in: bool
) -> None:
    made = await made_consumer(gate, stand_in=stand_in)
    client = WeChatClient(APPID, made["secret"])

    with led_to(gate, client._http):
        ips = await asyncio.to_thread(client.misc.get_wechat_ips)
        user = await asyncio.to_thread(client.user.get, "o-reader")
        ticket = await asyncio.to_thread(client.jsapi.get_jsapi_ticket)

    assert "127.0.0.1" in ips
    assert user["subscribe"] == 0
    assert ticket == await gate.value(f"{APPID}/1")
    assert client.access_token.startswith("ws1_") is stand_in
    assert sum(weixin.sandbox.calls(path, APPID) for path in TOKENS) == 1


@pytest.fixture
async def shown(gate: Caller, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The names of the recipe of docs/sdks.md, run for a consumer with stand-ins."""
    made = await made_consumer(gate, stand_in=True)
    (code,) = [block.text for block in blocks(SDKS) if block.language == "python"]
    names: dict[str, Any] = {"appid": APPID, "consumer_secret": made["secret"]}
    monkeypatch.setattr(HTTPAdapter, "send", HTTPAdapter.send)
    exec(code.replace("http://daemon:9001", gate.daemon.url), names)
    return names


async def test_the_recipe_leads_every_session_to_the_daemon(
    gate: Caller, weixin: WeChat, shown: dict[str, Any]
) -> None:
    client, oauth = shown["client"], WeChatOAuth(APPID, shown["consumer_secret"], "https://shop/")
    code = weixin.sandbox.grant_user(APPID, "o_alice").code

    made = await asyncio.to_thread(
        client.qrcode.create,
        {"action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": "a"}}},
    )
    picture = await asyncio.to_thread(client.qrcode.show, made)
    user = await asyncio.to_thread(oauth.fetch_access_token, code)

    assert picture.headers["Content-Type"] == "image/png"
    assert user["openid"] == "o_alice"


async def test_an_address_of_media_works_with_the_daemons_host(
    gate: Caller, shown: dict[str, Any]
) -> None:
    client = shown["client"]
    file = await asyncio.to_thread(client.media.upload, "image", ("a.png", b"picture", "image/png"))
    address = await asyncio.to_thread(client.media.get_url, file["media_id"])

    answer = await gate.call("GET", address.removeprefix(HOST), key="")

    assert address.startswith(HOST)
    assert answer.json == "picture"


async def test_a_client_with_a_wrong_secret_is_told_so_by_errcode(gate: Caller) -> None:
    client = WeChatClient(APPID, "wrong")

    with led_to(gate, client._http), pytest.raises(WeChatClientException) as refused:
        await asyncio.to_thread(client.fetch_access_token)

    assert refused.value.errcode == 40125


async def test_a_platforms_client_works_with_a_consumers_secret(
    gate: Caller, weixin: WeChat
) -> None:
    platform = Platform(gate, weixin)
    await platform.authorise()
    made = await made_consumer(gate, appids=[COMPONENT], stand_in=True)
    component = WeChatComponent(COMPONENT, made["secret"], "token", "a" * 43)
    component.session.set(f"{COMPONENT}_component_verify_ticket", "ticket@@@of-the-sdk")

    with led_to(gate, component._http):
        given = await asyncio.to_thread(
            component.refresh_authorizer_token, AUTHORIZER, "refreshtoken@@@of-the-sdk"
        )

    assert given["authorizer_access_token"].startswith("ws1_")
    assert given["authorizer_refresh_token"] == "refreshtoken@@@of-the-sdk"
