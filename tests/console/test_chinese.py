"""What a person must do is said in Chinese in the console, and in English by the API."""

import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module
from string import Formatter
from typing import Any

import pytest

from tests.console.visitor import Browser
from tests.house import APPID, Caller, WeChat
from tests.test_chinese import BLANK, CHINESE, HALF, ROOT, VALUE, texts
from tests.web.tenants import bound, deliveries, made_app, send
from wechat_scheduler.alerts.conditions import dead_letters
from wechat_scheduler.alerts.ports import DeadLetters
from wechat_scheduler.credentials.fault_sentences import ANOTHER_PARAMS, ANSWER_IT, NOT_ANSWERED
from wechat_scheduler.credentials.missing_inputs import no_params
from wechat_scheduler.daemon import chinese
from wechat_scheduler.delivery.refused_receivers import Refusal
from wechat_scheduler.engine.sentences import Sentence, fill_chinese
from wechat_scheduler.web import console
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.kit.chinese import LONGEST, Chinese
from wechat_scheduler.wechat.errcodes import ERRCODES

EVERY = chinese.sentences()
OURS = chinese.chinese()


def names(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name)


def shown(sentence: Sentence, value: str) -> tuple[str, str]:
    """Both languages with values that end in `value`."""
    forms = {name: form for _, name, form, _ in Formatter().parse(sentence.en) if name}
    values = {name: 7 if form == "d" else f"{name}{value}" for name, form in forms.items()}
    return sentence.en.format(**values), sentence.zh.format(**values)


def test_every_advice_and_every_reason_has_chinese_with_the_same_values() -> None:
    wrong = [sentence for sentence in EVERY if not _is_chinese(sentence)]

    assert wrong == []


def _is_chinese(sentence: Sentence) -> bool:
    text = re.sub(r"\{\w+\}", VALUE, sentence.zh)
    return (
        re.search(f"{CHINESE}|：", text.replace(VALUE, "")) is not None
        and names(sentence.en) == names(sentence.zh)
        and not HALF.search(text)
        and not BLANK.search(text)
        and not text.endswith(("。", "."))
    )


def phrases() -> set[Words]:
    """Every phrase of the console."""
    found = pkgutil.walk_packages(console.__path__, f"{console.__name__}.")
    modules = [import_module(module.name) for module in found]
    return {words for module in modules for value in vars(module).values() for words in _in(value)}


def _in(value: object) -> Iterator[Words]:
    if isinstance(value, Words):
        yield value
    elif isinstance(value, dict | list | tuple):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _in(one)


def test_each_phrase_has_full_width_punctuation_in_chinese() -> None:
    said = {words: re.sub(r"\{\w+\}", VALUE, words.zh) for words in phrases()}

    assert len(said) > 900
    assert [words for words, zh in said.items() if HALF.search(zh) or BLANK.search(zh)] == []


def test_each_phrase_is_a_sentence_in_both_languages_or_in_none() -> None:
    assert [
        words for words in phrases() if _is_sentence(words.en) is not _is_sentence(words.zh)
    ] == []


def _is_sentence(text: str) -> bool:
    return text.endswith((*".?!。？！",))


def test_no_page_joins_texts_with_punctuation_of_one_language() -> None:
    files = sorted((ROOT / "web" / "console").rglob("*.py"))
    markup = [text for file in files for text in texts(file) if re.search(r"<\w.*\{", text)]

    assert len(markup) > 100
    assert [text for text in markup if re.search(r"\}[:,;]|[:,;] \{", text)] == []


def test_a_value_with_full_width_punctuation_has_no_blank_beside_it() -> None:
    assert fill_chinese("把 {ip} 加入 {list}", ip="（本机）", list="名单") == "把（本机）加入 名单"
    assert fill_chinese("{name} 失败 {name}", name="“快递”") == "“快递”失败“快递”"


def test_a_filled_sentence_is_found_with_its_values() -> None:
    wrong = []
    for english, expected in (shown(sentence, "-7") for sentence in EVERY):
        found = OURS.of(english), OURS.of(f"{english}; {english}")
        if found != (expected, f"{expected}；{expected}"):
            wrong.append((english, found))

    assert wrong == []


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
            "/cgi-bin/message/custom/send 返回 43004（require subscribe）；用户没有关注公众号：须由用户重新关注",
        ),
        (
            "given up after 3 days: the app's own limit of messages per minute",
            "尝试 3 天后放弃：应用自己设定的每分钟消息上限",
        ),
        ("the app {x} has no template for the purpose {0}", "应用 {x} 没有为用途 {0} 指定模板"),
        ("the app a; b has no template for the purpose c", "应用 a; b 没有为用途 c 指定模板"),
        ("the user's quiet hours; what is new", "用户的免打扰时段；what is new"),
        ("; " * LONGEST, "; " * LONGEST),
        (
            "/cgi-bin/token: no answer within 2.5 s; if this continues, check the network path to WeChat's API",
            "/cgi-bin/token：2.5 秒内没有回答；如果持续，请检查到微信 API 的网络",
        ),
        (
            "thing1 is empty; phrase2 takes at most 5 Chinese characters and nothing else",
            "thing1 是空的；phrase2 应为最多 5 个汉字，不含其他",
        ),
        ("cancelled by key_7", "被 key_7 取消"),
        ("the alert target hook answered 500", "告警接收者 hook 回答了 500"),
        (
            "the alert target hook must not be called: ::1 is in a denied network",
            "告警接收者 hook 不允许调用：::1 在禁止的网段里",
        ),
        (
            "the alert target mail: the mail server refuses user and password (535)",
            "告警接收者 mail：邮件服务器不接受用户名和密码（535）",
        ),
        ("notify of http://a.example/b answered 500", "通知地址 http://a.example/b 回答了 500"),
        ("/cgi-bin/stable_token: -1 system error", "/cgi-bin/stable_token 返回 -1（system error）"),
        (
            "templates.message.fields.thing9: is not a keyword of the template: T1 has thing1, thing2",
            "templates.message.fields.thing9：不是这个模板的关键词：T1 的关键词是 thing1, thing2",
        ),
        (
            "thing2 is needed too: T1 has thing1, thing2",
            "thing2 也需要：T1 的关键词是 thing1, thing2",
        ),
        ("the last push was refused: it is not signed", "上一个推送被拒绝：没有签名"),
        (
            "must be 43 letters and digits, or left out for 明文模式",
            "必须是 43 位字母和数字，明文模式则留空",
        ),
        (
            "robot answered 19021: no; its sign is wrong: set its secret, and check this machine's clock",
            "robot 回答了 19021：no；签名不对：请设置它的密钥，并检查本机的时钟",
        ),
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
    assert OURS.of(unknown).startswith("把 IP 地址（运行守护进程的机器的出口地址）加入")


def test_the_inputs_that_a_credential_waits_for_are_said_in_chinese() -> None:
    pushed = no_params("component_verify_ticket", waits_on="", is_pushed=True)
    refused = NOT_ANSWERED.fill(name="code", error="params of http://a.example answered 500")
    remedy = ANSWER_IT.fill(name="code", another=ANOTHER_PARAMS.en)

    assert OURS.of(str(pushed)).startswith("没有 component_verify_ticket：微信没有推送过")
    assert "PUT /callbacks/{appid}" in OURS.of(pushed.advice)
    assert OURS.of(refused) == "没有 code：params 地址 http://a.example 回答了 500"
    assert '以 200 回答 {"code": "…"}，或用另一个' in OURS.of(remedy)


def test_an_alert_is_said_in_chinese_with_its_values() -> None:
    (dead,) = dead_letters(
        [DeadLetters(app_id=7, deliveries=3, error="the user's quiet hours")],
        {7: ("shop", "wx1")},
        most=1,
    )

    assert OURS.of(dead.text) == "最近一小时，应用 7（shop）有 3 条消息失败：用户的免打扰时段"
    assert OURS.of(dead.advice).startswith("请查明失败的原因，原因消除后重新发送：")
    assert OURS.of("wx1/access_token: it has no valid value; its value expires at 9:00") == (
        "wx1/access_token：没有有效的值；它的值将于 9:00 过期"
    )


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
