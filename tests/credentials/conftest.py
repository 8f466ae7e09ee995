"""A fresh office for each test."""

import pytest

from tests.credentials.office import Office, office


@pytest.fixture(name="office")
async def fresh_office() -> Office:
    return office()
