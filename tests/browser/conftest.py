"""A Chromium for all tests of a process, and a town for each. Without a browser the tests are left out."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.programs import missing

if TYPE_CHECKING:
    from tests.browser.background import Background
    from tests.browser.person import Person


@pytest.fixture(scope="session")
def driver() -> Iterator[Any]:
    if lacking := missing():
        pytest.skip(lacking)
    from tests.browser.chromium import chromium  # an import of Selenium takes a moment

    with chromium() as opened:
        yield opened


@pytest.fixture
def place(driver: Any, tmp_path: Path) -> Iterator["Background"]:
    from tests.browser.background import background

    with background(tmp_path) as built:
        yield built


@pytest.fixture
def person(driver: Any, place: "Background") -> Iterator["Person"]:
    """A person who is signed in with the admin key, at the overview."""
    from tests.browser.person import Person

    driver.execute_cdp_cmd("Network.clearBrowserCookies", {})  # of all hosts, not of the page alone
    someone = Person(driver, place.url)
    someone.complaints()  # about what another test had opened
    someone.sees_through("wide")
    someone.likes()
    someone.reads("en")  # whatever the browser prefers
    someone.sign_in(place.admin_key)
    yield someone
    driver.get("about:blank")  # before the daemon ends: a live page would ask for it
    someone.complaints()
