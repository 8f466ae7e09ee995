"""An empty store, and a clock that stands at 10:30 in Shanghai on 18 November 2026."""

import pytest

from tests.clock import FakeClock
from tests.reminders.remembering import Memory
from tests.stores.memory import memory_database


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def memory(clock: FakeClock) -> Memory:
    return Memory(memory_database(), clock)
