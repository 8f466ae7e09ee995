"""The lists of reminders on both databases."""

from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest

from tests.clock import FakeClock
from tests.reminders.remembering import APP, DAY, MINUTE, Memory
from tests.stores.samples import NOW
from wechat_scheduler.reminders.agenda import AgendaDesk, AgendaPlace
from wechat_scheduler.reminders.model import Reminder, ReminderState
from wechat_scheduler.reminders.ports import ReminderScope, ReminderSearch, RingSpan
from wechat_scheduler.storage.database import Database
from wechat_scheduler.storage.reminders import reminder_lists
from wechat_scheduler.storage.reminders.reminder_lists import SqlReminderLists

HOUR = timedelta(hours=1)
OTHER = APP + 1
TOMORROW = RingSpan(NOW + DAY, NOW + 2 * DAY)


class Shelf:
    """Stored reminders, and their lists."""

    def __init__(self, database: Database) -> None:
        self.memory = Memory(database, FakeClock())
        self.store = SqlReminderLists(database)
        self.agenda = AgendaDesk(self.store, clock=self.memory.clock)

    async def add(self, title: str, start: datetime, **fields: Any) -> Reminder:
        people = fields.pop("people", ("UID_a",))
        return await self.memory.create(start, title=title, people=people, **fields)

    async def rings(
        self, span: RingSpan = TOMORROW, *, after: AgendaPlace | None = None, limit: int = 99
    ) -> list[tuple[str, timedelta]]:
        """The titles of what is sent, and how long after the beginning of the span."""
        page = await self.agenda.page(span, after=after or AgendaPlace(span.since), limit=limit)
        return [(ring.reminder.title, ring.at - span.since) for ring in page.rings]

    async def found(self, **wanted: Any) -> list[str]:
        page = await self.store.find(ReminderSearch(**{"limit": 99} | wanted))
        return sorted(one.title for one in page.reminders)


@pytest.fixture
def shelf(database: Database) -> Shelf:
    return Shelf(database)


async def test_an_agenda_has_each_time_within_the_span_in_order(shelf: Shelf) -> None:
    await shelf.add("daily", NOW + HOUR, rule="FREQ=DAILY")
    await shelf.add("half-daily", NOW + HOUR, rule="FREQ=HOURLY;INTERVAL=12", defer=-MINUTE)
    await shelf.add("once", NOW + DAY + 2 * HOUR)
    await shelf.add("over before", NOW + HOUR)
    await shelf.add("later", NOW + 2 * DAY)
    paused = await shelf.add("paused", NOW + HOUR, rule="FREQ=DAILY")
    await shelf.memory.desk.pause(paused.id)

    assert await shelf.rings() == [
        ("half-daily", HOUR - MINUTE), ("daily", HOUR), ("once", 2 * HOUR),
        ("half-daily", 13 * HOUR - MINUTE),
    ]  # fmt: skip


async def test_an_agenda_is_that_of_an_app_or_of_a_person(shelf: Shelf) -> None:
    await shelf.add("owned", NOW + DAY, owner="UID_o", people=())
    await shelf.add("joined", NOW + DAY + HOUR, people=("UID_o",))
    await shelf.add("elsewhere", NOW + HOUR, app_id=OTHER, owner="UID_o", rule="FREQ=DAILY")
    await shelf.add("of another", NOW + HOUR, rule="FREQ=DAILY", app_id=OTHER)

    async def titles(scope: ReminderScope) -> list[str]:
        return [title for title, _ in await shelf.rings(TOMORROW._replace(scope=scope))]

    assert await titles(ReminderScope((APP,))) == ["owned", "joined"]
    assert sorted(await titles(ReminderScope(None, "UID_o"))) == ["elsewhere", "joined", "owned"]
    assert await titles(ReminderScope((OTHER,), "UID_o")) == ["elsewhere"]
    assert len(await titles(ReminderScope((APP, OTHER)))) == 4
    assert await titles(ReminderScope(())) == []


async def test_pages_of_an_agenda_have_each_ring_once(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wechat_scheduler.reminders.agenda.LOOKED_AT", 3)
    for number in range(5):
        await shelf.add(f"n{number}", NOW + DAY + number * MINUTE)
    await shelf.add("daily", NOW + 2 * MINUTE, rule="FREQ=DAILY")
    titles: list[str] = []
    place: AgendaPlace | None = AgendaPlace(TOMORROW.since)

    while place:
        page = await shelf.agenda.page(TOMORROW, after=place, limit=2)
        titles += [ring.reminder.title for ring in page.rings]
        place = page.after
        assert page.is_whole

    assert sorted(titles) == ["daily", "n0", "n1", "n2", "n3", "n4"]
    assert [title for title in titles if title != "daily"] == ["n0", "n1", "n2", "n3", "n4"]


async def test_an_agenda_says_when_it_lacks_some(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wechat_scheduler.reminders.agenda.MOST_RECURRING", 2)
    for number in range(3):
        await shelf.add(f"daily {number}", NOW + HOUR, rule="FREQ=DAILY")

    page = await shelf.agenda.page(TOMORROW, after=AgendaPlace(TOMORROW.since), limit=9)

    assert (len(page.rings), page.is_whole, page.after) == (2, False, None)


async def test_more_that_are_due_at_once_than_are_looked_at_are_said_to_be_missing(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wechat_scheduler.reminders.agenda.LOOKED_AT", 2)
    for number in range(3):
        await shelf.add(f"at once {number}", NOW + DAY)
    await shelf.add("later", NOW + DAY + HOUR)

    page = await shelf.agenda.page(TOMORROW, after=AgendaPlace(TOMORROW.since), limit=9)
    assert page.after
    rest = await shelf.agenda.page(TOMORROW, after=page.after, limit=9)

    assert (len(page.rings), page.is_whole) == (2, False)
    assert [ring.reminder.title for ring in rest.rings] == ["later"]


async def test_a_search_takes_state_person_and_text(shelf: Shelf) -> None:
    paused = await shelf.add("100% Paused", NOW + DAY, owner="UID_o", people=())
    await shelf.memory.desk.pause(paused.id)
    await shelf.add("water the plants", NOW + DAY, people=("UID_o", "UID_b"))
    await shelf.add("浇花", NOW + DAY, app_id=OTHER)

    assert await shelf.found(state=ReminderState.PAUSED) == ["100% Paused"]
    assert await shelf.found(scope=ReminderScope(None, "UID_o")) == [
        "100% Paused",
        "water the plants",
    ]
    assert await shelf.found(scope=ReminderScope((OTHER,), "UID_o")) == []
    assert await shelf.found(scope=ReminderScope((APP, OTHER))) == [
        "100% Paused",
        "water the plants",
        "浇花",
    ]
    assert await shelf.found(text="WATER") == ["water the plants"]
    assert await shelf.found(text="0% p") == ["100% Paused"]
    assert await shelf.found(text="%", scope=ReminderScope((APP,))) == ["100% Paused"]
    assert await shelf.found(text="花", scope=ReminderScope((APP,))) == []


async def test_a_search_is_in_pages_by_id(shelf: Shelf) -> None:
    for title, app in (("c", APP), ("a", OTHER), ("b", APP)):
        await shelf.add(title, NOW + DAY, app_id=app, id=title * 32)

    pages = [
        await shelf.store.find(ReminderSearch(limit=2, after=after, scope=ReminderScope(apps)))
        for apps, after in ((None, ""), (None, "b" * 32), ((OTHER, APP), "a" * 32), ((APP,), ""))
    ]

    assert [[one.title for one in page.reminders] for page in pages] == [
        ["a", "b"], ["c"], ["b", "c"], ["b", "c"],
    ]  # fmt: skip
    assert [page.after[:1] for page in pages] == ["b", "", "c", "c"]


async def test_active_reminders_are_listed_by_what_is_sent_next(shelf: Shelf) -> None:
    await shelf.add("at noon", NOW + DAY, app_id=OTHER, id="a" * 32)
    await shelf.add("first", NOW + HOUR, rule="FREQ=DAILY", id="f" * 32)
    await shelf.add("at noon, too", NOW + DAY, id="b" * 32)
    paused = await shelf.add("paused", NOW + HOUR)
    await shelf.memory.desk.pause(paused.id)
    for apps in (None, (OTHER, APP)):
        titles, after = list[str](), ""

        while not titles or after:
            page = await shelf.store.find(
                ReminderSearch(limit=1, after=after, scope=ReminderScope(apps), by_due=True)
            )
            titles, after = [*titles, *(one.title for one in page.reminders)], page.after

        assert titles == ["first", "at noon", "at noon, too"]


async def test_a_search_for_a_text_goes_on_where_it_stopped(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    sql = reminder_lists.SEARCH_END.replace(f"OFFSET {reminder_lists.SEARCHED - 1}", "OFFSET 1")
    monkeypatch.setattr(reminder_lists, "SEARCH_END", sql)
    sql = reminder_lists.SENT_NEXT_END.replace(f"OFFSET {reminder_lists.SEARCHED - 1}", "OFFSET 1")
    monkeypatch.setattr(reminder_lists, "SENT_NEXT_END", sql)
    for number in range(5):
        await shelf.add(f"n{number}", NOW + DAY, app_id=APP + number % 2)
    scopes = (ReminderScope(), ReminderScope((APP, OTHER)), ReminderScope(None, "UID_a"))
    for scope, by_due in product(scopes, (True, False)):
        titles: list[str] = []
        after, pages = "", 0

        while pages == 0 or after:
            page = await shelf.store.find(
                ReminderSearch(limit=9, after=after, scope=scope, text="n", by_due=by_due)
            )
            titles += [one.title for one in page.reminders]
            after, pages = page.after, pages + 1

        assert sorted(titles) == ["n0", "n1", "n2", "n3", "n4"]
        assert pages > 1


async def test_reminders_are_found_by_their_ids(shelf: Shelf) -> None:
    first, last = "504fe9" + "0" * 26, "504fe9" + "f" * 26
    for reminder_id in (last, first, "0" * 32):
        await shelf.add(reminder_id, NOW + DAY, id=reminder_id)

    found = await shelf.found(ids=(last, first, last, "7" * 32))
    page = await shelf.store.find(ReminderSearch(limit=1, ids=(first, last)))

    assert found == [first, last]
    assert ([one.id for one in page.reminders], page.after) == ([first], first)
    assert await shelf.found(ids=(first, last), after=first) == [last]
    assert await shelf.found(ids=(first,), scope=ReminderScope((OTHER,))) == []


async def test_reminders_are_found_by_the_beginning_of_their_ids(shelf: Shelf) -> None:
    first, last = "504fe9" + "0" * 26, "504fe9" + "f" * 26
    for reminder_id in (first, last, "504fe8" + "f" * 26, "504fea" + "0" * 26, "0" * 32):
        await shelf.add(reminder_id, NOW + DAY, id=reminder_id)
    both = ReminderSearch(limit=1, scope=ReminderScope((APP,)), beginning="504fe9")

    page = await shelf.store.find(both)
    following = await shelf.store.find(both._replace(after=page.after))
    over = await shelf.store.find(both._replace(after=following.after))

    assert [one.id for found in (page, following) for one in found.reminders] == [first, last]
    assert (over.reminders, over.after) == ([], "")
    assert await shelf.found(beginning="504fe9", state=ReminderState.ACTIVE) == [first, last]
    assert await shelf.found(beginning=first) == [first]
    assert await shelf.found(beginning="000000") == ["0" * 32]
    assert await shelf.found(beginning="504fe9", scope=ReminderScope((OTHER,))) == []
    assert await shelf.found(beginning="504fe9", text="504FE9F", limit=9) == [last]
