"""No collection of garbage looks at everything that is in memory."""

import gc

from wechat_scheduler.engine.garbage import short_collections

MOST = 2_000


def test_what_survived_a_full_collection_is_not_looked_at_again() -> None:
    with short_collections(MOST):
        kept = [[number] for number in range(10 * MOST)]
        gc.collect()

        again = gc.get_objects(generation=2)

    assert len(kept) == 10 * MOST
    assert len(again) <= MOST


def test_what_is_frozen_is_freed_with_its_last_reference() -> None:
    with short_collections(MOST):
        kept = [[number] for number in range(10 * MOST)]
        gc.collect()
        frozen = gc.get_freeze_count()

        kept.clear()

    assert gc.get_freeze_count() <= frozen - 10 * MOST


def test_cycles_that_end_after_they_were_frozen_are_freed_in_the_end() -> None:
    gc.collect()
    gc.freeze()
    before, most = gc.get_freeze_count(), 0
    with short_collections(MOST):
        kept = [[number] for number in range(10 * MOST)]
        gc.collect()

        for _ in range(12):
            alive = [cycle() for _ in range(2 * MOST)]
            gc.collect()
            most = max(most, gc.get_freeze_count() - before)
            alive.clear()

    assert len(kept) < most <= 3 * len(kept)


def test_everything_is_looked_at_only_after_as_much_was_added() -> None:
    gc.collect()
    gc.freeze()
    looks = 0
    with short_collections(MOST):
        kept = [[number] for number in range(10 * MOST)]
        gc.collect()

        for _ in range(15):
            kept += [[number] for number in range(2 * MOST)]
            gc.collect()
            looks += not gc.get_freeze_count()  # the next one looks at everything

    assert len(kept) == 40 * MOST
    assert 1 <= looks <= 3


def cycle() -> list[object]:
    """It is freed by a collection only."""
    found: list[object] = []
    found.append(found)
    return found


def test_few_survivors_are_not_frozen_and_nothing_is_after_the_block() -> None:
    gc.collect()
    gc.freeze()
    with short_collections(MOST):
        few = [[number] for number in range(MOST // 2)]
        before = gc.get_freeze_count()
        gc.collect()
        assert gc.get_freeze_count() <= before
    many = [[number] for number in range(10 * MOST)]

    gc.collect()

    assert gc.get_freeze_count() <= before
    assert few
    assert many
