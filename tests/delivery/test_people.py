"""The channel to persons falls back, and repeats a doubtful message once at most."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.clock import FakeClock
from tests.delivery.samples import (
    HOUR,
    LANDING,
    MINUTE,
    NOW,
    PURCHASE,
    Phone,
    a_delivery,
    a_message,
    a_person,
    an_app,
)
from tests.stores.memory import memory_database
from wechat_scheduler.audience.mini_programs import MiniProgramPage
from wechat_scheduler.audience.model import App
from wechat_scheduler.delivery.channels import PeopleChannel
from wechat_scheduler.delivery.model import Content, Delivery, DeliveryState, Form, Sent, Way
from wechat_scheduler.errors import SendError
from wechat_scheduler.reasons import Verdict
from wechat_scheduler.storage.audience.use_counts import SqlUseCounts

TEMPLATE = Content(way=Way.TEMPLATE, title="hello")
TEXT = Content(way=Way.TEXT, text="hello")
MAPPED = an_app(templates={"message": PURCHASE})
CAUTIOUS = an_app(templates={"message": PURCHASE}, at_most_once=True)
CHATTY = a_person(heard_at=NOW - HOUR)


class Departures:
    """Takes every departure, unless it says that the claim is lost."""

    def __init__(self, *, lost: bool = False) -> None:
        self._lost = lost
        self.departed: list[int] = []
        self.repeated: list[int] = []

    async def depart(
        self, delivery: Delivery, *, repeats: bool, now: datetime, lease: timedelta
    ) -> bool:
        self.departed.append(delivery.id)
        self.repeated += [delivery.id] if repeats else []
        return not self._lost


async def sent(
    phone: Phone,
    content: Content,
    *,
    app: App = MAPPED,
    departures: Departures | None = None,
    **fields: Any,
) -> Sent:
    channel = PeopleChannel(
        phone,
        SqlUseCounts(memory_database()),
        departures or Departures(),
        app={app.id: app}.get,
        landing=lambda message, receiver: LANDING,
        clock=FakeClock(),
        lease=HOUR,
    )
    return await channel.send(_delivery(content, fields))


def _delivery(content: Content, fields: dict[str, Any]) -> Delivery:
    given: dict[str, Any] = {"message": a_message(content), "receiver": CHATTY} | fields
    return a_delivery(**given)


@pytest.mark.parametrize("errcode", [45015, 45047])
async def test_a_text_that_comes_too_late_goes_as_a_template_and_says_so(errcode: int) -> None:
    refusal = SendError("45015 out of time", verdict=Verdict.TEXTS_ENDED, errcode=errcode)
    phone = Phone(refusals={"text": refusal})

    arrived = await sent(phone, Content(title="hello"))

    assert [way for way, _ in phone.shown] == ["template"]
    assert (arrived.way, arrived.state) == ("template", DeliveryState.ACCEPTED)
    (refused,) = arrived.before
    assert (refused.way, refused.errcode, refused.error) == ("text", errcode, "45015 out of time")
    assert refused.texts_ended


async def test_an_error_keeps_the_attempts_by_other_ways_that_were_refused_before() -> None:
    late = SendError("out of time", verdict=Verdict.TEXTS_ENDED, errcode=45015)
    unknown = SendError("no template", verdict=Verdict.UNREACHABLE, errcode=40037)

    with pytest.raises(SendError) as error:
        await sent(Phone(refusals={"text": late, "template": unknown}), Content(title="hello"))

    assert error.value.errcode == 40037
    assert [(one.way, one.errcode) for one in error.value.before] == [("text", 45015)]


async def test_what_is_refused_for_other_reasons_is_not_tried_another_way() -> None:
    phone = Phone(refusals={"text": SendError("blocked", verdict=Verdict.UNREACHABLE)})

    with pytest.raises(SendError, match="blocked"):
        await sent(phone, Content(title="hello"))

    assert phone.shown == []


@pytest.mark.parametrize(
    ("content", "app", "fields", "shown", "duplicate"),
    [
        (TEXT, MAPPED, {}, 1, False),
        (TEXT, MAPPED, {"doubts": 1, "doubted_at": NOW - MINUTE}, 1, True),
        (TEXT, MAPPED, {"doubts": 2, "doubted_at": NOW - MINUTE}, 0, False),
        (TEXT, CAUTIOUS, {}, 1, False),
        (TEXT, CAUTIOUS, {"doubts": 1, "doubted_at": NOW - MINUTE}, 0, False),
        (TEMPLATE, MAPPED, {"doubts": 5, "doubted_at": NOW - 9 * MINUTE}, 1, False),
        (TEMPLATE, CAUTIOUS, {"doubts": 1, "doubted_at": NOW - 9 * MINUTE}, 1, False),
        (TEMPLATE, MAPPED, {"doubts": 1, "doubted_at": NOW - 10 * MINUTE}, 1, True),
        (TEMPLATE, CAUTIOUS, {"doubts": 1, "doubted_at": NOW - 10 * MINUTE}, 0, False),
        # The doubt may have been a text: when it arose, the user could still be answered.
        (Content(), CAUTIOUS,
         {"doubts": 1, "doubted_at": NOW - 2 * MINUTE,
          "receiver": a_person(heard_at=NOW - 48 * HOUR - MINUTE)}, 0, False),
        (Content(), CAUTIOUS,
         {"doubts": 1, "doubted_at": NOW - MINUTE,
          "receiver": a_person(heard_at=NOW - 49 * HOUR)}, 1, False),
    ],
)  # fmt: skip
async def test_what_may_have_arrived_is_risked_once_or_never(
    content: Content, app: App, fields: dict[str, Any], shown: int, duplicate: bool
) -> None:
    phone, departures = Phone(), Departures()

    with suppress(SendError):
        await sent(phone, content, app=app, departures=departures, **fields)

    assert len(phone.shown) == shown
    assert bool(departures.repeated) is duplicate


async def test_a_repeat_has_the_same_id() -> None:
    phone = Phone()

    for doubts in (0, 1):
        await sent(phone, TEMPLATE, doubts=doubts, doubted_at=NOW if doubts else None)

    assert phone.ids == ["1", "1"]


@pytest.mark.parametrize(
    ("content", "link"),
    [
        (Content(way=Way.TEXT, text="short"), ""),
        (Content(way=Way.TEXT, text="short", url="http://shop/1"), "http://shop/1"),
        (Content(way=Way.TEXT, text="x" * 2048), ""),
        (Content(way=Way.TEXT, text="x" * 2049), LANDING),
        (Content(way=Way.TEXT, text="x" * 2040, url="http://shop/1"), LANDING),
        (Content(way=Way.TEXT, title="t", text="<p>", form=Form.HTML), LANDING),
        (Content(way=Way.TEXT, text="short", url="http://shop/1", landing=True), LANDING),
    ],
)
async def test_a_text_that_cannot_be_shown_whole_leads_to_its_page(
    content: Content, link: str
) -> None:
    phone = Phone()

    await sent(phone, content)

    ((_, shown),) = phone.shown
    assert shown.endswith(f'<a href="{link}">查看详情</a>' if link else content.text)


async def test_every_way_opens_the_page_of_a_mini_program() -> None:
    phone, page = Phone(), MiniProgramPage(appid="wx9", path="a")

    for way in (Way.TEMPLATE, Way.SUBSCRIBE, Way.TEXT):
        await sent(phone, Content(way=way, title="hello", page=page))

    assert phone.opened == [page, page]
    assert 'data-miniprogram-appid="wx9"' in phone.shown[-1][1]


async def test_a_message_whose_claim_was_lost_is_not_sent() -> None:
    phone = Phone()

    with pytest.raises(SendError, match="another process has taken it over") as refusal:
        await sent(phone, TEXT, departures=Departures(lost=True))

    assert phone.shown == []
    assert refusal.value.verdict is Verdict.RETRY


async def test_a_message_departs_before_it_is_sent() -> None:
    phone, departures = Phone(refusals={"text": TimeoutError()}), Departures()

    with suppress(TimeoutError):
        await sent(phone, TEXT, departures=departures)

    assert departures.departed == [1]
