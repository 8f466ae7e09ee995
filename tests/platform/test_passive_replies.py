"""A follower is answered in the response to the push, where their account has no token to send an answer by."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from tests.audience.people import Lists, an_app, heard
from tests.clock import START, FakeClock
from tests.house import AUTHORIZER, Caller, WeChat
from tests.platform.sealing import KEY, SECRETS, TOKEN, Sender, said
from wechat_scheduler.audience.model import App, Subscriber
from wechat_scheduler.audience.passive_replies import LONGEST, PassiveReplies
from wechat_scheduler.audience.user_acts import UserAct, UserActKind
from wechat_scheduler.delivery.gate import WITHOUT_TEXTS
from wechat_scheduler.sandbox.options import AccountReceiver, PushMode
from wechat_scheduler.sandbox.phones import By
from wechat_scheduler.wechat.decoding import PushDecoder

SENTENCE = "明天下午3点提醒我开会"
ACT = heard(UserActKind.TEXT, "e1", text="hi")
WRITER = Subscriber(uid="UID_a", appid=ACT.appid, openid=ACT.openid, follows=True, created_at=START)


async def hear_from(keeper: Caller, weixin: WeChat, appid: str, mode: PushMode) -> str:
    """An account whose pushes come in this mode, and a follower of it; returns the openid."""
    key = {} if mode is PushMode.PLAIN else {"encoding_aes_key": KEY}
    answer = await keeper.call("PUT", f"/callbacks/{appid}", body={"token": TOKEN} | key)
    await weixin.sandbox.register_account(
        AccountReceiver(
            appid=appid,
            url=f"{keeper.daemon.url}{answer.result['path']}",
            token=TOKEN,
            encoding_aes_key=KEY,
            mode=mode,
        )
    )
    return str(weixin.sandbox.people.follow(appid))


async def write(keeper: Caller, weixin: WeChat, openid: str, text: str) -> None:
    """The follower writes to the authorizer, and the daemon does all that follows from it."""
    weixin.sandbox.people.write(AUTHORIZER, openid, text)
    await weixin.sandbox.push_once()
    await keeper.settle()


async def test_without_a_credential_a_reminder_is_confirmed_in_the_response(
    keeper: Caller, weixin: WeChat
) -> None:
    for mode in PushMode:
        appid = f"wx{mode.value:>016}"
        openid = await hear_from(keeper, weixin, appid, mode)
        weixin.sandbox.people.write(appid, openid, SENTENCE)

        await weixin.sandbox.push_once()
        await keeper.settle()

        (shown,) = weixin.sandbox.people.arrived(appid, openid)
        assert (mode, shown.by) == (mode, By.REPLY)
        assert shown.text.startswith("/:ok将在1天4小时后提醒你开会"), shown.text
        assert shown.text.endswith("恢复之前收不到提醒")


async def test_with_a_credential_the_answer_is_a_message(keeper: Caller, weixin: WeChat) -> None:
    openid = await hear_from(keeper, weixin, AUTHORIZER, PushMode.SAFE)
    await keeper.register({"type": 0}, appid=AUTHORIZER)
    await keeper.settle()

    await write(keeper, weixin, openid, SENTENCE)

    (shown,) = weixin.sandbox.people.arrived(AUTHORIZER, openid)
    assert shown.by is By.ACCOUNT
    assert shown.text.startswith("/:ok将在1天4小时后提醒你开会")


async def test_an_account_that_may_send_no_texts_answers_in_the_response(
    keeper: Caller, weixin: WeChat
) -> None:
    openid = await hear_from(keeper, weixin, AUTHORIZER, PushMode.SAFE)
    await keeper.register({"type": 0}, appid=AUTHORIZER)
    await keeper.settle()
    weixin.sandbox.script("/cgi-bin/message/custom/send", errcode=48001, times=None)
    for text in (SENTENCE, "后天9点提醒我体检"):
        await write(keeper, weixin, openid, text)

    (shown,) = weixin.sandbox.people.arrived(AUTHORIZER, openid)
    assert shown.by is By.REPLY
    assert shown.text.startswith("/:ok将在1天22小时后提醒你体检")


async def test_after_an_hour_a_text_tries_whether_the_account_may_send_again(
    keeper: Caller, weixin: WeChat, clock: FakeClock
) -> None:
    openid = await hear_from(keeper, weixin, AUTHORIZER, PushMode.SAFE)
    await keeper.register({"type": 0}, appid=AUTHORIZER)
    await keeper.settle()
    weixin.sandbox.script("/cgi-bin/message/custom/send", errcode=48001)
    for text, pause in ((SENTENCE, timedelta(0)), ("后天9点提醒我体检", WITHOUT_TEXTS)):
        clock.advance(pause)
        await write(keeper, weixin, openid, text)

    shown = weixin.sandbox.people.arrived(AUTHORIZER, openid)[-1]
    assert (shown.by, "收不到提醒" in shown.text) == (By.ACCOUNT, False)


async def no_token(_: str) -> bool:
    return False


def no_apps(_: str) -> Sequence[App]:
    return ()


async def test_only_what_is_said_to_the_writer_is_in_the_response() -> None:
    lists = Lists()
    replies = PassiveReplies(lists, sends=no_token, apps=no_apps)
    owner = replace(WRITER, uid="UID_b", openid="o2")

    async def receive(act: UserAct) -> None:
        event = f"{act.appid}/{act.event_id}"
        await replies.say(WRITER, "你好", event_id=f"{event}/bot", app=None)
        await replies.say(WRITER, "你好", event_id=f"{event}/bot", app=None)
        await replies.say(WRITER, "链接：", event_id=f"{event}/self/page", app=None, secret="S")
        await replies.say(owner, "来了", event_id=f"{event}/owner", app=None)
        await replies.say(WRITER, "长" * LONGEST, event_id=f"{event}/long", app=None)
        await replies.say(WRITER, "别的", event_id=f"{ACT.appid}/e2/bot", app=None)

    told = await replies.hear(receive, ACT)
    await replies.say(WRITER, "后来", event_id=f"{ACT.appid}/e1/bot", app=None)

    assert told == "你好\n\n链接：S"
    assert lists.said == ["来了", "长" * LONGEST, "别的", "后来"]


async def test_a_text_that_is_too_long_is_shortened_by_its_last_lines() -> None:
    replies = PassiveReplies(Lists(), sends=no_token, apps=no_apps)

    async def receive(act: UserAct) -> None:
        text = "\n".join(["长" * 300] * 9)
        await replies.say(WRITER, text, event_id=f"{act.appid}/{act.event_id}/bot", app=None)

    assert await replies.hear(receive, ACT) == "\n".join(["长" * 300] * 2 + ["……"])


async def test_a_first_line_that_is_too_long_is_cut() -> None:
    replies = PassiveReplies(Lists(), sends=no_token, apps=no_apps)

    async def receive(act: UserAct) -> None:
        event_id = f"{act.appid}/{act.event_id}/bot"
        await replies.say(WRITER, "长" * LONGEST, event_id=event_id, app=None)

    assert await replies.hear(receive, ACT) == "长" * 680 + "\n……"


async def test_what_is_said_to_the_user_of_a_mini_program_is_a_message() -> None:
    lists, apps = Lists(), (an_app(mini_program=True),)
    replies = PassiveReplies(lists, sends=no_token, apps=lambda _: apps)

    async def receive(act: UserAct) -> None:
        event_id = f"{act.appid}/{act.event_id}/self"
        await replies.say(WRITER, "新的 SPT：", event_id=event_id, app=None, secret="S")

    assert (await replies.hear(receive, ACT), lists.said) == ("", ["新的 SPT：S"])


def test_wechatpy_reads_a_reply() -> None:
    push = Sender(appid=AUTHORIZER).push(said(Content="你好", MsgId="7"))
    decoder = PushDecoder()
    opened = decoder.open(push, SECRETS, appid=AUTHORIZER)

    reply = decoder.reply(opened, "好]]>\x00的 <a>", appid=AUTHORIZER, now=START)

    message = Sender(appid=AUTHORIZER).read(reply)
    assert (message["ToUserName"], message["FromUserName"]) == ("o-user", "gh_1")
    assert (message["MsgType"], message["Content"]) == ("text", "好]]>的 <a>")
