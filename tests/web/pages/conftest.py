from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.sending.town import Town, town


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Town]:
    """A town whose time the test moves."""
    async with town(tmp_path) as settled:
        yield settled
