"""The ways to send a message to a person, and its form in each."""

import pytest

from tests.delivery.samples import DAY, HOUR, NOW, PURCHASE, a_person, an_app
from wechat_scheduler.audience.model import App, Subscriber
from wechat_scheduler.delivery import ways
from wechat_scheduler.delivery.model import Content, Form, Way
from wechat_scheduler.errors import SendError
from wechat_scheduler.reasons import Verdict

MAPPED = an_app(templates={"message": PURCHASE})
RECENT = a_person(heard_at=NOW - 47 * HOUR)
LONG_AGO = a_person(heard_at=NOW - 2 * DAY)
UNHEARD = a_person()
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
