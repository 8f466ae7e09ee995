"""The database drivers are tested with a schema of their own, not with the product's."""

from importlib.resources.abc import Traversable
from pathlib import Path

import pytest

from tests.databases import database

__all__ = ["database", "migrations"]

MIGRATIONS = Path(__file__).parent / "migrations"


@pytest.fixture
def migrations() -> Traversable:
    return MIGRATIONS
