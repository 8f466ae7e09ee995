"""The databases of the stores' tests, one after the other."""

from tests.stores.conftest import database

__all__ = ["database"]
