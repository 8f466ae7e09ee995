"""The ways to send a message to a person, and its form in each."""

from dataclasses import replace

import pytest

from tests.delivery.samples import DAY, HOUR, NOW, PURCHASE, a_person, an_app
from wechat_scheduler.audience.mini_programs import MiniProgramPage
from wechat_scheduler.audience.model import App, Subscriber
from wechat_scheduler.delivery import ways
from wechat_scheduler.delivery.model import Content, Form, Way
from wechat_scheduler.errors import SendError
from wechat_scheduler.reasons import Verdict

MAPPED = an_app(templates={"message": PURCHASE})
RECENT = a_person(heard_at=NOW - 47 * HOUR)
LONG_AGO = a_person(heard_at=NOW - 2 * DAY)
UNHEARD = a_person()
PROGRAM = an_app(templates={"message": PURCHASE}, mini_program=True)
NOTICE = Content(template="T9", data={"k": "v"})


@pytest.mark.parametrize(
    ("content", "app", "receiver", "chosen"),
    [
        (Content(), MAPPED, RECENT, (Way.TEXT, Way.TEMPLATE)),
        (Content(), MAPPED, LONG_AGO, (Way.TEMPLATE,)),
        (Content(), MAPPED, UNHEARD, (Way.TEMPLATE,)),
        (Content(), an_app(), RECENT, (Way.TEXT,)),
        (Content(), an_app(), UNHEARD, (Way.TEXT,)),
        (NOTICE, MAPPED, RECENT, (Way.TEMPLATE,)),
        (NOTICE, an_app(), LONG_AGO, (Way.TEMPLATE,)),
        (Content(way=Way.TEXT), MAPPED, LONG_AGO, (Way.TEXT,)),
        (Content(way=Way.SUBSCRIBE, template="T9"), MAPPED, RECENT, (Way.SUBSCRIBE,)),
        (Content(), PROGRAM, RECENT, (Way.TEXT, Way.SUBSCRIBE)),
        (Content(), PROGRAM, UNHEARD, (Way.SUBSCRIBE,)),
        (NOTICE, PROGRAM, RECENT, (Way.SUBSCRIBE,)),
        (Content(way=Way.TEMPLATE), PROGRAM, RECENT, (Way.SUBSCRIBE,)),
        (Content(way=Way.TEXT), PROGRAM, RECENT, (Way.TEXT,)),
    ],
)
def test_the_ways_to_try(
    content: Content, app: App, receiver: Subscriber, chosen: tuple[Way, ...]
) -> None:
    assert ways.ways(content, app, receiver, NOW) == chosen


def test_without_any_way_it_is_said_what_is_missing() -> None:
    with pytest.raises(SendError) as caught:
        ways.ways(Content(purpose="offer"), an_app(), LONG_AGO, NOW)

    assert caught.value.verdict is Verdict.REJECTED
    assert "offer" in caught.value.advice


def test_a_text_is_title_content_and_link() -> None:
    content = Content(title="价格", text="降到 99 元")

    whole = ways.text(content, 'http://x/?q="')

    assert whole == '价格\n\n降到 99 元\n\n<a href="http://x/?q=%22">查看详情</a>'
    assert ways.text(Content(text="only"), "") == "only"
    assert ways.text(Content(text="<b>", form=Form.HTML), "http://x").startswith("<a ")


@pytest.mark.parametrize("url", ["", "http://shop/" + "x" * 40])
@pytest.mark.parametrize("spare", [-1, 0, 1])
def test_a_text_is_cut_between_characters_at_wechats_limit(url: str, spare: int) -> None:
    tail = len(f'\n\n<a href="{url}">查看详情</a>'.encode()) if url else 0
    content = Content(text="x" * (ways.TEXT_LIMIT - tail - 3 - spare) + "长")

    shown = ways.text(content, url)

    assert len(shown.encode()) <= ways.TEXT_LIMIT
    assert ways.fits(content, url) is (spare >= 0)
    assert ("…" in shown) is (spare < 0)


ORDER = MiniProgramPage(appid="wx9", path="pages/order?id=7")
DETAILS = MiniProgramPage(appid="wx9", path="pages/details")
LEADING = an_app(templates={"message": replace(PURCHASE, page=DETAILS)})


@pytest.mark.parametrize(
    ("content", "app", "opened"),
    [
        (Content(page=ORDER), MAPPED, ORDER),
        (Content(page=ORDER), LEADING, ORDER),
        (Content(), LEADING, DETAILS),
        (Content(template="message"), LEADING, DETAILS),
        (Content(template="T9"), LEADING, None),
        (Content(purpose="reply"), LEADING, None),
        (Content(), MAPPED, None),
        (Content(page=MiniProgramPage(path="a")), PROGRAM, MiniProgramPage(appid="wx1", path="a")),
    ],
)
def test_a_tap_opens_the_page_of_the_message_or_of_its_template(
    content: Content, app: App, opened: MiniProgramPage | None
) -> None:
    assert ways.page(content, app) == opened


@pytest.mark.parametrize(
    ("url", "page", "link"),
    [
        (
            "",
            ORDER,
            '<a data-miniprogram-appid="wx9" data-miniprogram-path="pages/order?id=7">查看详情</a>',
        ),
        (
            "http://x",
            MiniProgramPage(appid="wx9"),
            '<a href="http://x" data-miniprogram-appid="wx9">查看详情</a>',
        ),
    ],
)
def test_a_text_links_to_a_mini_program(url: str, page: MiniProgramPage, link: str) -> None:
    content = Content(text="x" * (2048 - len(f"\n\n{link}".encode())))

    assert ways.text(content, url, page) == f"{content.text}\n\n{link}"
    assert ways.fits(content, url, page)
    assert not ways.fits(replace(content, text=content.text + "x"), url, page)
