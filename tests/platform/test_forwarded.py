"""Messages of the followers of accounts that authorised a platform: its 消息与事件接收URL."""

from dataclasses import replace

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


async def test_an_authorised_account_hears_its_followers_through_the_platform(
    platform: Platform,
) -> None:
    await authorised(platform)

    for number, path in enumerate((MESSAGES, f"/wechat/callback/{AUTHORIZER}")):
        openid = f"o-user{number}"
        platform.weixin.sandbox.people.follow(AUTHORIZER, openid)
        platform.weixin.sandbox.people.write(AUTHORIZER, openid, "获取UID")
        hello = said(Content="获取UID", MsgId="7", FromUserName=openid)

        answer = await platform.send(Sender().push(hello), path)
        await platform.keeper.settle()

        (shown,) = platform.weixin.sandbox.people.arrived(AUTHORIZER, openid)
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


async def test_both_urls_of_a_platform_are_told_when_its_secrets_are_set_and_the_console_may_verify_them(
    platform: Platform,
) -> None:
    answer = await platform.expect()
    await platform.register()
    push = Sender().push(ticket())
    query = f"signature={push.signature}&timestamp={push.timestamp}&nonce={push.nonce}&echostr=42"

    assert answer.result == {
        "appid": COMPONENT,
        "path": f"/wechat/callback/{COMPONENT}",
        "messages_path": f"/wechat/callback/{COMPONENT}/$APPID$",
    }
    for path in (f"{PATH}/$APPID$", "/wechat/callback/$APPID$"):
        told = await platform.keeper.call("GET", f"{path}?{query}", key="")
        forged = await platform.keeper.call("GET", f"{path}?{query.replace('42', '')}", key="")
        assert (told.json, forged.status) == ("42", 403)


async def test_an_event_of_the_platform_is_refused_where_messages_come(platform: Platform) -> None:
    for message in (
        ticket(),
        event("unauthorized", AuthorizerAppid=AUTHORIZER),
        "<xml><InfoType>unauthorized</InfoType><MsgType>text</MsgType></xml>",
    ):
        answer = await platform.send(Sender().push(message), MESSAGES)

        view = await platform.view()
        assert answer.status == 403, message
        assert (view["ticket_at"], view["events"]) == (None, {}), message
        assert "授权事件接收URL" in view["refused"]["reason"], message


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


OTHER = "wx2222222222222229"


async def test_a_platform_does_not_act_for_an_account_that_has_not_authorised_it(
    platform: Platform,
) -> None:
    await authorised(platform)

    for path in (f"{PATH}/{OTHER}", f"/wechat/callback/{OTHER}"):
        answer = await platform.send(Sender().push(HELLO), path)

        advice = (await platform.view())["advice"]
        assert answer.status == 403
        assert f"{OTHER}, which is not known to have authorised {COMPONENT}" in advice
        await platform.expect()


async def test_an_event_that_names_an_account_does_not_authorise_it(platform: Platform) -> None:
    await authorised(platform)
    later = {"AuthorizationCode": "invented", "AuthorizationCodeExpiredTime": "1900000000"}
    for code in (later, later | {"AuthorizationCodeExpiredTime": "1"}):
        await platform.send(Sender().push(event("authorized", AuthorizerAppid=OTHER, **code)))
        await platform.keeper.settle()

    answer = await platform.send(Sender().push(HELLO), f"{PATH}/{OTHER}")

    assert answer.status == 403


async def test_a_push_of_an_account_is_accepted_for_it_alone_and_while_it_authorises_the_platform(
    platform: Platform,
) -> None:
    push = Sender().push(HELLO)
    before = await platform.send(push, MESSAGES)

    await authorised(platform)
    known = [await platform.send(push, MESSAGES) for _ in range(2)]
    advice = (await platform.view())["advice"]
    elsewhere = await platform.send(push, f"{PATH}/wx9999999999999999")
    platform.weixin.sandbox.revoke_authorizer(COMPONENT, AUTHORIZER)
    await platform.pushed()
    revoked = await platform.send(Sender().push(HELLO), MESSAGES)

    assert before.status == 403
    assert ([answer.status for answer in known], advice) == ([200, 200], "")
    assert (elsewhere.status, revoked.status) == (403, 403)
