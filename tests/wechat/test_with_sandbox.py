"""The issuers against the sandbox, which keeps WeChat's rules."""

import random
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from tests.wechat.conftest import JumpingClock, wechat_client
from wechat_scheduler.credentials.model import Account, Issued, JobKey
from wechat_scheduler.credentials.ports import IssueRequest
from wechat_scheduler.errors import Reaction, WeChatError
from wechat_scheduler.sandbox.sandbox import Sandbox
from wechat_scheduler.sandbox.server import SANDBOX, SandboxOptions, create_sandbox
from wechat_scheduler.wechat.client import WeChatClient
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
