"""The Chinese that users read has one punctuation, the full-width one, one form of address (你), and one word for
each thing."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.documents import dotted, nodes, parsed
from wechat_scheduler.sandbox.phone_words import CHINESE as WORDS

ROOT = Path(__file__).parents[1] / "wechat_scheduler"
ROOMS = ("web/pages", "web/kit", "reminders", "audience", "delivery")

# Stands for a value in a text.
VALUE = "值"
CHINESE = r"[\u4e00-\u9fff“”‘’「」（）《》…]"
HALF = re.compile(rf"(?<={CHINESE}) ?[,!?:;()](?= ?{CHINESE}|\s*$|\n)|(?<={CHINESE})[,!?:;] ")


@cache
def texts(file: Path) -> list[str]:
    """The strings of a file, without docstrings and patterns."""
    unread = {id(node) for node in nodes(file) for node in _unread(node)}
    return list(_texts(parsed(file), unread))


def _unread(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        yield node.value
    if isinstance(node, ast.Call) and dotted(node.func).startswith("re."):
        yield from node.args


def _texts(node: ast.AST, unread: set[int]) -> Iterator[str]:
    if id(node) in unread:
        return
    if isinstance(node, ast.JoinedStr):
        yield "".join(
            str(part.value) if isinstance(part, ast.Constant) else VALUE for part in node.values
        )
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                yield from _texts(part.value, unread)
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    for child in ast.iter_child_nodes(node):
        yield from _texts(child, unread)


def is_pattern(text: str) -> bool:
    """Users write either punctuation: the patterns that read it have both."""
    return "(?" in text or "|" in text


FILES = sorted(file for room in ROOMS for file in (ROOT / room).rglob("*.py"))


def test_chinese_texts_have_full_width_punctuation() -> None:
    for file in FILES:
        said = [text for text in texts(file) if re.search(CHINESE, text.replace(VALUE, ""))]

        assert [text for text in said if HALF.search(text) and not is_pattern(text)] == [], file


def test_the_page_of_the_sandbox_has_full_width_punctuation() -> None:
    assert [words for words in WORDS.values() if HALF.search(words)] == []


def test_users_are_addressed_as_friends() -> None:
    for file in FILES:
        said = [text for text in texts(file) if not is_pattern(text)]

        assert [text for text in said if "您" in text] == [], file


def test_people_follow_accounts_and_subscribe_to_all_else() -> None:
    said = [text for file in sorted(ROOT.rglob("*.py")) for text in texts(file)]
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
