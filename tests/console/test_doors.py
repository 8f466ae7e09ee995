"""The pages of the console see and change everything through the routes of our own API."""

from typing import Final

from tests.documents import PACKAGE
from tests.test_house_rules import imported

CONSOLE: Final = PACKAGE / "web" / "console"
# Sessions, forms, cookies, the stream of events, the setting of the console and the names of the types. No page is among them.
WITH_SERVICES: Final = {
    "admission.py",
    "door.py",
    "live.py",
    "missing.py",
    "session_cookies.py",
    "sign_in.py",
    "visit.py",
}


def test_no_page_has_a_door_of_its_own_to_a_core_or_the_store() -> None:
    found = {
        path.relative_to(CONSOLE).as_posix()
        for path in CONSOLE.rglob("*.py")
        if "wechat_scheduler.web.kit.services" in imported(path)
    }

    assert found == WITH_SERVICES
