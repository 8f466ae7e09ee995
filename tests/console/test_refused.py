"""What is refused until a person acts, on the pages that say so."""

from datetime import timedelta

import msgspec

from tests.clock import FakeClock
from tests.console.test_overview import hrefs, needs
from tests.console.visitor import Browser
from tests.house import APPID, Caller, WeChat
from tests.platform.sealing import KEY, OTHER_KEY, Sender, ticket
from tests.web.tenants import opened_shop, send
from wechat_scheduler.config.alerts import AlertRule

BOT = "/console/reminders/bot"
PUSHES = "/console/pushes"
SEND = "/cgi-bin/message/custom/send"


async def checked(keeper: Caller) -> None:
    watch = keeper.daemon.cores.alerts.watch
    rules = (AlertRule.SENDS_REFUSED, AlertRule.PUSHES_REFUSED)
    watch.settings = msgspec.structs.replace(watch.settings, rules=rules)
    await watch.check()


async def test_deliveries_that_wait_for_a_person_are_one_item_with_their_number_and_the_advice(
    admin: Browser, keeper: Caller, weixin: WeChat
) -> None:
    shop = await opened_shop(keeper, weixin, "alice")
    weixin.sandbox.script(SEND, errcode=48001, times=None)
    for _ in range(2):
        await send(keeper, shop, "alice")
    await keeper.settle()

    await checked(keeper)
    page = await admin.open("/")
    chinese = await admin.open("/", Accept_Language="zh-CN")

    (need,) = needs(page)
    assert "Nothing needs a person now." not in page.text
    assert f"WeChat refuses what {APPID} sends with 48001; deliveries that wait: 2" in need
    assert "account may not use this API" in need
    assert "/console/messages?state=pending&errcode=48001" in hrefs(page, "needs")
    assert "等待中的投递：2" in needs(chinese)[0]


async def test_a_callback_that_refuses_pushes_needs_a_person_until_wechat_verifies_it(
    admin: Browser, keeper: Caller, weixin: WeChat, clock: FakeClock
) -> None:
    await opened_shop(keeper, weixin, "alice")

    async def set_up(token: str) -> None:
        body = {"token": token, "encoding_aes_key": KEY}
        assert (await keeper.call("PUT", f"/callbacks/{APPID}", body=body)).status == 200

    async def verify(token: str) -> int:
        push = Sender(token=token).push(ticket(), clock.now())
        proof = f"signature={push.signature}&timestamp={push.timestamp}&nonce={push.nonce}"
        path = f"/wechat/callback/{APPID}?{proof}&echostr=42"
        return (await keeper.call("GET", path, key="")).status

    async def push(token: str, key: str) -> int:
        push = Sender(token=token, key=key).push(ticket(), clock.now())
        proof = f"signature={push.signature}&timestamp={push.timestamp}&nonce={push.nonce}"
        path = f"/wechat/callback/{APPID}?{proof}&msg_signature={push.msg_signature}"
        return (await keeper.call("POST", path, data=push.body, key="")).status

    async def told(token: str, key: str = KEY) -> str:
        """What needs a person after two such pushes: WeChat repeats a push, and later ones are refused too."""
        for _ in range(2):
            assert await push(token, key) == 403
            await checked(keeper)
            clock.advance(timedelta(minutes=6))
            await checked(keeper)
        return "".join(needs(await admin.open("/")))

    async def hears() -> str:
        (row,) = (await admin.open(BOT)).table("Accounts")
        return row["Hears users"]

    await set_up("sandboxtoken")
    said = [await hears()]
    assert await verify("another") != 200
    said.append(await hears())
    clock.advance(timedelta(minutes=1))
    assert await verify("sandboxtoken") == 200
    said.append(await hears())
    by_stranger = await told("another")
    other_key = await told("sandboxtoken", OTHER_KEY)
    assert await verify("sandboxtoken") == 200
    await checked(keeper)
    clock.advance(timedelta(minutes=1))
    await set_up("newtoken")
    other_token = await told("another")
    assert await verify("newtoken") == 200
    await checked(keeper)
    after = await admin.open("/")
    (row,) = (await admin.open(PUSHES)).table("Push endpoints")

    assert said == [
        "not known: URL not verified, no push yet",
        "no: the last push was refused",
        "yes",
    ]
    assert by_stranger == ""
    for need in (other_key, other_token):
        assert need.startswith("Warning Pushes refused")
        assert "ompare the Token and the EncodingAESKey" in need
    assert "Nothing needs a person now." in after.text
    assert "the last push was refused" not in row["State"]
