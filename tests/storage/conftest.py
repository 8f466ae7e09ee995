"""The ground floor is tested with a schema of its own, not with the product's."""

from importlib.resources.abc import Traversable
from pathlib import Path

import pytest

MIGRATIONS = Path(__file__).parent / "migrations"


@pytest.fixture
def migrations() -> Traversable:
    return MIGRATIONS
