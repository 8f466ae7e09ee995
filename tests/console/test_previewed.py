"""Forms with a preview: what a person sends is what the form says, and never a text that the preview did not show."""

from typing import Any

import pytest

from tests.console.visitor import Browser, Page
from tests.house import Caller, WeChat
from tests.web.tenants import deliveries, opened_shop, subscribed
from tests.web.test_reminders import Office

MESSAGE, REMINDER = "/console/messages/write", "/console/reminders/write"
CHINESE = {"Accept-Language": "zh-CN"}


@pytest.fixture
async def office(keeper: Caller) -> Office:
    office = Office(keeper.daemon, keeper._session)
    await office.open()
    return office


@pytest.fixture
async def shop(keeper: Caller, weixin: WeChat) -> dict[str, Any]:
    return await opened_shop(keeper, weixin, "alice")


def warning(page: Page, section: str) -> str:
    return " ".join(
        one.text for one in page.root.one("section", id=section).find("p", role="alert")
    )


async def test_a_message_that_was_changed_after_its_preview_is_previewed_again_and_then_sent(
    admin: Browser, keeper: Caller, shop: dict[str, Any]
) -> None:
    page = await admin.open(MESSAGE)
    shown = await admin.submit(page, MESSAGE, app=str(shop["id"]), to="alice", text="old")

    changed = await admin.submit(shown, f"{MESSAGE}/send", text="new\r\ntext ")
    in_chinese = await admin.submit(shown, f"{MESSAGE}/send", text="new", headers=CHINESE)
    before = await deliveries(keeper)
    sent = await admin.submit(changed, f"{MESSAGE}/send")

    assert warning(shown, "preview") == ""
    assert "changed after the preview" in warning(changed, "preview")
    assert "new text" in changed.root.one("section", id="preview").text
    assert "预览之后表单有改动" in warning(in_chinese, "preview")
    assert (before, sent.url.path.startswith("/console/deliveries/")) == ([], True)
    (message,) = (await keeper.call("GET", "/v1/messages")).result
    full = (await keeper.call("GET", f"/v1/messages/{message['id']}")).result
    assert full["text"].split() == ["new", "text"]


async def test_another_receiver_is_a_change_and_other_line_ends_are_none(
    admin: Browser, keeper: Caller, shop: dict[str, Any]
) -> None:
    page = await admin.open(MESSAGE)
    shown = await admin.submit(page, MESSAGE, app=str(shop["id"]), to="alice", text="one\r\ntwo")

    other = await admin.submit(shown, f"{MESSAGE}/send", to="o_alice")
    unseen = await admin.submit(shown, f"{MESSAGE}/send", previewed=None)
    same = await admin.submit(shown, f"{MESSAGE}/send", text="one\ntwo")

    assert "changed after the preview" in warning(other, "preview")
    assert "changed after the preview" in warning(unseen, "preview")
    assert same.url.path.startswith("/console/deliveries/")
    assert len(await deliveries(keeper)) == 1


async def test_a_message_for_later_says_when_and_a_time_that_is_past_is_refused(
    admin: Browser, keeper: Caller, shop: dict[str, Any]
) -> None:
    typed = {"app": str(shop["id"]), "to": "alice", "text": "one"}
    page = await admin.open(MESSAGE)

    shown = await admin.submit(page, MESSAGE, **typed, not_before="2026-11-19T08:00")
    past = await admin.submit(page, MESSAGE, **typed, not_before="2026-11-17T08:00")
    now = await admin.submit(page, MESSAGE, **typed)

    preview = shown.root.one("section", id="preview").text
    assert "It is not sent before 2026-11-19 08:00." in preview
    assert "Send it 2026-11-19 08:00" in preview
    assert "Send it now" not in preview
    assert past.status == 400
    assert "ust not be past; leave it empty" in past.text
    assert "Send it now" in now.text


async def test_without_a_script_a_topic_is_asked_about_only_where_it_is_sent(
    admin: Browser, keeper: Caller, shop: dict[str, Any]
) -> None:
    base = f"/v1/apps/{shop['id']}"
    topic = (await keeper.call("POST", f"{base}/topics", body={"name": "news"})).result["id"]
    await subscribed(keeper, shop, topic, "alice")
    page = await admin.open(f"{MESSAGE}?app={shop['id']}&topic={topic}")

    shown = await admin.submit(page, MESSAGE, text="old")
    again = await admin.submit(shown, MESSAGE, text="new")
    question = await admin.submit(again, f"{MESSAGE}/send", sure=None)
    none_yet = await deliveries(keeper)
    sent = await admin.submit(question, f"{MESSAGE}/send")

    assert "new" in again.root.one("section", id="preview").text
    assert "Send it now to all subscribers of the topic news (1 now)?" in question.text
    assert (none_yet, sent.url.path.startswith("/console/messages/")) == ([], True)


async def test_a_reminder_that_was_changed_after_it_was_shown_is_shown_again_and_then_saved(
    admin: Browser, office: Office
) -> None:
    page = await admin.open(REMINDER)
    read = await admin.submit(page, REMINDER, when="明天8点半提醒我开会", people="alice")

    changed = await admin.submit(read, f"{REMINDER}/save", when="明天9点半提醒我开会")
    in_chinese = await admin.submit(read, f"{REMINDER}/save", text="带电脑", headers=CHINESE)
    topic = await admin.submit(read, f"{REMINDER}/save", topics=[str(office.topic)])
    before = await office.titles()
    saved = await admin.submit(changed, f"{REMINDER}/save")

    assert (warning(read, "understood"), read.facts()["When"]) == ("", "Thu 19 Nov 08:30")
    assert "changed after the preview" in warning(changed, "understood")
    assert changed.facts()["When"] == "Thu 19 Nov 09:30"
    assert "预览之后表单有改动" in warning(in_chinese, "understood")
    assert "topic news" in topic.facts()["To"]
    assert (before, saved.title) == ([], "开会")
    (made,) = (await office.call("GET", "/v1/reminders")).result
    assert made["time"] == "2026-11-19T09:30:00+08:00"


async def test_enter_in_a_field_previews(admin: Browser, shop: dict[str, Any]) -> None:
    page = await admin.open(MESSAGE)
    shown = await admin.submit(page, MESSAGE, app=str(shop["id"]), to="alice", text="old")

    first = shown.root.find("button", form="written")[0]

    assert first["formaction"] == ""  # to the form's own path
