"""The issuers' calls, as WeChat documents them."""

import pytest

from tests.wechat.hostile import HostileServer, answer
from tests.wechat.issuing import ANSWERS, APPID, AUTHORIZER, issue, issuer_of, request
from wechat_scheduler.credentials.model import Account, JobKey, Renewal
from wechat_scheduler.errors import WeChatError
from wechat_scheduler.reasons import Reaction
from wechat_scheduler.wechat.client import WeChatClient
from wechat_scheduler.wechat.tokens import issuers


def test_every_kind_has_one_issuer(client: WeChatClient) -> None:
    kinds = [issuer.kind for issuer in issuers(client, default_endpoint="token")]

    assert sorted(kinds) == sorted(ANSWERS)


async def test_stable_token_is_posted_as_json(client: WeChatClient, server: HostileServer) -> None:
    server.script(answer(ANSWERS["access_token"]))

    issued = await issue(client, "access_token", force=True)

    assert (server.received[0].method, server.received[0].path) == ("POST", "/cgi-bin/stable_token")
    assert server.received[0].query == {}
    assert server.received[0].body == {
        "grant_type": "client_credential",
        "appid": APPID,
        "secret": "SECRET",
        "force_refresh": True,
    }
    assert issued.renewal is Renewal.LATE


async def test_stable_token_is_not_forced_by_itself(
    client: WeChatClient, server: HostileServer
) -> None:
    server.script(answer(ANSWERS["access_token"]))

    await issue(client, "access_token")

    assert server.received[0].body["force_refresh"] is False


@pytest.mark.parametrize(
    ("chosen", "default", "path"),
    [
        ("", "stable_token", "/cgi-bin/stable_token"),
        ("", "token", "/cgi-bin/token"),
        ("token", "stable_token", "/cgi-bin/token"),
        ("stable_token", "token", "/cgi-bin/stable_token"),
    ],
)
async def test_the_account_chooses_the_endpoint_else_the_default_holds(
    client: WeChatClient, server: HostileServer, chosen: str, default: str, path: str
) -> None:
    server.script(answer(ANSWERS["access_token"]))
    account = Account(appid=APPID, secret="SECRET", endpoint=chosen)

    issuer = issuer_of("access_token", client, default_endpoint=default)
    await issuer.issue(request("access_token", account=account))

    assert server.received[0].path == path


async def test_token_is_asked_for_by_get(client: WeChatClient, server: HostileServer) -> None:
    server.script(answer(ANSWERS["access_token"]))
    account = Account(appid=APPID, secret="SECRET", endpoint="token")

    issued = await issue(client, "access_token", account=account)

    assert server.received[0].method == "GET"
    assert server.received[0].query == {
        "grant_type": "client_credential",
        "appid": APPID,
        "secret": "SECRET",
    }
    assert issued.renewal is Renewal.ORDINARY


@pytest.mark.parametrize(
    ("kind", "ticket_type"), [("jsapi_ticket", "jsapi"), ("wx_card_ticket", "wx_card")]
)
async def test_a_ticket_is_asked_for_with_the_access_token(
    client: WeChatClient, server: HostileServer, kind: str, ticket_type: str
) -> None:
    server.script(answer(ANSWERS[kind]))

    await issue(client, kind)

    assert server.received[0].path == "/cgi-bin/ticket/getticket"
    assert server.received[0].query == {"access_token": "ACCESS", "type": ticket_type}


@pytest.mark.parametrize("kind", ["jsapi_ticket", "wx_card_ticket"])
def test_a_tickets_parent_is_the_token_of_the_account_it_is_for(
    client: WeChatClient, kind: str
) -> None:
    (need,) = issuer_of(kind, client).needs

    assert need.parent is not None
    assert need.parent(JobKey(APPID, kind)) == JobKey(APPID, "access_token")
    assert need.parent(JobKey(APPID, kind, AUTHORIZER)) == JobKey(
        APPID, "authorizer_access_token", AUTHORIZER
    )


async def test_a_users_token_is_refreshed_without_the_secret(
    client: WeChatClient, server: HostileServer
) -> None:
    server.script(answer(ANSWERS["oauth2_access_token"]))

    issued = await issue(client, "oauth2_access_token", key_subject="o-user")

    assert server.received[0].path == "/sns/oauth2/refresh_token"
    assert server.received[0].query == {
        "appid": APPID,
        "grant_type": "refresh_token",
        "refresh_token": "REFRESH",
    }
    assert issued.refresh_token == "NEXT"
    assert issued.subject == "o-user"


async def test_a_job_without_a_user_learns_whose_token_it_is(
    client: WeChatClient, server: HostileServer
) -> None:
    server.script(answer(ANSWERS["oauth2_access_token"]))

    issued = await issue(client, "oauth2_access_token", subject="o-former")

    assert issued.subject == "o-user"


async def test_another_users_token_is_never_taken(
    client: WeChatClient, server: HostileServer
) -> None:
    server.script(answer(ANSWERS["oauth2_access_token"]))

    with pytest.raises(WeChatError, match="another user's") as caught:
        await issue(client, "oauth2_access_token", key_subject="o-someone-else")

    assert caught.value.reaction is Reaction.NEEDS_INPUT
    assert caught.value.refused == "refresh_token"
    assert "VALUE" not in str(caught.value)


async def test_a_platforms_token_is_asked_for_with_the_verify_ticket(
    client: WeChatClient, server: HostileServer
) -> None:
    server.script(answer(ANSWERS["component_access_token"]))

    await issue(client, "component_access_token")

    assert server.received[0].path == "/cgi-bin/component/api_component_token"
    assert server.received[0].body == {
        "component_appid": APPID,
        "component_appsecret": "SECRET",
        "component_verify_ticket": "ticket@@@VERIFY",
    }


async def test_an_authorizers_token_is_asked_for_with_the_platforms(
    client: WeChatClient, server: HostileServer
) -> None:
    server.script(answer(ANSWERS["authorizer_access_token"]))

    issued = await issue(client, "authorizer_access_token", key_subject=AUTHORIZER)

    assert server.received[0].path == "/cgi-bin/component/api_authorizer_token"
    assert server.received[0].query == {"component_access_token": "COMPONENT"}
    assert server.received[0].body == {
        "component_appid": APPID,
        "authorizer_appid": AUTHORIZER,
        "authorizer_refresh_token": "AUTH-REFRESH",
    }
    assert issued.refresh_token == "NEXT"


def test_an_authorizers_parent_is_the_platforms_one_token(client: WeChatClient) -> None:
    parent, kept = issuer_of("authorizer_access_token", client).needs

    assert parent.parent is not None
    assert parent.parent(JobKey(APPID, "authorizer_access_token", AUTHORIZER)) == JobKey(
        APPID, "component_access_token"
    )
    assert kept.kept
