"""What a person must do is said in Chinese in the console, and in English by the API."""

import re
from string import Formatter
from typing import Any

import pytest

from tests.console.visitor import Browser
from tests.house import APPID, Caller, WeChat
from tests.test_chinese import CHINESE, HALF, VALUE
from tests.web.tenants import bound, deliveries, made_app, send
from wechat_scheduler.daemon import chinese
from wechat_scheduler.delivery.refused_receivers import Refusal
from wechat_scheduler.engine.sentences import Sentence
from wechat_scheduler.web.kit.chinese import LONGEST, Chinese
from wechat_scheduler.wechat.errcodes import ERRCODES

EVERY = chinese.sentences()
OURS = chinese.chinese()


def names(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def shown(sentence: Sentence, value: str) -> tuple[str, str]:
    """Both languages with values that end in `value`."""
    values = {name: f"{name}{value}" for name in names(sentence.en)}
    return sentence.en.format(**values), sentence.zh.format(**values)


@pytest.mark.parametrize("sentence", EVERY, ids=lambda sentence: sentence.en[:60])
def test_every_advice_and_every_reason_has_chinese_with_the_same_values(sentence: Sentence) -> None:
    text = re.sub(r"\{\w+\}", VALUE, sentence.zh)

    assert re.search(CHINESE, text.replace(VALUE, "")), sentence.en
    assert names(sentence.en) == names(sentence.zh)
    assert not HALF.search(text)
    assert not text.endswith(("。", "."))


@pytest.mark.parametrize("sentence", EVERY, ids=lambda sentence: sentence.en[:60])
def test_a_filled_sentence_is_found_with_its_values(sentence: Sentence) -> None:
    english, expected = shown(sentence, "-7")

    assert OURS.of(english) == expected
    assert OURS.of(f"{english}; {english}") == f"{expected}；{expected}"


def test_every_code_of_the_table_and_every_refusal_is_among_them() -> None:
    assert ERRCODES.sentences() <= set(EVERY)
    assert {refusal.value for refusal in Refusal} <= set(EVERY)
    assert all(ERRCODES.sentences())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("a sentence of tomorrow", "a sentence of tomorrow"),
        (
            "/cgi-bin/message/custom/send: 43004 require subscribe; "
            "the user does not follow the account: they have to follow it again",
            "/cgi-bin/message/custom/send: 43004 require subscribe；用户没有关注公众号：须由用户重新关注",
        ),
        (
            "given up after 3 days, 0:00:00: the app's own limit of messages per minute",
            "尝试 3 days, 0:00:00 后放弃：应用自己设定的每分钟消息上限",
        ),
        ("the app {x} has no template for the purpose {0}", "应用 {x} 没有为用途 {0} 指定模板"),
        ("the app a; b has no template for the purpose c", "应用 a; b 没有为用途 c 指定模板"),
        ("the user's quiet hours; what is new", "用户的免打扰时段；what is new"),
        ("; " * LONGEST, "; " * LONGEST),
    ],
)
def test_a_text_is_translated_as_far_as_it_is_known(text: str, expected: str) -> None:
    assert OURS.of(text) == expected


def test_the_more_particular_of_two_sentences_is_meant() -> None:
    both = Chinese(
        [Sentence("no {name}", "没有 {name}"), Sentence("no {name} yet", "还没有 {name}")]
    )

    assert both.of("no ticket yet") == "还没有 ticket"


def test_the_address_that_wechat_names_is_said_in_chinese() -> None:
    known = ERRCODES.read("/cgi-bin/token", 40164, "invalid ip 1.2.3.4").advice
    unknown = ERRCODES.read("/cgi-bin/token", 40164, "invalid ip").advice

    assert OURS.of(known).startswith("把 IP 1.2.3.4 加入账号的 IP 白名单（微信开发者平台 →")
    assert OURS.of(unknown).startswith("把 IP （本机） 加入")


async def test_a_dead_delivery_says_in_chinese_what_to_do(
    admin: Browser, keeper: Caller, weixin: WeChat
) -> None:
    await keeper.register({"type": 0})
    await keeper.settle()
    app: dict[str, Any] = await made_app(keeper)
    await bound(keeper, app, "alice")
    weixin.sandbox.script("/cgi-bin/message/template/send", errcode=43004, times=1)
    await send(keeper, app, "alice", text="", template="T", data={"thing1": "here"})
    await keeper.settle()
    (dead,) = await deliveries(keeper)

    path = f"/console/deliveries/{dead['id']}"
    story = await admin.open(path, Accept_Language="zh-CN")
    listed = await admin.open("/console/messages", Accept_Language="zh-CN")
    english = await admin.open(path, Accept_Language="en")

    advice = "they have to follow it again"
    assert advice in dead["reason"]
    assert "须由用户重新关注。" in story.text
    assert "须由用户重新关注" in listed.text
    assert advice not in story.text + listed.text
    assert advice in english.text


async def test_a_refused_credential_says_in_chinese_what_to_do(
    admin: Browser, keeper: Caller, weixin: WeChat
) -> None:
    weixin.sandbox.script("/cgi-bin/stable_token", errcode=40243)
    await keeper.register({"type": 0})
    await keeper.settle()

    job = await admin.open(f"/console/credentials/{APPID}", Accept_Language="zh-CN")

    assert "AppSecret 已被冻结：账号管理员须解冻它" in job.text
    assert "must unfreeze" not in job.text
