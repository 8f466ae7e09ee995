"""The page of pushes: endpoints and their health, and what came."""

from datetime import timedelta

from tests.access.doors import make
from tests.clock import START, FakeClock
from tests.console.spaces import odd_spaces
from tests.console.visitor import Browser
from tests.house import APPID, AUTHORIZER, COMPONENT, Caller, WeChat
from tests.platform.listening import Platform
from tests.platform.sealing import KEY, Sender, said, ticket
from tests.web.tenants import made_app
from wechat_scheduler.audience.model import SubscriberChange

URL = "/console/pushes"
CAME = "What came, and what became of it"
MESSAGES = f"/wechat/callback/{COMPONENT}/{AUTHORIZER}"
MINUTE = timedelta(minutes=1)


async def test_an_endpoint_is_set_up_told_what_to_enter_and_removed(
    admin: Browser, keeper: Caller
) -> None:
    page = await admin.open(URL)

    wrong = await admin.submit(
        page, f"{URL}/set-up", account=APPID, token="!", encoding_aes_key="?"
    )
    nameless = await admin.submit(page, f"{URL}/set-up", account="?", token="sandboxtoken")
    made = await admin.submit(
        page, f"{URL}/set-up", account=APPID, token="sandboxtoken", encoding_aes_key=KEY
    )
    listed = await admin.open(URL)
    push = Sender(token="sandboxtoken").push(ticket())
    proof = f"signature={push.signature}&timestamp={push.timestamp}&nonce={push.nonce}&echostr=42"
    echo = await keeper.call("GET", f"/wechat/callback/{APPID}?{proof}", key="")
    verified = await admin.open(URL)
    gone = await admin.submit(listed, f"{URL}/remove")

    assert "Set up the first endpoint" in page.text
    assert wrong.status == 400
    assert "3 to 32 letters" in wrong.root.one(id="error-token").text
    assert "43 letters" in wrong.root.one(id="error-encoding_aes_key").text
    assert wrong.root.one(id="field-account")["value"] == APPID
    lost = "Type these again: 消息校验Token, 消息加解密Key (EncodingAESKey)."
    assert lost in wrong.root.one("section", id="set-up").text
    assert "Type these again: 消息校验Token." in nameless.text
    assert "sandboxtoken" not in nameless.html
    assert made.title == "The endpoint is set up"
    assert f"/wechat/callback/{APPID}/$APPID$" in made.text
    assert f"The account {APPID} has no credential here" in made.text
    copied = [one["data-copy"] for one in made.root.find("button") if one["data-copy"]]
    assert [one.endswith(path) for one, path in zip(copied, (APPID, "$APPID$"), strict=True)] == [
        True, True,
    ]  # fmt: skip
    assert KEY not in listed.html
    assert [row["Account"] for row in listed.table("Push endpoints")] == [APPID]
    (before,), (after,) = (one.table("Push endpoints") for one in (listed, verified))
    assert before["From WeChat"] == "URL not verified since it was set upno push yet"
    assert echo.json == "42"
    assert after["From WeChat"].startswith("URL verified just now")
    assert "not accepted any more" in gone.text


async def test_an_endpoint_that_is_set_up_is_replaced_only_after_a_question(
    admin: Browser, keeper: Caller
) -> None:
    await keeper.call(
        "PUT", f"/callbacks/{APPID}", body={"token": "first", "encoding_aes_key": KEY}
    )
    page, fields = await admin.open(URL), {"token": "second", "encoding_aes_key": "b" * 43}

    wrong = await admin.submit(page, f"{URL}/set-up", account=APPID, token="!")
    asked = await admin.submit(page, f"{URL}/set-up", account=APPID, **fields)
    before = await admin.open(URL)
    made = await admin.submit(asked, button="Yes, do it")
    after = await admin.open(URL)
    push = Sender(token="second").push(ticket())
    proof = f"signature={push.signature}&timestamp={push.timestamp}&nonce={push.nonce}&echostr=42"
    echo = await keeper.call("GET", f"/wechat/callback/{APPID}?{proof}", key="")

    assert (wrong.status, wrong.root.one("input", name="account")["value"]) == (400, APPID)
    assert "3 to 32 letters" in wrong.root.one(id="error-token").text
    assert "Type it again" in wrong.root.one(id="hint-token").text
    assert f"Pushes of {APPID} are set up already." in asked.text
    assert not [secret for secret in fields.values() if secret in asked.html]
    assert echo.json == "42"
    assert "the former secrets are accepted too" not in before.text
    assert made.title == "The endpoint is set up"
    assert "the former secrets are accepted too" in after.text


async def test_tickets_refusals_and_what_became_of_each_push_are_shown(
    admin: Browser, keeper: Caller, weixin: WeChat, clock: FakeClock
) -> None:
    platform = Platform(keeper, weixin)
    await platform.authorise()
    await platform.send(Sender().push(said(Content="secret words", MsgId="7")), MESSAGES)
    await platform.send(Sender(token="another").push(ticket()))

    page = await admin.open(URL)
    acts = await admin.open(f"{URL}?kind=act")
    clock.advance(31 * MINUTE)
    late = await admin.open(URL)
    (link,) = [one for one in acts.root.find("a") if one.text == "o-user"]
    users = await admin.open(link["href"])

    (row,) = page.table("Push endpoints")
    came = page.table("What came, and what became of it")
    assert row["Last ticket"] == "just now"
    assert row["From WeChat"].endswith("last push just now (2026-11-18 10:30)")
    assert row["State"].startswith("needs a look")
    assert "its signature does not match" in row["Refused"]
    assert {(one["Push"], one["Became"].partition(" ")[0]) for one in came} == {
        ("1 in the hour, at least", "refused"),
        ("text", "handled"),
        ("component_verify_ticket", "handled"),
        ("authorized", "handled"),
    }
    assert "secret words" not in page.html
    (act,) = acts.table("What came, and what became of it")
    assert act["Subject"] == "o-user"
    assert users.root.one("input", name="called")["value"] == "o-user"
    assert late.table("Push endpoints")[0]["State"].startswith("ticket overdue")


async def test_a_key_that_reads_sees_no_users_and_changes_nothing(
    visitor: Browser, keeper: Caller, weixin: WeChat
) -> None:
    platform = Platform(keeper, weixin)
    await platform.authorise()
    await platform.send(Sender().push(said(Content="x", MsgId="7")), MESSAGES)
    key = await make(keeper, "read")
    await visitor.sign_in(key.text)

    page = await visitor.open(URL)
    chinese = await visitor.open(URL, Accept_Language="zh-CN")
    refused = await visitor.open(f"{URL}?kind=act")

    assert odd_spaces(chinese.html) == []
    assert "o-user" not in page.html
    assert f"{URL}/set-up" not in page.html
    assert f"{URL}/remove" not in page.html
    assert refused.status == 403


async def test_a_person_finds_why_a_follower_got_no_answer(
    admin: Browser, keeper: Caller, weixin: WeChat
) -> None:
    platform = Platform(keeper, weixin)
    await platform.authorise()
    for number, text in enumerate(("随便聊聊", "明天下午3点提醒我开会")):
        await platform.send(Sender().push(said(Content=text, MsgId=str(number))), MESSAGES)
    (user,) = (await keeper.call("GET", f"/v1/subscribers?appid={AUTHORIZER}")).result
    subscribers = keeper.daemon.ground.stores.subscribers
    await subscribers.change(user["uid"], SubscriberChange(nickname="小红"))
    await subscribers.follow(AUTHORIZER, "o-second", uid="UID_second", now=START)

    page = await admin.open(URL)
    found = await admin.submit(page, URL, person="小红")
    nobody = await admin.submit(page, URL, person="小明")
    silent = await admin.submit(page, URL, person="o-second")
    leads = [one["href"] for one in found.root.one("section", id="came").find("a")]
    (sent,) = {one for one in leads if one.startswith("/console/messages?")}
    messages = await admin.open(sent)

    acts = found.table(CAME)
    assert {(one["Push"], one["Subject"]) for one in acts} == {("text", "小红 (o-user)")}
    assert messages.status == 200
    assert (nobody.status, "No user is known" in nobody.root.one(id="error-person").text) == (
        400, True,
    )  # fmt: skip
    assert "Nothing fits these filters." in silent.text


async def test_users_of_one_nickname_are_told_apart(
    admin: Browser, keeper: Caller, weixin: WeChat
) -> None:
    await Platform(keeper, weixin).authorise()
    subscribers = keeper.daemon.ground.stores.subscribers
    for uid in ("one", "two"):
        await subscribers.follow(AUTHORIZER, f"o-{uid}", uid=f"UID_{uid}", now=START)
        await subscribers.change(f"UID_{uid}", SubscriberChange(nickname="小红"))

    asked = await admin.open(f"{URL}?person=小红")
    chosen = await admin.open(f"{URL}{asked.root.one('section', id='which').find('a')[0]['href']}")

    assert asked.status == 400
    assert "This name fits several users" in asked.root.one(id="error-person").text
    assert chosen.root.one("input", name="person")["value"] in ("o-one", "o-two")


async def test_what_was_passed_on_leads_to_the_call_of_the_callback(
    admin: Browser, keeper: Caller, weixin: WeChat
) -> None:
    platform = Platform(keeper, weixin)
    await platform.authorise()
    app = await made_app(keeper, appid=AUTHORIZER, callback="http://127.0.0.1:9/hook")
    bound = [{"external_id": "amy", "openid": "o-user"}]
    await keeper.call("POST", f"/v1/apps/{app['id']}/subscribers", body=bound)
    await platform.send(Sender().push(said(Content="随便聊聊", MsgId="7")), MESSAGES)

    page = await admin.open(f"{URL}?person=o-user")
    section = page.root.one("section", id="came")
    (call,) = [one["href"] for one in section.find("a") if "/console/messages?" in one["href"]]
    sent = await admin.open(call)

    assert "Passed on to the app's callback." in section.text
    assert "the app's callback" in [row["To"] for row in sent.table()]
