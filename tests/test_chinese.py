"""The Chinese that users read has one punctuation, the full-width one, one form of address (你), and one word for
each thing."""

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.documents import dotted, nodes, parts_of, read
from wechat_scheduler.sandbox.phone_words import CHINESE as WORDS
from wechat_scheduler.web.console.docs.operations import ApiReference
from wechat_scheduler.web.console.docs.schema_fields import divided
from wechat_scheduler.web.console.words import Language
from wechat_scheduler.web.kit.kinds import KindTable
from wechat_scheduler.web.native.chinese.table import TABLES
from wechat_scheduler.web.native.openapi import rendered
from wechat_scheduler.web.native.routes import NATIVE

ROOT = Path(__file__).parents[1] / "wechat_scheduler"
# They speak to users as friends.
ROOMS = ("web/pages", "web/kit", "reminders", "audience", "delivery")
# They answer as foreign programs do.
FOREIGN = ("web/compat", "web/native/original.py")

# Stands for a value in a text.
VALUE = "值"
HAN = "[\u4e00-\u9fff]"
CHINESE = r"[\u4e00-\u9fff“”‘’「」（）《》…]"
HALF = re.compile(rf"(?<={CHINESE}) ?[,!?:;()](?= ?{CHINESE}|\s*$|\n)|(?<={CHINESE})[,!?:;] ")
# Full-width punctuation has its own space.
BLANK = re.compile(r" +[，。！？：；（）“”、]|[，。！？：；（）、“”] +(?=\S)")
ENGLISH = re.compile("[a-z]{2} [a-z]{2}")


@cache
def texts(file: Path) -> list[str]:
    """The strings of a file, without docstrings and patterns."""
    found: list[str] = []
    unread: set[ast.AST] = set()
    for node in nodes(file):  # a node stands before its parts
        if node in unread:
            unread.update(parts_of(node))
            continue
        match node:
            case ast.Constant(value=str(text)):
                found.append(text)
            case ast.JoinedStr(values=values):
                found.append("".join(map(_written, values)))
                unread.update(part for part in values if isinstance(part, ast.Constant))
            case ast.FormattedValue(format_spec=ast.JoinedStr() as form):
                unread.add(form)
            case ast.Expr(value=ast.Constant() as docstring):
                unread.add(docstring)
            case ast.Call() if dotted(node.func).startswith("re."):
                unread.update(node.args)
    return found


def _written(part: ast.expr) -> str:
    return str(part.value) if isinstance(part, ast.Constant) else VALUE


def is_pattern(text: str) -> bool:
    """Users write either punctuation: the patterns that read it have both."""
    return "(?" in text or "|" in text


FILES = sorted(file for room in ROOMS for file in (ROOT / room).rglob("*.py"))


def test_chinese_texts_have_full_width_punctuation() -> None:
    files = [
        f for f in sorted(ROOT.rglob("*.py")) if not f"{f.relative_to(ROOT)}".startswith(FOREIGN)
    ]
    said = [
        (file.name, text)
        for file in files
        if re.search(HAN, read(file))
        for text in texts(file)
        if re.search(HAN, text.replace(VALUE, ""))
        and not is_pattern(text)
        and not ENGLISH.search(text)
    ]

    assert len(said) > 2000
    assert [one for one in said if HALF.search(one[1]) or BLANK.search(one[1])] == []


def test_the_page_of_the_sandbox_has_full_width_punctuation() -> None:
    assert [words for words in WORDS.values() if HALF.search(words)] == []


def test_users_are_addressed_as_friends() -> None:
    for file in FILES:
        said = [text for text in texts(file) if not is_pattern(text)]

        assert [text for text in said if "您" in text] == [], file


def test_people_follow_accounts_and_subscribe_to_all_else() -> None:
    files = [file for file in sorted(ROOT.rglob("*.py")) if "关注" in read(file)]
    said = [text for file in files for text in texts(file)]
    said = [text for text in said if "关注" in text and not is_pattern(text)]

    assert [text for text in said if not re.search("关注(?:公众号|者)", text)] == [
        "我的关注"
    ]  # users may write it


@pytest.mark.parametrize(
    ("text", "is_half"),
    [
        ("没有找到, 试试", True),
        ("哪一天?", True),
        ("重复: 每天", True),
        ("重复:每天", True),
        ("（值）: 每天", True),
        ("没有找到，试试", False),
        ("15:00 提醒", False),
        ("10 分钟后再提醒", False),
        ("发送 #12 订阅", False),
    ],
)
def test_half_width_punctuation_is_found(text: str, is_half: bool) -> None:
    assert (HALF.search(text) is not None) == is_half


def test_every_text_of_the_document_has_chinese_in_one_place() -> None:
    english = [text for one in TABLES for text in one]
    document = rendered(NATIVE, KindTable(()))

    shown = set(_shown(ApiReference(document, Language.EN)))

    assert len(english) == len(set(english))
    assert shown - set(english) == set(), "needs an entry in web/native/chinese/"
    assert set(english) - shown - set(_about(json.loads(document)["components"])) == set()


def _shown(reference: ApiReference) -> Iterator[str]:
    """What the pages of the reference say of routes, parameters, responses and fields."""
    yield reference.about
    for one in reference.operations.values():
        yield one.summary
        yield from (each.description for each in one.parameters)
        yield from (each.description for each in one.responses)
        for body in (one.body, *(each.body for each in one.responses)):
            if body:
                yield from body.note
                yield from (text for field in body.fields for text in field.said)


def _about(components: dict[str, Any]) -> Iterator[str]:
    for one in components["schemas"].values():
        yield from divided(one.get("description", ""))
    yield from (one["description"] for one in components["responses"].values())
