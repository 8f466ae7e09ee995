"""Two windows of one browser: in one a reminder is deleted, which the other one shows."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.browser.background import Background
    from tests.browser.person import Person

# A page reads itself again once it is looked at, and each minute.
LOOKED_AT = "document.dispatchEvent(new Event('visibilitychange'))"


def test_a_page_says_that_what_it_shows_was_deleted_meanwhile(
    person: "Person", place: "Background"
) -> None:
    body = {"app": place.town.app.id, "title": "water", "when": "2099-01-01 09:00", "to": ["*"]}
    made = place.call("POST", "/v1/reminders", body)
    person.open(f"/console/reminders/{made['id']}")
    person.sees("water", "active")
    before = person.text

    place.call("DELETE", f"/v1/reminders/{made['id']}")
    person.driver.execute_script(LOOKED_AT)
    person.sees("What this page shows is gone")
    person.click("Pause")
    person.sees("There is no such reminder: it was deleted")

    assert "What this page shows is gone" not in before
    assert made["id"] not in person.text
