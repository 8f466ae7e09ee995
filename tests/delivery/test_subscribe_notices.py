"""A subscribe notice knows whether a use is left, and asks WeChat where that is not known."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.clock import FakeClock
from tests.delivery.samples import (
    APPID,
    LANDING,
    MINUTE,
    NOW,
    SECOND,
    Phone,
    a_message,
    a_person,
    an_app,
)
from tests.stores.memory import MemoryDatabase, memory_database
from wechat_scheduler.audience.mini_programs import MiniProgramPage
from wechat_scheduler.audience.use_counts import BELIEVED, UseChange, UseCount, UseReport
from wechat_scheduler.delivery.subscribe_notices import PATIENCE, SubscribeNotices
from wechat_scheduler.errors import SendError
from wechat_scheduler.reasons import Verdict
from wechat_scheduler.storage.audience.use_counts import SqlUseCounts

GRANTED, OFF = UseChange.GRANTED, UseChange.SWITCHED_OFF
REFUSED = SendError("43101 user refuse", verdict=Verdict.USED_UP, errcode=43101)
OLD = a_message(created_at=NOW - MINUTE)


@dataclass(slots=True)
class Counter:
    """Notices to one person, who allows them as the test says."""

    phone: Phone = field(default_factory=Phone)
    clock: FakeClock = field(default_factory=FakeClock)
    database: MemoryDatabase = field(default_factory=memory_database)
    is_mini_program: bool = False
    page: MiniProgramPage | None = None

    @property
    def uses(self) -> SqlUseCounts:
        return SqlUseCounts(self.database)

    async def hear(self, *changes: UseChange) -> None:
        for number, change in enumerate(changes):
            report = UseReport(template_id="T", change=change)
            event = f"{self.clock.now()}/{number}"
            await self.uses.count(APPID, "o-amy", [report], event=event, now=self.clock.now())

    async def send(self, message: Any = OLD, template_id: str = "T") -> str:
        notices = SubscribeNotices(self.phone, self.uses, clock=self.clock)
        return await notices.send(
            message,
            an_app(mini_program=self.is_mini_program),
            a_person(),
            template_id=template_id,
            data={"thing1": "x"},
            url=LANDING,
            page=self.page,
        )

    async def refused(self, message: Any = OLD) -> SendError:
        with pytest.raises(SendError) as caught:
            await self.send(message)
        return caught.value

    async def left(self) -> UseCount:
        count = await self.uses.get(APPID, "o-amy", "T")
        assert count is not None
        return count


@pytest.fixture
def counter() -> Counter:
    return Counter()


@pytest.mark.parametrize("heard", [[], [GRANTED], [GRANTED, UseChange.SENT], [OFF, GRANTED]])
async def test_wechat_is_asked_unless_none_is_known_to_be_left(
    counter: Counter, heard: list[UseChange]
) -> None:
    await counter.hear(*heard)

    assert await counter.send() == "1864323726461255680"


@pytest.mark.parametrize(
    ("heard", "sentence", "advice"),
    [
        ([UseChange.NONE_LEFT], "allows no more notices of template T", "allow one more"),
        ([GRANTED, OFF], "has switched off the notices of template T", "switch them on"),
    ],
)
async def test_a_notice_without_a_use_left_says_so_before_wechat_is_asked(
    counter: Counter, heard: list[UseChange], sentence: str, advice: str
) -> None:
    await counter.hear(*heard)

    error = await counter.refused()

    assert sentence in str(error)
    assert "WeChat was not asked" in str(error)
    assert advice in error.advice
    assert (error.verdict, error.errcode) == (Verdict.USED_UP, None)
    assert counter.phone.shown == []


async def test_a_refusal_of_wechats_is_believed_for_an_hour(counter: Counter) -> None:
    counter.phone.refusals["subscribe"] = REFUSED
    first = await counter.refused()
    counter.phone.refusals.clear()

    second = await counter.refused()
    counter.clock.advance(BELIEVED)

    assert (first.errcode, second.errcode) == (43101, None)
    assert await counter.send()


async def test_other_refusals_say_nothing_about_uses(counter: Counter) -> None:
    counter.phone.refusals["subscribe"] = SendError("47003", verdict=Verdict.REJECTED)
    await counter.hear(GRANTED)

    await counter.refused()

    assert (await counter.left()).remaining == 1


async def test_a_new_notice_waits_for_the_event_of_the_grant_that_called_for_it(
    counter: Counter,
) -> None:
    await counter.hear(UseChange.NONE_LEFT)
    new = a_message(created_at=NOW - 5 * SECOND)

    waits = await counter.refused(new)
    counter.clock.advance(5 * SECOND)
    await counter.hear(GRANTED)

    assert (waits.verdict, waits.retry_after) == (Verdict.SLOWER, PATIENCE - 5 * SECOND)
    assert "WeChat was not asked" in str(waits)
    assert await counter.send(new)


async def test_a_notice_for_later_waits_from_then_on(counter: Counter) -> None:
    await counter.hear(UseChange.NONE_LEFT)

    error = await counter.refused(a_message(created_at=NOW - MINUTE, not_before=NOW))

    assert error.retry_after == PATIENCE


async def test_each_template_is_counted_by_itself(counter: Counter) -> None:
    await counter.hear(UseChange.NONE_LEFT)

    assert await counter.send(template_id="U")


async def test_without_the_store_wechat_is_asked(counter: Counter) -> None:
    await counter.hear(UseChange.NONE_LEFT)
    counter.database.down = True

    sent = await counter.send()
    counter.phone.refusals["subscribe"] = REFUSED

    assert sent
    assert (await counter.refused()).errcode == 43101


@pytest.mark.parametrize(
    ("is_mini_program", "page", "way", "opened"),
    [
        (False, None, "subscribe", LANDING),
        (False, MiniProgramPage(appid="wx9"), "subscribe", MiniProgramPage(appid="wx9")),
        (True, None, "mini-program", None),
        (True, MiniProgramPage(path="a"), "mini-program", MiniProgramPage(path="a")),
    ],
)
async def test_a_mini_program_sends_its_notices_itself_and_opens_its_own_page(
    counter: Counter, is_mini_program: bool, page: MiniProgramPage | None, way: str, opened: object
) -> None:
    counter.is_mini_program, counter.page = is_mini_program, page

    await counter.send()

    assert [shown for shown, _ in counter.phone.shown] == [way]
    assert counter.phone.opened == [opened]
