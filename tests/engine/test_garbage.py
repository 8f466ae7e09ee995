"""No collection of garbage looks at everything that is in memory."""

import gc
import subprocess
import sys
from collections.abc import Callable
from functools import wraps

from wechat_scheduler.engine.garbage import YOUNG, imports_kept, short_collections

MOST = 2_000


def alone(test: Callable[[], None]) -> Callable[[], None]:
    """Run the test in an interpreter of its own, where all that is in memory is the test's."""

    @wraps(test)
    def run() -> None:
        words = f"from {test.__module__} import {test.__name__} as test; test.__wrapped__()"
        ended = subprocess.run([sys.executable, "-S", "-c", words], capture_output=True, text=True)
        assert ended.returncode == 0, ended.stderr

    return run


@alone
def test_what_survived_a_full_collection_is_not_looked_at_again() -> None:
    with short_collections(MOST):
        kept = [[number] for number in range(10 * MOST)]
        gc.collect()

        again = gc.get_objects(generation=2)

    assert len(kept) == 10 * MOST
    assert len(again) <= MOST


@alone
def test_new_objects_are_looked_at_seldom_and_afterwards_as_before() -> None:
    before = gc.get_threshold()

    with short_collections(MOST):
        within = gc.get_threshold()

    assert within == (YOUNG, *before[1:])
    assert gc.get_threshold() == before


@alone
def test_what_is_frozen_is_freed_with_its_last_reference() -> None:
    with short_collections(MOST):
        kept = [[number] for number in range(10 * MOST)]
        gc.collect()
        frozen = gc.get_freeze_count()

        kept.clear()

    assert gc.get_freeze_count() <= frozen - 10 * MOST


@alone
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


@alone
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


@alone
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


@alone
def test_imports_are_interrupted_by_no_collection_and_are_not_looked_at_later() -> None:
    before = gc.get_freeze_count()

    with imports_kept():
        collects = gc.isenabled()
        kept = [[number] for number in range(MOST)]

    assert not collects
    assert gc.isenabled()
    assert gc.get_freeze_count() >= before + len(kept)


@alone
def test_imports_leave_collections_off_where_they_were_off() -> None:
    gc.disable()

    with imports_kept():
        pass

    assert not gc.isenabled()
