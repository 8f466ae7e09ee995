"""No text of a page has two spaces in a row, one beside a sign that has none, or lacks one between two words."""

import pytest

from tests.console.furnishing import furnish, pages
from tests.console.spaces import odd_spaces
from tests.console.visitor import Browser
from tests.house import Caller, WeChat
from wechat_scheduler.web.console.parts import spaced
from wechat_scheduler.web.pages.markup import fill


async def test_no_page_has_an_odd_space(admin: Browser, keeper: Caller, weixin: WeChat) -> None:
    names = await furnish(keeper, weixin, "letter")

    found = {}
    for language in ("en", "zh-CN"):
        admin.session.headers["Accept-Language"] = language
        for path in pages(names):
            found[language, path] = odd_spaces((await admin.open(path)).html)

    assert {place: odd for place, odd in found.items() if odd} == {}


def test_sentences_have_a_space_between_only_where_they_need_one() -> None:
    link = fill('<a href="/">{words}</a>', words="go")

    assert spaced("One.", link, "") == 'One. <a href="/">go</a>'
    assert spaced(fill("<b>{words}</b>", words="一。"), link) == '<b>一。</b><a href="/">go</a>'
    assert spaced("", "two", "三") == "two 三"


@pytest.mark.parametrize(
    ("html", "odd"),
    [
        ("<p>one  two</p>", ["one  two"]),
        ("<p>one <b> two</b></p>", ["one | two|"]),
        ("<td><a>one</a><code>two</code></td>", ["|one||two|"]),
        ("<p><b>one</b> , two</p>", ["|one| , two"]),
        ("<p>一。 <a>二</a></p>", ["一。 |二|"]),
        ("<p>one <b>two</b>, 一（<code>三</code>）</p>\n<p>two</p><pre>a  b</pre>", []),
    ],
)
def test_an_odd_space_is_found(html: str, odd: list[str]) -> None:
    assert odd_spaces(html) == odd
