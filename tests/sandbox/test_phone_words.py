"""The page with the phones speaks Chinese or English, by the language that the browser prefers."""

import re
from importlib import resources

import pytest
from aiohttp import hdrs

from tests.documents import PACKAGE, Sentence, is_said, sentences
from tests.sandbox.conftest import WeChat
from wechat_scheduler.sandbox.phone_words import CHINESE, words_for

PAGE = resources.files("wechat_scheduler.sandbox").joinpath("phone_page.html").read_text("utf-8")
LITERAL = r'"([^"]*)"'
SAID = rf"(?:say|fill)\(((?:[^()\"]|{LITERAL})*)"


@pytest.mark.parametrize(
    ("accepted", "is_chinese"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", True),
        ("ZH-Hans-CN", True),
        ("fr, zh;q=0.5, en;q=0.4", True),
        ("en-US,en;q=0.9,zh-CN;q=0.8", False),
        ("zh;q=0.5,en", False),
        ("zh;q=0", False),
        ("fr-FR,*;q=0.1", False),
        ("zh;q=much, ;;, =", False),
        ("", False),
    ],
)
async def test_the_page_is_in_the_language_that_the_browser_prefers(
    wechat: WeChat, accepted: str, is_chinese: bool
) -> None:
    response = await wechat.http.get("/_sandbox/phone", headers={"Accept-Language": accepted})

    page = await response.text()
    assert ('<html lang="zh-CN">' in page, "关注公众号" in page) == (is_chinese, is_chinese)
    assert ('<html lang="en">' in page, ">Follow<" in page) == (not is_chinese, not is_chinese)
    assert "{{" not in page
    assert response.headers[hdrs.VARY] == "Accept-Language"


def test_every_text_of_the_page_is_translated_and_no_other() -> None:
    written = set(re.findall(r"\{\{(.+?)\}\}", PAGE))
    said = {text for call, _ in re.findall(SAID, PAGE) for text in re.findall(LITERAL, call)}
    deeds = [it.text for it in sentences(PACKAGE / "sandbox") if it.call == "self._note"]
    told = {key for key in CHINESE if any(is_said(deed, [Sentence("", key)]) for deed in deeds)}

    assert {deed for deed in deeds if not is_said(deed, _keys(told))} == set()
    assert written | said | told == set(CHINESE)


def _keys(texts: set[str]) -> list[Sentence]:
    return [Sentence("", text) for text in texts]


def test_a_text_keeps_its_gaps_in_chinese() -> None:
    assert {text for text, words in CHINESE.items() if text.count("…") != words.count("…")} == set()


def test_english_needs_no_table() -> None:
    assert words_for("en") == {}
