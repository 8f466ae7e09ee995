from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.house import in_memory
from tests.sending.town import Town, town


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Town]:
    """A town whose time the test moves, and whose store is in memory."""
    async with town(tmp_path, opener=in_memory) as settled:
        yield settled
