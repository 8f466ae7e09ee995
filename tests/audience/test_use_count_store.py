"""The counts of subscribe notices on both databases."""

import asyncio

from tests.audience.people import HOUR, SECOND, People
from tests.clock import START
from wechat_scheduler.audience.use_counts import UseChange, UseCount, UseReport
from wechat_scheduler.storage.audience.use_counts import SqlUseCounts
from wechat_scheduler.storage.database import Database

WHO = ("wx1", "o1")
GRANTED = UseReport(template_id="T", change=UseChange.GRANTED)
SENT = UseReport(template_id="T", change=UseChange.SENT)
OFF = UseReport(template_id="T", change=UseChange.SWITCHED_OFF)


async def heard(uses: SqlUseCounts, event: str, *reports: UseReport, openid: str = "o1") -> None:
    await uses.count("wx1", openid, reports, event=event, now=START)


async def test_an_event_is_counted_once_for_its_account_person_and_template(
    database: Database,
) -> None:
    uses, other = People(database).uses, UseReport(template_id="U", change=UseChange.GRANTED)

    for _ in range(2):
        await heard(uses, "e1", GRANTED, other)
    await heard(uses, "e2", GRANTED)
    await heard(uses, "e3", GRANTED, openid="o2")

    first = UseCount(template_id="T", remaining=2, granted_at=START, changed_at=START)
    second = UseCount(template_id="U", remaining=1, granted_at=START, changed_at=START)
    assert await uses.of_person(*WHO) == [first, second]
    assert await uses.get(*WHO, "T") == first
    assert await uses.get("wx2", "o1", "T") is None
    assert [count.remaining for count in await uses.of_person("wx1", "o2")] == [1]


async def test_an_event_that_was_counted_counts_as_handled(database: Database) -> None:
    people = People(database)

    await heard(people.uses, "e1", GRANTED)

    assert not await people.handled.is_new("e1")


async def test_what_was_sent_is_counted_only_of_templates_that_were_heard_of(
    database: Database,
) -> None:
    uses = People(database).uses

    await heard(uses, "e1", SENT)
    unknown = await uses.of_person(*WHO)
    await heard(uses, "e2", GRANTED)
    await heard(uses, "e3", SENT)

    assert unknown == []
    assert [count.remaining for count in await uses.of_person(*WHO)] == [0]


async def test_a_switch_is_kept(database: Database) -> None:
    uses = People(database).uses

    await heard(uses, "e1", OFF)

    off = UseCount(template_id="T", certain=True, switched_off=True, changed_at=START)
    assert await uses.get(*WHO, "T") == off


async def test_a_refusal_does_not_hide_what_the_user_allowed_meanwhile(database: Database) -> None:
    uses = People(database).uses
    later = START + HOUR

    await uses.none_left(*WHO, "T", asked_at=START, now=START)
    refused = await uses.get(*WHO, "T")
    await heard(uses, "e1", GRANTED)
    await uses.none_left(*WHO, "T", asked_at=START - SECOND, now=later)
    granted = await uses.get(*WHO, "T")
    await uses.none_left(*WHO, "T", asked_at=later, now=later)

    assert refused == UseCount(template_id="T", certain=True, changed_at=START)
    assert granted is not None
    assert granted.remaining == 1
    assert await uses.get(*WHO, "T") == UseCount(
        template_id="T", certain=True, granted_at=START, changed_at=later
    )


async def test_events_that_come_together_are_all_counted(database: Database) -> None:
    uses = People(database).uses

    async with asyncio.TaskGroup() as group:
        for number in range(8):
            group.create_task(heard(uses, f"e{number}", GRANTED))

    (count,) = await uses.of_person(*WHO)
    assert count.remaining == 8
