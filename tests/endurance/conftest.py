"""The endurance runs need the programs of the machine: they boot its systemd."""

import pytest


@pytest.fixture(scope="session", autouse=True)
def bare_machine() -> None:
    """Hides nothing."""
