"""An empty store, and a clock that stands at 10:30 in Shanghai on 18 November 2026."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.clock import FakeClock
from tests.reminders.remembering import Memory, remembering


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def memory(tmp_path: Path, clock: FakeClock) -> AsyncIterator[Memory]:
    async with remembering(tmp_path, clock) as memory:
        yield memory
