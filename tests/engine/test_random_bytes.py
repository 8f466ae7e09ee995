"""Random bytes are given out once, as many as are wanted."""

from wechat_scheduler.engine.random_bytes import AHEAD, random_bytes


def test_random_bytes_are_never_the_same() -> None:
    found = [random_bytes(16) for _ in range(AHEAD)]

    assert {len(one) for one in found} == {16}
    assert len(set(found)) == len(found)


def test_a_size_that_does_not_divide_what_is_read_ahead_is_given_whole() -> None:
    found = [random_bytes(7) for _ in range(AHEAD)]

    assert {len(one) for one in found} == {7}
