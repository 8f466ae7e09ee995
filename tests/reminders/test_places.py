"""Reminders and deliveries that are made one after the other have ids that are near to each other."""

from datetime import datetime, timedelta

from tests.clock import START
from tests.reminders.remembering import draft
from wechat_scheduler.audience.ids import new_delivery_id
from wechat_scheduler.engine.places import BEHIND, NEIGHBOURS
from wechat_scheduler.reminders.firing import fire
from wechat_scheduler.reminders.model import Claimed, Firing, new_id, place_of

LATER = START + timedelta(days=1)


def test_ids_end_with_the_place_of_the_reminder_and_are_random_before() -> None:
    ids = [new_id() for _ in range(10 * NEIGHBOURS)]

    places = [place_of(each) for each in ids]

    assert {len(each) for each in ids} == {32}
    assert len({each[:28] for each in ids}) == len(ids)
    assert 10 <= len(set(places)) <= 11
    assert max(map(places.count, places)) == NEIGHBOURS


def test_ids_of_deliveries_begin_with_a_place_and_are_random_behind_it() -> None:
    ids = [new_delivery_id() for _ in range(10 * NEIGHBOURS)]

    places = [each >> BEHIND for each in ids]

    assert len({each % (1 << BEHIND) for each in ids}) == len(ids)
    assert max(map(places.count, places)) == NEIGHBOURS
    assert min(ids) > 0
    assert max(ids) < 1 << 52


def test_a_message_and_its_deliveries_begin_with_a_place_for_their_reminder_and_minute() -> None:
    first, again, other, later, last = (
        message_of(each, at)
        for each, at in (
            ("a" * 28 + "0b0b", LATER),
            ("a" * 28 + "0b0b", LATER),
            ("c" * 28 + "0b0b", LATER),
            ("a" * 28 + "0b0b", LATER + timedelta(minutes=1)),
            ("a" * 28 + "ffff", LATER),
        )
    )

    ids = [{one.message.id, *(to.delivery_id for to in one.targets)} for one in (first, other)]
    places = {each >> BEHIND for each in ids[0] | ids[1]}

    assert again == first
    assert len(ids[0] | ids[1]) == 6
    assert places == {first.message.id >> BEHIND}
    assert (later.message.id >> BEHIND) - (first.message.id >> BEHIND) == 1
    assert 0 <= last.message.id < 1 << 52


def test_an_id_that_was_made_otherwise_has_a_place_too() -> None:
    assert [place_of(each) for each in ("0" * 32, "by-hand", "")] == [0, 0, 0]


def message_of(reminder_id: str, at: datetime) -> Firing:
    reminder = draft(at, id=reminder_id, owner="UID_o", due_at=at)
    claimed = Claimed(reminder=reminder, people=("UID_a",), claim="here/1")
    (firing,) = fire(claimed, at).firings
    return firing
