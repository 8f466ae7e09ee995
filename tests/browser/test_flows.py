"""What a person does in the console, in a real browser that nobody reloads."""

from typing import TYPE_CHECKING

import pytest

from tests.house import APPID

if TYPE_CHECKING:
    from tests.browser.background import Background
    from tests.browser.person import Person

TEMPLATE_SEND = "/cgi-bin/message/template/send"


@pytest.fixture
def uid(place: "Background") -> str:
    """A follower of the account, who subscribed to its app."""
    return place.run(place.town.follow("o_alice"))


def test_a_failing_account_is_found_understood_and_mended(
    person: "Person", place: "Background"
) -> None:
    other = "wx2222222222222222"
    place.sandbox.whitelist(other, ["198.51.100.1"])
    place.run(place.town.caller.register({"type": 0}, appid=other))

    person.click("Credentials", within="nav")
    person.click("Needs a person 1")
    person.click("access_token", within="td")
    person.sees("40164", "Add the IP 127.0.0.1 to the account's IP whitelist")
    place.sandbox.whitelist(other, None)
    person.click("Refresh now")

    person.sees("Fresh")
    assert person.complaints() == []


def test_a_message_is_sent_to_a_phone_and_followed_until_it_is_delivered(
    person: "Person", place: "Background", uid: str
) -> None:
    person.open("/console/messages/write")
    person.fill("to", uid)
    person.choose("channel", "template")
    person.fill("title", "A parcel")
    person.fill("text", "It is here.")
    person.click("Preview")
    person.sees("A parcel", "What the user will see")
    person.goes_back()
    person.sees(without="What the user will see")
    person.finds_written(to=uid, title="A parcel", text="It is here.", channel="template")
    person.click("Preview")
    person.sees("A parcel", "What the user will see")

    person.click("Send it now")
    person.sees("Accepted")
    place.run(place.sandbox.push_once())  # WeChat says that the phone has it

    person.sees("Delivered")
    (shown,) = place.run(place.town.arrived(uid))
    assert "A parcel" in str(shown)
    person.goes_back()
    person.finds_written(text="It is here.")
    assert person.complaints() == []


def test_back_to_a_form_that_was_refused_finds_it_as_it_was_typed(person: "Person") -> None:
    person.open("/console/access/consumers/new")
    person.fill("name", "Two Words")
    person.fill("appids", "wx1111111111111111")
    person.click("Make the consumer")
    person.sees("Must be 1 to 32 lower-case letters")

    person.click("Keys")
    person.sees("Make a key")
    person.goes_back()

    person.finds_written(name="Two Words", appids="wx1111111111111111")
    person.open("/console/people/make")
    person.fill("name", "Shop")
    person.fill("appid", "wx9999999999999999")
    person.click("Make an app")
    person.sees("Are you sure?", "Make the app even so?")
    person.click("No, back")
    person.fill("name", "Other")
    person.goes_back()
    person.wait(lambda: person.has_written("name") != "Other")
    assert [one.endswith("400 (Bad Request)") for one in person.complaints()] == [True]


def test_a_dead_letter_is_sent_again(person: "Person", place: "Background", uid: str) -> None:
    place.sandbox.script(TEMPLATE_SEND, errcode=47003, times=None)
    letter = {"app": place.town.app.id, "to": [uid], "text": "hello", "title": "A letter"}
    place.call("POST", "/v1/messages", letter | {"channel": "template"})

    person.open("/console/messages")
    person.click("A letter")
    person.sees("Failed", "47003")
    place.sandbox.clear_scripts()
    person.click("Send again")

    person.sees("Accepted")


def test_no_other_letter_is_ticked_when_more_have_come_meanwhile(
    person: "Person", place: "Background", uid: str
) -> None:
    place.sandbox.script(TEMPLATE_SEND, errcode=47003, times=None)
    letter = {"app": place.town.app.id, "to": [uid], "text": "hello", "channel": "template"}
    ticked = "return [...document.querySelectorAll('[name=id]')].map((one) => one.checked)"
    place.call("POST", "/v1/messages", letter | {"title": "One"})
    person.open("/console/messages")
    person.sees("One", "Failed")
    person.tick("id")
    person.click("Send the selected again")
    person.sees("1 delivery will be sent again.")
    place.call("POST", "/v1/messages", letter | {"title": "Two"})

    person.goes_back()

    person.sees("One", "Two")
    assert person.driver.execute_script(ticked) == [False, False]


def test_a_reminder_is_made_of_a_sentence(person: "Person", place: "Background", uid: str) -> None:
    person.open("/console/reminders/write")
    person.fill("when", "每天早上9点吃药")
    person.fill("people", uid)
    person.click("See how it is understood")
    person.sees("Next times", "吃药")

    person.click("Save it")

    person.sees("The reminder is saved.")
    (made,) = place.call("GET", "/v1/reminders")
    assert made["title"] == "吃药"


def test_the_page_of_a_reminder_keeps_its_address_and_can_be_opened_again(
    person: "Person", place: "Background", uid: str
) -> None:
    when = {"rule": "FREQ=DAILY", "time": "2030-01-01T09:00:00+08:00"}
    wish = {"app": place.town.app.id, "title": "吃药", "to": [uid], **when}
    page = f"/console/reminders/{place.call('POST', '/v1/reminders', wish)['id']}"
    person.open(page)
    person.fill("when", "每周一上午9点")
    person.click("See the new time")
    person.sees("As it is understood")
    answered = person.path

    person.reloads()

    person.sees(without="As it is understood")
    person.finds_written(when="每周一上午9点")
    assert (answered, person.path) == (page, page)
    person.click("See the new time")
    person.click("Change the time")
    person.sees("that can be undone")
    person.reloads()
    person.sees("that can be undone")
    assert person.complaints() == []


def test_a_change_is_undone_after_its_page_was_reloaded(
    person: "Person", place: "Background", uid: str
) -> None:
    when = {"rule": "FREQ=DAILY", "time": "2030-01-01T09:00:00+08:00"}
    wish = {"app": place.town.app.id, "title": "吃药", "to": [uid], **when}
    made = place.call("POST", "/v1/reminders", wish)["id"]
    person.open(f"/console/reminders/{made}")
    person.fill("title", "浇花")
    person.click("Save its words")
    person.sees("Its words are changed.")

    person.reloads()

    person.click("Undo")
    person.sees("It is restored.")
    assert place.call("GET", f"/v1/reminders/{made}")["title"] == "吃药"
    assert person.complaints() == []


def test_a_box_stays_with_its_topic_when_another_topic_is_removed(
    person: "Person", place: "Background", uid: str
) -> None:
    topics = f"/v1/apps/{place.town.app.id}/topics"
    first, second, third = [place.call("POST", topics, {"name": name})["id"] for name in "abc"]
    box = "return document.querySelector(`[name=topics][value='${arguments[0]}']`)"
    person.open("/console/reminders/write")
    person.fill("when", "每天早上9点吃药")
    person.driver.execute_script(f"{box}.click()", str(second))
    person.click("See how it is understood")
    person.sees("Next times")
    place.call("DELETE", f"{topics}/{first}")

    person.goes_back()

    person.sees(without="Next times")
    person.wait(lambda: person.has_written("when"))
    ticked = [person.driver.execute_script(f"{box}.checked", str(one)) for one in (second, third)]
    assert ticked == [True, False]


def test_who_signed_in_with_a_key_that_is_revoked_is_out_at_once(
    person: "Person", place: "Background"
) -> None:
    made = place.call("POST", "/v1/keys", {"name": "shop", "scopes": ["read"]})
    person.driver.delete_all_cookies()
    person.sign_in(made["key"])

    place.call("DELETE", f"/v1/keys/{made['id']}")

    person.wait(lambda: person.path.startswith("/console/sign-in"))
    person.sees(without=APPID)


def test_who_presses_a_button_twice_makes_one_key(person: "Person", place: "Background") -> None:
    person.open("/console/access/keys/new")
    person.fill("name", "shop")
    person.tick("scopes")

    person.press_twice("Make the key")
    person.sees("This is shown on this page only.")

    keys = place.call("GET", "/v1/keys")
    assert [key["name"] for key in keys].count("shop") == 1
