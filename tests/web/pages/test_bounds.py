"""A message costs a bounded time to show, however it is written."""

from typing import Any

import pytest

from tests.web.pages.reading import Reader
from tests.web.pages.test_pages import message
from wechat_scheduler.delivery.model import Form
from wechat_scheduler.web.pages.bounds import MOST, affordable
from wechat_scheduler.web.pages.content import render
from wechat_scheduler.web.pages.message_page import CUT

LONGEST = 40_000
HOSTILE = {
    "cells": "|a|b|\n|-|-|\n" + "|1|2|\n" * 8000,
    "cells filled up": "|a" * 200 + "|\n" + "|-" * 200 + "|\n" + "|\n" * 19_000,
    "wide rows": "|a" * 4000 + "|\n" + "|-" * 4000 + "|\n" + "|\n" * 16_000,
    "a wide row": "|a" * 20_000,
    "items": "- a\n" * 10_000,
    "lines": "a\n" * 20_000,
    "brackets": "[" * 40_000,
    "links": "[a](" * 10_000,
    "references": "![[" * 13_000,
    "signs": "<" * 40_000,
}


def nodes(content: str, form: Form) -> int:
    return len(Reader(message("a", content=content, form=form).html).elements)


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_markdown_that_costs_too_much_is_cut_with_a_note_behind_its_beginning(content: str) -> None:
    page = message("a", content=content[:LONGEST], form=Form.MARKDOWN)
    shown = affordable(content)

    assert CUT in page.html
    assert content.startswith(shown)
    assert 0 < len(shown) < len(content)
    assert len(page.html) < 100_000


FOR_READERS: list[str] = [
    "很长的一段话，没有什么记号。" * 2800,
    "第一行\n第二行，**要紧**的\n\n" * 1000,
    "|型号|价格|\n|-|-|\n" + "|手机壳，黑色|¥ 99.00|\n" * 1200,
    "```\n" + "2026-11-18 08:00:00 [info] job_id=1 | ok\n" * 900 + "```\n",
    "1. 买[牛奶](https://a.example/milk?id=1)\n" * 900,
]


def test_markdown_for_readers_is_never_cut() -> None:
    for content in FOR_READERS:
        assert affordable(content[:LONGEST]) == content[:LONGEST], content[:20]


@pytest.mark.parametrize(("form", "gap"), [(Form.HTML, "<p>x"), (Form.MARKDOWN, "\n\n<p>x")])
def test_elements_that_are_left_open_are_not_repeated_in_each_paragraph(
    form: Form, gap: str
) -> None:
    for opened in ("<b id={}>", "<font size={}>", "<a href='https://a.example/{}'>"):
        content = "<p>" + "".join(opened.format(number) for number in range(700)) + gap * 2000

        assert nodes(content[:LONGEST], form) < 5000, opened


def test_closed_elements_look_alike_however_many_there_are() -> None:
    row = (
        '<p style="color:red">a <b>b <i>c</i></b> <A href="https://a.example/?b=1&amp;c">d</a></p>'
    )
    few, many = render(row * 10, Form.HTML), render(row * 400, Form.HTML)

    assert many == few * 40


def test_an_element_that_is_left_open_is_closed_where_its_message_ends() -> None:
    content = "<p>" + "".join(f"<b id={number}>" for number in range(400)) + "<p>x" * 400

    page = message("a", content=content, form=Form.HTML).html

    assert page.count("<b>") == page.count("</b>") <= 400


@pytest.mark.parametrize("text", ["http://a " * 5000, "&" * 40_000, "\n" * 40_000])
def test_a_text_of_any_kind_is_shown_whole(text: str, **changes: Any) -> None:
    page = message("a", content=text[:LONGEST], form=Form.TEXT, **changes)

    assert CUT not in page.html
    assert len(page.html) < 300_000


def test_what_is_affordable_is_not_measured_by_its_length() -> None:
    assert affordable("字" * LONGEST) == "字" * LONGEST
    assert len(affordable("|" * LONGEST)) < MOST
