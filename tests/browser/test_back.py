"""Back from what a form did, in a real browser: the form is there again, and the browser never asks to post it."""

from typing import TYPE_CHECKING

from tests.house import SECRET

if TYPE_CHECKING:
    from tests.browser.background import Background
    from tests.browser.person import Person


def test_back_from_a_corrected_form_finds_it_as_it_was_typed(person: "Person") -> None:
    person.open("/console/credentials/register")
    person.fill("appid", "wxzz")
    person.fill("appsecret", SECRET)
    person.click("Test and register")
    person.sees("not an AppID")
    person.fill("appid", "wx2222222222222222")
    person.fill("appsecret", SECRET)
    person.click("Test and register")
    person.wait(lambda: "registered" in person.path)
    person.goes_back()

    person.wait(lambda: person.has_written("appid") == "wx2222222222222222")
    assert person.has_written("appsecret") == ""


def test_a_new_secret_is_shown_until_its_page_is_left(
    person: "Person", place: "Background"
) -> None:
    person.open("/console/access/keys/new")
    person.fill("name", "crm")
    person.fill("networks", "nonsense")
    person.click("Make the key")
    person.sees("is not a network")
    person.fill("networks", "")
    person.tick("scopes")
    person.click("Make the key")
    person.sees("The key was made", "wsk_")
    person.reloads()
    person.sees("The key was made", "wsk_")
    person.click("Back to the list")
    person.sees("crm")
    person.goes_back()
    person.wait(lambda: person.has_written("networks") == "")
    secret_again = "wsk_" in person.text
    person.goes_back()
    person.wait(lambda: person.has_written("name") == "crm")

    person.open("/console/people/make")
    person.fill("name", "Shop")
    person.fill("appid", "wx1111111111111111")
    person.click("Make an app")
    person.sees("Its secrets")
    person.click("Alerts", within="nav")
    person.sees("Rules")
    person.goes_back()
    person.wait(lambda: person.has_written("appid") == "")

    assert not secret_again
    assert [one["name"] for one in place.call("GET", "/v1/keys")].count("crm") == 1
