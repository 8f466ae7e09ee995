"""The line that a keyword shows of a message: text only, whatever the content is."""

from hypothesis import given
from hypothesis import strategies as st

from wechat_scheduler.delivery.model import Form
from wechat_scheduler.web.pages.summary import LONGEST, summary

CSS = "body { color: red } " * 500


HTML: list[tuple[str, str]] = [
    ("<p>降价 <b>99</b> 元</p><p>速来</p>", "降价 99 元 速来"),
    (f"<style>{CSS}</style><p>到货了</p>", "到货了"),
    (f"<html><head><title>标题</title><style>{CSS}</style></head><body>到货了", "到货了"),
    (f"<script>{CSS}</script>到货了", "到货了"),
    (f"<STYLE type='text/css'>{CSS}</STYLE >到货了", "到货了"),
    (f"<!-- {CSS} -->到货了", "到货了"),
    (f'<p style="{CSS}">到货了</p>', "到货了"),
    (f'<img src="data:image/png;base64,{"A" * 30_000}">到货了', "到货了"),
    (f"<svg><title>a</title><style>{CSS}</style></svg>到货了", "到货了"),
    ("<noscript>请打开脚本</noscript>到货了", "到货了"),
    ('<a title="1 > 0">到货了</a>', "到货了"),
    ("1 &lt; 2 &amp;&amp; 3 < 4", "1 < 2 && 3 < 4"),
    ("<p>&nbsp;\n</p>到货了", "到货了"),
    ("到货了<!" + "<!" * 500, "到货了"),
    ("到货了<?xml", "到货了"),
    ("到货了" + "<script " * 500, "到货了"),
    ("<!doctype html>到货了<title a='", "到货了"),
]


def test_a_summary_of_html_is_its_text() -> None:
    for content, wanted in HTML:
        assert summary(content, Form.HTML) == wanted, (content, wanted)


MARKDOWN: list[tuple[str, str]] = [
    ("# 降价\n\n**99** 元 [看看](https://a.example)", "降价 99 元 看看"),
    (f"<style>{CSS}</style>\n\n# 到货了", "到货了"),
    (f"![](data:image/png;base64,{'A' * 30_000})\n\n到货了", "到货了"),
    (f"<!-- {CSS} -->\n\n到货了", "到货了"),
    ("`<style>` 怎么用", "<style> 怎么用"),
    ("|型号|价格|\n|-|-|\n|a|1|", "型号 价格 a 1"),
]


def test_a_summary_of_markdown_is_its_text() -> None:
    for content, wanted in MARKDOWN:
        assert summary(content, Form.MARKDOWN) == wanted, (content, wanted)


SHOWN: list[tuple[str, str]] = [
    ('<img src="https://a.example/1.png">', "[图片]"),
    ('<img alt="十一月账单" src="https://a.example/1.png">', "[图片] 十一月账单"),
    ("<table><tr><td></td></tr></table>", "[表格]"),
    ('<video src="https://a.example/1.mp4"></video>', "[消息]"),
    (f"<style>{CSS}</style>", "[消息]"),
    (f"<style>{CSS}", "[消息]"),
    ("<div></div>", "[消息]"),
    ("<a href=https://a.example></a>", "[链接]"),
    ("<p", "[消息]"),
]


def test_html_without_text_says_what_it_shows() -> None:
    for content, wanted in SHOWN:
        assert summary(content, Form.HTML) == wanted, (content, wanted)


def test_markdown_that_is_a_picture_says_so() -> None:
    assert summary("![账单](https://a.example/1.png)", Form.MARKDOWN) == "[图片] 账单"


def test_a_text_needs_no_summary() -> None:
    assert summary("<b>到货了</b>", Form.TEXT) == ""


@given(
    st.lists(
        st.sampled_from(
            [
                *(
                    "<style>",
                    "</style>",
                    "<script>",
                    "</script>",
                    "<p>",
                    "<!--",
                    "-->",
                    "<img alt='",
                ),
                *("'>", '"', "{color:red}", "词", " ", "&lt;", "<", ">", "=", "<td", "*", "|", "`"),
            ]
        ),
        max_size=40,
    ).map("".join),
    st.sampled_from([Form.HTML, Form.MARKDOWN]),
)
def test_a_summary_is_never_empty_nor_long_nor_a_style(content: str, form: Form) -> None:
    line = summary(f"<style>{CSS}</style>{content}", form)

    assert 0 < len(line) <= LONGEST
    assert "body { color" not in line
    assert line == " ".join(line.split())
