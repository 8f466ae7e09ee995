"""Reminders and deliveries that are made one after the other have ids that are near to each other."""

from datetime import timedelta

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


def test_a_message_and_its_deliveries_begin_with_the_place_of_their_reminder() -> None:
    first, again, other = (
        message_of(each) for each in ("a" * 28 + "0b0b",) * 2 + ("c" * 28 + "0b0b",)
    )

    ids = {first.message.id, other.message.id}
    ids |= {target.delivery_id for one in (first, other) for target in one.targets}

    assert again == first
    assert {each >> BEHIND for each in ids} == {0x0B0B}
    assert len(ids) == 6


def test_an_id_that_was_made_otherwise_has_a_place_too() -> None:
    assert [place_of(each) for each in ("0" * 32, "by-hand", "")] == [0, 0, 0]


def message_of(reminder_id: str) -> Firing:
    reminder = draft(LATER, id=reminder_id, owner="UID_o", due_at=LATER)
    claimed = Claimed(reminder=reminder, people=("UID_a",), claim="here/1")
    (firing,) = fire(claimed, LATER).firings
    return firing
