"""Ids of new messages: each once, the later the larger, and exact as floats."""

from datetime import UTC, datetime, timedelta

from wechat_scheduler.storage.ordered_ids import IdSequence

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
MANY = 10_000


def test_each_id_comes_once_and_is_larger_than_those_before() -> None:
    ids = IdSequence()

    made = [ids.at(NOW + timedelta(milliseconds=number)) for number in range(MANY)]

    assert made == sorted(set(made))
    assert all(0 < one < 1 << 52 and int(float(one)) == one for one in made)


def test_ids_of_one_second_are_neighbours() -> None:
    ids = IdSequence()

    made = [ids.at(NOW) for _ in range(MANY)]

    assert made[-1] - made[0] == MANY - 1


def test_another_process_begins_elsewhere() -> None:
    assert len({IdSequence().at(NOW) for _ in range(10)}) > 1


def test_a_clock_that_goes_back_makes_other_ids() -> None:
    ids = IdSequence()

    made = [ids.at(NOW + timedelta(seconds=number % 2)) for number in range(4)]

    assert len(set(made)) == 4
