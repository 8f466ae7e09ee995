import pytest
from hypothesis import given
from hypothesis import strategies as st

from wechat_scheduler.web.pages.typesetting import CLOSING, cut, shorten, wrap


def cells(text: str) -> int:
    """A typeface with Chinese characters of width two, and others of width one."""
    return sum(2 if ord(char) > 0x2E00 else 1 for char in text)


BROKEN: list[tuple[str, list[str]]] = [
    ("一二三四五六七", ["一二三四五", "六七"]),
    ("一二三四五，六", ["一二三四", "五，六"]),
    ("一二三四五。」六", ["一二三四", "五。」六"]),
    ("一二三四（五六）", ["一二三四", "（五六）"]),
    ("读wechat 的书", ["读wechat", "的书"]),
    ("一二三wechat", ["一二三", "wechat"]),
    ("用3.14和2.71", ["用3.14和", "2.71"]),
    ("一\n\n 二 \n三", ["一", "二", "三"]),
    ("abcdefghijklm", ["abcdefghij", "klm"]),
    ("", []),
    (" \n", []),
]


def test_lines_break_where_a_typesetter_would() -> None:
    for text, lines in BROKEN:
        assert wrap(text, 10, cells) == lines, (text, lines)


@given(st.text("汉字abc 1，。！“”（）…\n", max_size=60))
def test_nothing_is_lost_and_nothing_sticks_out(text: str) -> None:
    lines = wrap(text, 12, cells)

    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(cells(line) <= 12 for line in lines)


def test_no_line_begins_with_a_mark_that_closes() -> None:
    text = "今天（周三）下午，开会！带上“README”、电脑；别迟到。" * 3

    for width in range(12, 60):
        assert not [line for line in wrap(text, width, cells) if line[0] in CLOSING]


@pytest.mark.parametrize(
    ("most", "lines"),
    [(3, ["一二三", "四五，", "六七"]), (2, ["一二三", "四五…"]), (1, ["一二…"])],
)
def test_what_does_not_fit_is_cut_with_an_ellipsis(most: int, lines: list[str]) -> None:
    assert cut(["一二三", "四五，", "六七"], most, 6, cells) == lines


def test_a_name_is_shortened_only_if_it_must() -> None:
    assert shorten("一二三", 6, cells) == "一二三"
    assert shorten("一二三四", 6, cells) == "一二…"
