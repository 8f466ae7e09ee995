"""The issuers, and users of their tokens, against the sandbox, which keeps WeChat's rules."""

import random
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from tests.wechat.conftest import JumpingClock, wechat_client
from wechat_scheduler.credentials.model import Account, Issued, JobKey
from wechat_scheduler.credentials.ports import IssueRequest
from wechat_scheduler.errors import SendError, WeChatError
from wechat_scheduler.reasons import Reaction, Verdict
from wechat_scheduler.sandbox.handlers import SANDBOX
from wechat_scheduler.sandbox.options import SandboxOptions
from wechat_scheduler.sandbox.sandbox import Sandbox
from wechat_scheduler.sandbox.server import create_sandbox
from wechat_scheduler.wechat.client import WeChatClient
from wechat_scheduler.wechat.messenger import WeChatMessenger
from wechat_scheduler.wechat.qrcodes import LONGEST, WeChatQrCodes, page_base
from wechat_scheduler.wechat.tokens import issuers

APPID = "wx1111111111111111"
COMPONENT = "wx2222222222222222"
AUTHORIZER = "wx3333333333333333"


@pytest.fixture
async def served(clock: JumpingClock) -> AsyncIterator[TestServer]:
    app = create_sandbox(SandboxOptions(), clock=clock, rng=random.Random(7))
    served = TestServer(app)
    async with served:
        yield served


@pytest.fixture
def sandbox(served: TestServer) -> Sandbox:
    return served.app[SANDBOX]


@pytest.fixture
def client(served: TestServer, session: aiohttp.ClientSession, clock: JumpingClock) -> WeChatClient:
    return wechat_client(session, str(served.make_url("/")), clock)


async def issue(
    client: WeChatClient,
    kind: str,
    *,
    appid: str = APPID,
    subject: str = "",
    endpoint: str = "",
    secret: str = "sandbox-secret",
    **inputs: str,
) -> Issued:
    every = issuers(client, default_endpoint="stable_token")
    issuer = next(issuer for issuer in every if issuer.kind == kind)
    request = IssueRequest(
        key=JobKey(appid, kind, subject),
        account=Account(appid=appid, secret=secret, endpoint=endpoint),
        subject=subject,
        inputs=inputs,
    )
    return await issuer.issue(request)


@pytest.mark.parametrize("endpoint", ["token", "stable_token"])
async def test_tickets_come_with_the_access_token_of_either_endpoint(
    client: WeChatClient, endpoint: str
) -> None:
    token = await issue(client, "access_token", endpoint=endpoint)

    jsapi = await issue(client, "jsapi_ticket", access_token=token.value)
    card = await issue(client, "wx_card_ticket", access_token=token.value)

    assert jsapi.value != card.value


async def test_a_chain_of_refresh_tokens_goes_on(client: WeChatClient, sandbox: Sandbox) -> None:
    grant = sandbox.grant_user(APPID, "o-user")
    kind = "oauth2_access_token"

    first = await issue(client, kind, refresh_token=grant.refresh_token)
    second = await issue(client, kind, subject="o-user", refresh_token=first.refresh_token)

    assert first.subject == second.subject == "o-user"
    assert first.value != second.value


async def test_a_platform_acts_for_an_account(client: WeChatClient, sandbox: Sandbox) -> None:
    ticket = sandbox.ticket(COMPONENT).value
    grant = sandbox.grant_authorizer(COMPONENT, AUTHORIZER)

    platform = await issue(
        client, "component_access_token", appid=COMPONENT, component_verify_ticket=ticket
    )
    authorizer = await issue(
        client,
        "authorizer_access_token",
        appid=COMPONENT,
        subject=AUTHORIZER,
        component_access_token=platform.value,
        authorizer_refresh_token=grant.authorizer_refresh_token,
    )
    jsapi = await issue(
        client,
        "jsapi_ticket",
        appid=COMPONENT,
        subject=AUTHORIZER,
        access_token=authorizer.value,
    )

    assert jsapi.value


async def test_a_wrong_secret_is_the_operators(client: WeChatClient) -> None:
    with pytest.raises(WeChatError) as caught:
        await issue(client, "access_token", secret="wrong-s3cret")

    assert caught.value.reaction is Reaction.OPERATOR
    assert caught.value.rid
    assert "s3cret" not in str(caught.value)


async def test_a_killed_parent_is_named(client: WeChatClient, sandbox: Sandbox) -> None:
    token = await issue(client, "access_token")
    sandbox.kill(token.value)

    with pytest.raises(WeChatError) as caught:
        await issue(client, "jsapi_ticket", access_token=token.value)

    assert caught.value.reaction is Reaction.PARENT_INVALID
    assert caught.value.refused == "access_token"


async def test_a_dead_refresh_token_is_named(client: WeChatClient) -> None:
    with pytest.raises(WeChatError) as caught:
        await issue(client, "oauth2_access_token", refresh_token="never-issued")

    assert caught.value.reaction is Reaction.NEEDS_INPUT
    assert caught.value.refused == "refresh_token"


async def test_a_refresh_whose_answer_was_lost_is_not_made_twice(
    client: WeChatClient, sandbox: Sandbox
) -> None:
    grant = sandbox.grant_user(APPID, "o-user")
    sandbox.script("/sns/oauth2/refresh_token", lose=True)

    with pytest.raises(WeChatError) as caught:
        await issue(client, "oauth2_access_token", refresh_token=grant.refresh_token)

    assert caught.value.reaction is Reaction.TRANSIENT
    assert sandbox.calls("/sns/oauth2/refresh_token") == 1


async def test_a_busy_wechat_is_asked_again(client: WeChatClient, sandbox: Sandbox) -> None:
    sandbox.script("/cgi-bin/stable_token", errcode=-1, times=2)

    await issue(client, "access_token")

    assert sandbox.calls("/cgi-bin/stable_token") == 3


class Latest:
    """`wechat.accounts.Tokens`: fetched when there is none, or the last was refused."""

    def __init__(self, client: WeChatClient) -> None:
        self._client = client
        self.value = ""

    async def token(self, appid: str) -> str:
        if not self.value:
            self.value = (await issue(self._client, "access_token", appid=appid)).value
        return self.value

    async def refused(self, appid: str, value: str) -> None:
        if value == self.value:
            self.value = ""


async def test_a_message_is_shown_once_however_often_it_is_sent(
    client: WeChatClient, sandbox: Sandbox, clock: JumpingClock
) -> None:
    tokens = Latest(client)
    messenger = WeChatMessenger(client, tokens, clock)
    openid = sandbox.people.follow(APPID)

    msgids = []
    for _ in range(2):
        msgid = await messenger.template(
            APPID,
            openid,
            template_id="TEMPLATE-1",
            data={"thing1": "还信用卡"},
            colors={},
            url="https://example.com/m/1",
            page=None,
            client_msg_id="7",
        )
        msgids.append(msgid)
        sandbox.kill(tokens.value)

    (shown,) = sandbox.people.arrived(APPID, openid)
    assert shown.fields == {"thing1": "还信用卡"}
    assert msgids == [str(shown.msgid)] * 2


async def test_whoever_wrote_may_be_answered_until_they_leave(
    client: WeChatClient, sandbox: Sandbox, clock: JumpingClock
) -> None:
    messenger = WeChatMessenger(client, Latest(client), clock)
    openid = sandbox.people.follow(APPID)
    sandbox.people.write(APPID, openid, "hello")

    await messenger.text(APPID, openid, "你好")
    sandbox.people.unfollow(APPID, openid)

    with pytest.raises(SendError) as caught:
        await messenger.text(APPID, openid, "你好")
    assert [message.text for message in sandbox.people.arrived(APPID, openid)] == ["你好"]
    assert caught.value.verdict is Verdict.TEXTS_ENDED


async def test_a_notice_is_taken_as_often_as_the_user_allowed(
    client: WeChatClient, sandbox: Sandbox, clock: JumpingClock
) -> None:
    messenger = WeChatMessenger(client, Latest(client), clock)
    openid = sandbox.people.follow(APPID)
    sandbox.people.accept(APPID, openid, "TEMPLATE-1")

    async def send() -> None:
        data = {"thing1": "还信用卡"}
        await messenger.subscribe(
            APPID, openid, template_id="TEMPLATE-1", data=data, url="", page=None
        )

    await send()

    with pytest.raises(SendError) as caught:
        await send()
    assert (caught.value.verdict, caught.value.errcode) == (Verdict.USED_UP, 43101)


async def test_a_code_of_the_sandbox_is_scanned(
    client: WeChatClient, sandbox: Sandbox, served: TestServer, session: aiohttp.ClientSession
) -> None:
    base = str(served.make_url("/"))
    qrcodes = WeChatQrCodes(client, Latest(client), page_base(base))

    drawn = await qrcodes.create(APPID, "scene1", lifetime=LONGEST)

    async with session.get(qrcodes.image_url(drawn.ticket)) as picture:
        assert picture.status == 200
    code = sandbox.qrcode(drawn.ticket)
    assert code is not None
    assert (code.scene, drawn.lifetime) == ("scene1", LONGEST)
