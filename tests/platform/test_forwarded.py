"""Messages of the followers of accounts that authorised a platform: its 消息与事件接收URL."""

from dataclasses import replace

import pytest

from tests.clock import START, FakeClock
from tests.house import AUTHORIZER, COMPONENT
from tests.platform.listening import PATH, Platform
from tests.platform.sealing import KEY, TOKEN, Sender, event, said, ticket
from wechat_scheduler.sandbox.options import AccountReceiver, PushMode

MESSAGES = f"/wechat/callback/{COMPONENT}/{AUTHORIZER}"
HELLO = said(Content="获取UID", MsgId="7")


async def authorised(platform: Platform) -> None:
    """An account authorises the platform, and the daemon keeps its token."""
    await platform.register()
    platform.weixin.sandbox.grant_authorizer(COMPONENT, AUTHORIZER)
    await platform.pushed()


@pytest.mark.parametrize("path", [MESSAGES, f"/wechat/callback/{AUTHORIZER}"])
async def test_an_authorised_account_hears_its_followers_through_the_platform(
    platform: Platform, path: str
) -> None:
    await authorised(platform)
    platform.weixin.sandbox.people.follow(AUTHORIZER, "o-user")
    platform.weixin.sandbox.people.write(AUTHORIZER, "o-user", "获取UID")

    answer = await platform.send(Sender().push(HELLO), path)
    await platform.keeper.settle()

    (shown,) = platform.weixin.sandbox.people.arrived(AUTHORIZER, "o-user")
    assert answer.json == "success"
    assert shown.text.startswith("UID_")


async def test_the_sandbox_pushes_through_a_platform(platform: Platform) -> None:
    await authorised(platform)
    path = (await platform.view())["messages_path"]
    await platform.weixin.sandbox.register_account(
        AccountReceiver(
            appid=AUTHORIZER,
            url=f"{platform.keeper.daemon.url}{path}",
            token=TOKEN,
            encoding_aes_key=KEY,
            mode=PushMode.SAFE,
            component_appid=COMPONENT,
        )
    )
    openid = platform.weixin.sandbox.people.follow(AUTHORIZER)
    platform.weixin.sandbox.people.write(AUTHORIZER, openid, "获取UID")

    accepted = await platform.pushed()

    (shown,) = platform.weixin.sandbox.people.arrived(AUTHORIZER, openid)
    assert path == f"/wechat/callback/{COMPONENT}/$APPID$"
    assert accepted == 2
    assert shown.text.startswith("UID_")


async def test_both_urls_of_a_platform_are_told_when_its_secrets_are_set(
    platform: Platform,
) -> None:
    answer = await platform.expect()

    assert answer.result == {
        "appid": COMPONENT,
        "path": f"/wechat/callback/{COMPONENT}",
        "messages_path": f"/wechat/callback/{COMPONENT}/$APPID$",
    }


@pytest.mark.parametrize(
    "message",
    [
        ticket(),
        event("unauthorized", AuthorizerAppid=AUTHORIZER),
        "<xml><InfoType>unauthorized</InfoType><MsgType>text</MsgType></xml>",
    ],
)
async def test_an_event_of_the_platform_is_refused_where_messages_come(
    platform: Platform, message: str
) -> None:
    answer = await platform.send(Sender().push(message), MESSAGES)

    view = await platform.view()
    assert answer.status == 403
    assert (view["ticket_at"], view["events"]) == (None, {})
    assert "授权事件接收URL" in view["refused"]["reason"]


async def test_what_is_not_for_the_platform_is_refused(
    platform: Platform, clock: FakeClock
) -> None:
    await platform.register()
    hostile = [
        Sender(token="another").push(HELLO),
        Sender(appid=AUTHORIZER).push(HELLO),
        Sender().plain(HELLO),
        Sender().push(HELLO, START.replace(year=2014)),
        replace(Sender().push(HELLO), msg_signature=""),
    ]

    for path in (MESSAGES, f"/wechat/callback/{AUTHORIZER}"):
        for push in hostile:
            assert (await platform.send(push, path)).status == 403
    assert (await platform.send(Sender().push(HELLO), f"{PATH}/$APPID$")).status == 403


async def test_a_push_about_one_account_is_not_accepted_for_another(platform: Platform) -> None:
    await authorised(platform)
    push = Sender().push(HELLO)
    await platform.send(push, MESSAGES)

    again = await platform.send(push, MESSAGES)
    elsewhere = await platform.send(push, f"{PATH}/wx9999999999999999")

    assert (again.status, elsewhere.status) == (200, 403)


async def test_the_console_may_verify_the_url_of_messages(platform: Platform) -> None:
    await platform.register()
    push = Sender().push(ticket())
    query = f"signature={push.signature}&timestamp={push.timestamp}&nonce={push.nonce}&echostr=42"

    for path in (f"{PATH}/$APPID$", "/wechat/callback/$APPID$"):
        answer = await platform.keeper.call("GET", f"{path}?{query}", key="")
        forged = await platform.keeper.call("GET", f"{path}?{query.replace('42', '')}", key="")
        assert (answer.json, forged.status) == ("42", 403)


OTHER = "wx2222222222222229"


@pytest.mark.parametrize("path", [f"{PATH}/{OTHER}", f"/wechat/callback/{OTHER}"])
async def test_a_platform_does_not_act_for_an_account_that_has_not_authorised_it(
    platform: Platform, path: str
) -> None:
    await authorised(platform)

    answer = await platform.send(Sender().push(HELLO), path)

    advice = (await platform.view())["advice"]
    assert answer.status == 403
    assert f"{OTHER}, which is not known to have authorised {COMPONENT}" in advice


async def test_an_appid_that_is_no_platform_acts_for_no_account(platform: Platform) -> None:
    answer = await platform.send(Sender().push(HELLO), MESSAGES)

    assert answer.status == 403


async def test_an_event_that_names_an_account_does_not_authorise_it(platform: Platform) -> None:
    await authorised(platform)
    later = {"AuthorizationCode": "invented", "AuthorizationCodeExpiredTime": "1900000000"}
    for code in (later, later | {"AuthorizationCodeExpiredTime": "1"}):
        await platform.send(Sender().push(event("authorized", AuthorizerAppid=OTHER, **code)))
        await platform.keeper.settle()

    answer = await platform.send(Sender().push(HELLO), f"{PATH}/{OTHER}")

    assert answer.status == 403


async def test_a_push_that_comes_before_its_account_authorises_is_accepted_when_it_comes_again(
    platform: Platform,
) -> None:
    push = Sender().push(HELLO)
    before = await platform.send(push, MESSAGES)

    await authorised(platform)

    again = await platform.send(push, MESSAGES)
    assert (before.status, again.status) == (403, 200)
    assert (await platform.view())["advice"] == ""


async def test_an_account_that_revoked_its_authorisation_is_heard_no_more(
    platform: Platform,
) -> None:
    await authorised(platform)
    platform.weixin.sandbox.revoke_authorizer(COMPONENT, AUTHORIZER)
    await platform.pushed()

    answer = await platform.send(Sender().push(HELLO), MESSAGES)

    assert answer.status == 403
