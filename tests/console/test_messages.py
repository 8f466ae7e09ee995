"""Messages and deliveries in the console: found, read, sent again, cancelled, and written."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.access.doors import make
from tests.clock import START, FakeClock
from tests.console.visitor import Browser, Page
from tests.house import APPID, Caller, WeChat
from tests.web.tenants import bound, deliveries, made_app, opened_shop, send, subscribed
from wechat_scheduler.sandbox.templates import SandboxTemplate
from wechat_scheduler.web.console import app_choice
from wechat_scheduler.web.console.messages.preview import OWN_PAGE

PARCEL = {"text": "", "template": "parcel-is-here", "data": {"thing1": "here"}}


@pytest.fixture
async def shop(keeper: Caller, weixin: WeChat) -> dict[str, Any]:
    """An app with two users, of whom WeChat knows one, and a token to send with."""
    return await opened_shop(keeper, weixin, "alice", "bob")


async def test_deliveries_are_found_by_each_filter(
    admin: Browser, keeper: Caller, shop: dict[str, Any], clock: FakeClock
) -> None:
    await send(keeper, shop, "alice", **PARCEL, title="to alice")
    await send(keeper, shop, "bob", **PARCEL, title="to bob")
    await keeper.settle()

    async def found(**filters: str) -> list[str]:
        page = await admin.open("/console/messages")
        listed = await admin.submit(page, "/console/messages", **filters)
        assert listed.status == 200, listed.text
        return [row["Message"] for row in listed.table()] if listed.root.find("table") else []

    app = str(shop["id"])
    assert await found() == ["to bob", "to alice"]
    assert await found(app=app, person="bob") == ["to bob"]
    assert await found(person="o_alice") == ["to alice"]
    assert await found(person="ali") == ["to alice"]
    assert await found(state="dead") == ["to bob"]
    assert await found(errcode="40003") == ["to bob"]
    assert await found(errcode="1") == []
    assert await found(until="2026-11-18T10:30") == []
    assert await found(since="2026-11-18T10:30", app=app) == ["to bob", "to alice"]


async def test_only_what_can_be_done_with_deliveries_in_a_state_is_offered(
    admin: Browser, keeper: Caller, shop: dict[str, Any]
) -> None:
    await send(keeper, shop, "bob", **PARCEL)
    await keeper.settle()
    await send(keeper, shop, "alice", **PARCEL, not_before="2026-11-19T00:00:00Z")

    async def offered(query: str) -> list[str]:
        page = await admin.open(f"/console/messages{query}")
        return [one["value"] for one in page.root.find("button", name="what")] + [
            one["value"] for one in page.root.one("main").find("input", name="what")
        ]

    assert await offered("?state=dead") == ["replay_all", "replay"]
    assert await offered("?state=pending") == ["cancel_all", "cancel"]
    assert await offered("?state=delivered") == []
    assert await offered("") == ["cancel", "replay"]
    assert await offered(f"?app={shop['id']}") == ["cancel", "replay_all", "cancel_all", "replay"]


async def test_a_search_that_finds_nothing_says_what_was_searched_for(
    admin: Browser, keeper: Caller
) -> None:
    await keeper.register({"type": 0})
    said = {
        "/console/messages?state=dead&errcode=40003": "State: Failed; errcode: 40003.",
        "/console/people?search=nobody": "No app fits. Searched for: Name, id or account: nobody.",
        "/console/people/users?called=o_x": "No user fits. Searched for: Nickname, an app's name, uid or openid: o_x.",
        "/console/reminders?text=tea&state=": "Searched for: Text in the title, or the number: tea.",
        "/console/credentials?search=wx2&state=fresh": "Name, appid or openid: wx2; State: Fresh.",
        "/console/pushes?appid=wx2": "Searched for: Account: wx2.",
        "/console/access/audit?object=wx9": "Searched for: Object: wx9.",
        "/console/access?state=expired": "Searched for: State: expired.",
    }

    for path, sentence in said.items():
        assert sentence in (await admin.open(path)).text, path


async def test_a_name_of_several_users_is_no_filter(
    admin: Browser, keeper: Caller, shop: dict[str, Any]
) -> None:
    for name in ("alice", "bob"):
        path = f"/v1/apps/{shop['id']}/subscribers/{name}"
        await keeper.call("PATCH", path, body={"nickname": "小红"})

    page = await admin.open(
        "/console/messages?state=dead&person=小红&done=cancel&done_count=3&after=9"
    )

    told = page.root.one("p", id="error-person").text
    assert told.endswith("write the openid of one of them: 小红 o_alice, 小红 o_bob.")
    links = [one["href"] for one in page.root.one("section", id="which").find("a")]
    assert links == ["?state=dead&person=o_alice", "?state=dead&person=o_bob"]
    assert (await admin.open(f"/console/messages{links[1]}")).status == 200
    for path in ("/console/reminders", "/console/reminders/agenda"):
        page = await admin.open(f"{path}?state=&uid=小红")
        links = [one["href"] for one in page.root.one("section", id="which").find("a")]
        assert links == ["?state=&uid=o_alice", "?state=&uid=o_bob"]


async def test_a_name_is_looked_for_in_the_account_of_the_app_that_is_chosen(
    admin: Browser, keeper: Caller, shop: dict[str, Any]
) -> None:
    other = await made_app(keeper, "game", appid="wx0123456789abcdef")
    for app, name in ((shop, "bob"), (other, "amy")):
        await bound(keeper, app, name)
        path = f"/v1/apps/{app['id']}/subscribers/{name}"
        await keeper.call("PATCH", path, body={"nickname": "小红"})

    of_all = await admin.open("/console/messages?person=小红")
    of_app = await admin.open(f"/console/messages?app={other['id']}&person=小红")

    assert {row["openid"] for row in of_all.table()} == {"o_bob", "o_amy"}
    assert of_app.status == 200


async def test_a_name_that_no_user_can_have_is_said_beside_the_filter(admin: Browser) -> None:
    for path, name in (("messages", "person"), ("reminders", "uid"), ("reminders/agenda", "uid")):
        for odd in ("x" * 129, "a\tb"):
            page = await admin.open(f"/console/{path}?{urlencode({name: odd})}")

            assert page.status == 400
            assert page.root.one("p", id=f"error-{name}").text == "No user is known by this name."
            assert page.root.one("input", name=name)["value"] == odd


async def test_receivers_of_one_name_are_told_apart_by_the_end_of_the_openid(
    admin: Browser, keeper: Caller, shop: dict[str, Any]
) -> None:
    for name in ("alice", "bob"):
        await send(keeper, shop, name, **PARCEL)

    page = await admin.open("/console/messages")
    bob, alice = await deliveries(keeper)

    assert [row["To"] for row in page.table()] == ["bob (o_bob)", "alice (…_alice)"]
    assert (bob["openid"], alice["openid"]) == ("o_bob", "o_alice")


async def test_a_message_is_written_for_an_app_beyond_those_to_choose_from(
    admin: Browser,
    keeper: Caller,
    shop: dict[str, Any],
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock.advance(timedelta(seconds=1))  # the oldest app is the first
    write, late = "/console/messages/write", str((await made_app(keeper, "late"))["id"])
    monkeypatch.setattr(app_choice, "LARGEST_PAGE", 1)

    page = await admin.open(f"{write}?app={late}&to=alice")
    none = await admin.open(f"{write}?app=99")
    refused = await admin.submit(page, write, app="99", to="al", text="hi")

    options = page.root.one("select", name="app").find("option")
    assert [one["value"] for one in options if "selected" in one.attributes] == [late]
    for one in (none, refused):
        assert one.status == 404
        assert "app 99" in one.root.one("main").find("p", class_="error")[0].text.lower()


async def test_the_form_of_a_message_offers_the_templates_of_the_app(
    admin: Browser, keeper: Caller, shop: dict[str, Any], weixin: WeChat
) -> None:
    weixin.sandbox.put_template(SandboxTemplate(template_id="T9", title="取件通知"))
    path = f"/v1/apps/{shop['id']}"
    mapped = {"parcel": {"template_id": "T9", "fields": {"thing1": "{title}"}}}
    await keeper.call("PATCH", path, body={"templates": mapped})
    await keeper.call("POST", f"{path}/templates")

    page = await admin.open(f"/console/messages/write?app={shop['id']}")

    offered = page.root.one("datalist", id=page.root.one(id="field-template")["list"])
    titles = {one["value"]: one.text for one in offered.find("option")}
    assert (titles["parcel"], titles["T9"]) == ("取件通知", "取件通知")


async def test_what_is_wrong_with_a_filter_is_said_beside_it(admin: Browser) -> None:
    for query, sentence in (
        ("person=nobody", "No user is known by this name."),
        ("errcode=x", "Must be WeChat's errcode: a whole number of up to nine digits"),
        ("errcode=9999999999", "Must be WeChat's errcode: a whole number of up to nine digits"),
        ("since=yesterday", "Must be a time such as"),
    ):
        page = await admin.open(f"/console/messages?{query}")

        name = query.partition("=")[0]
        assert page.status == 400
        assert sentence in page.root.one("p", id=f"error-{name}").text
        assert page.root.one("input", id=f"field-{name}")["value"] == query.partition("=")[2]


async def test_a_failed_delivery_tells_its_story_and_is_sent_again(
    admin: Browser, keeper: Caller, weixin: WeChat, shop: dict[str, Any]
) -> None:
    weixin.sandbox.script("/cgi-bin/message/template/send", errcode=47003, times=1)
    await send(keeper, shop, "alice", **PARCEL)
    await keeper.settle()
    (dead,) = await deliveries(keeper)
    path = f"/console/deliveries/{dead['id']}"

    page = await admin.open(path)
    (attempt,) = page.table("Attempts")
    record = await admin.submit(page, f"{path}/rid")
    again = await admin.submit(page, f"{path}/replay")
    await keeper.settle()
    after = await admin.open(path)

    assert page.facts()["State"] == "Failed"
    assert (attempt["errcode"], attempt["Channel"]) == ("47003", "template message")
    assert "compare the keywords and their limits" in page.text
    assert "Do what the reason advises, then send it again" in page.text
    assert record.facts()["Query"] == "access_token=[redacted]"
    assert '"thing1"' in record.text
    assert page.form(f"{path}/replay")["data-confirm"] == "Send “parcel-is-here” to alice again?"
    ways = {one["href"] for one in page.root.one("section", id="state").find("a")}
    assert {f"/console/apps/{shop['id']}", f"/console/credentials/{APPID}"} <= ways
    assert "It is sent again." in again.text
    assert after.facts()["State"] in ("Accepted", "Delivered")
    assert len(after.table("Attempts")) == 2
    assert [one["data-live"] for one in after.root.find("section", id="state")] == [""]


async def test_what_failed_again_since_the_page_was_shown_is_not_sent_once_more(
    admin: Browser, keeper: Caller, weixin: WeChat, shop: dict[str, Any], clock: FakeClock
) -> None:
    weixin.sandbox.script("/cgi-bin/message/template/send", errcode=47003, times=None)
    await send(keeper, shop, "alice", **PARCEL)
    await keeper.settle()
    (dead,) = await deliveries(keeper)
    path, many = f"/console/deliveries/{dead['id']}", "/console/messages"
    page, chosen = await admin.open(path), {"id": [str(dead["id"])], "what": "replay"}
    asked = await admin.submit(await admin.open(many), f"{many}/choose", **chosen)
    clock.advance(timedelta(seconds=3))

    await admin.submit(page, f"{path}/replay")
    await keeper.settle()
    refused = await admin.submit(page, f"{path}/replay")
    left = await admin.submit(asked, f"{many}/change")
    (failed,) = await deliveries(keeper)
    again = await admin.submit(await admin.open(path), f"{path}/replay")

    assert refused.status == 409
    assert "It was sent again meanwhile, and is dead: read why" in refused.text
    assert "All of them changed meanwhile and stay as they are." in left.text
    assert (failed["state"], failed["settled_at"] > dead["settled_at"]) == ("dead", True)
    assert "It is sent again." in again.text


async def test_a_corrected_message_and_the_one_that_failed_lead_to_one_another(
    admin: Browser, keeper: Caller, weixin: WeChat, shop: dict[str, Any]
) -> None:
    weixin.sandbox.script("/cgi-bin/message/template/send", errcode=47003, times=1)
    await send(keeper, shop, "alice", **PARCEL)
    await keeper.settle()
    (dead,) = await deliveries(keeper)

    story = await admin.open(f"/console/deliveries/{dead['id']}")
    (again,) = [one for one in story.root.find("a") if "again=" in one["href"]]
    form = await admin.open(again["href"])
    seen = await admin.submit(form, "/console/messages/write")
    await admin.submit(seen, "/console/messages/write/send")
    sent = max(await deliveries(keeper), key=lambda one: int(one["id"] != dead["id"]))
    old, new = [await admin.open(f"/console/messages/{one['message']}") for one in (dead, sent)]

    story = await admin.open(f"/console/deliveries/{dead['id']}")
    failed = await admin.open("/console/messages?state=dead")
    asked = await admin.submit(failed, "/console/messages/choose", what="replay_all")

    assert "corrected in another message" in failed.table()[0]["State"]
    assert "a corrected message: 1." in asked.text
    assert "None of these can be sent again" in asked.text
    assert story.facts()["It was corrected by"] == str(sent["message"])
    assert old.facts()["It was corrected by"] == str(sent["message"])
    assert new.facts()["It corrects"] == str(dead["message"])


async def test_wechat_is_asked_whether_it_intercepted_a_message(
    admin: Browser, keeper: Caller, weixin: WeChat, shop: dict[str, Any]
) -> None:
    advert = SandboxTemplate(template_id="advert-of-a-sale", title="Sale", intercepted=True)
    weixin.sandbox.put_template(advert)
    for template in ("advert-of-a-sale", "parcel-is-here"):
        await send(keeper, shop, "alice", **PARCEL | {"template": template})
    await keeper.settle()

    told = {}
    for one in await deliveries(keeper):
        path = f"/console/deliveries/{one['id']}"
        asked = await admin.submit(await admin.open(path), f"{path}/interception")
        told[one["title"]] = asked.text

    await keeper.call("POST", f"/v1/apps/{shop['id']}/templates")
    listed = await admin.open("/console/messages")
    assert "Sale" in {row["Message"] for row in listed.table()}
    assert "WeChat intercepted this message" in told["advert-of-a-sale"]
    assert "It is not among the messages" in told["parcel-is-here"]


async def test_a_change_in_bulk_is_counted_first_and_touches_no_more(
    admin: Browser, keeper: Caller, weixin: WeChat, shop: dict[str, Any]
) -> None:
    weixin.sandbox.script("/cgi-bin/message/template/send", errcode=47003, times=None)
    for number in range(3):
        await send(keeper, shop, "alice", **PARCEL, title=f"letter {number}")
    await keeper.settle()
    page = await admin.open("/console/messages?state=dead")

    question = await admin.submit(page, "/console/messages/choose", what="replay_all")
    await send(keeper, shop, "alice", **PARCEL, title="later")
    await keeper.settle()
    done = await admin.submit(question, "/console/messages/change")

    assert "3 deliveries will be sent again" in question.text
    touched = question.table("Deliveries, the newest first")
    assert {row["Message"] for row in touched} == {f"letter {n}" for n in range(3)}
    (notice,) = done.root.find("p", class_="notice")
    assert notice.text == "3 deliveries will be sent again."
    strange = await admin.open("/console/messages?done=replay&done_count=<b>")
    assert "– deliveries will be sent again." in strange.text
    states = {one["title"]: one["state"] for one in await deliveries(keeper)}
    assert states == {f"letter {n}": "pending" for n in range(3)} | {"later": "dead"}


async def test_chosen_deliveries_are_cancelled_and_others_are_not(
    admin: Browser, keeper: Caller, shop: dict[str, Any]
) -> None:
    sent = [(await send(keeper, shop, "alice", title=f"{n}")).result for n in range(2)]
    chosen = str(sent[0]["deliveries"][0]["id"])
    page = await admin.open("/console/messages")
    boxes = page.root.find("input", name="id")

    question = await admin.submit(page, "/console/messages/choose", id=[chosen], what="cancel")
    nothing = await admin.submit(page, "/console/messages/choose", id=[], what="cancel")
    await keeper.settle()
    late = await admin.submit(question, "/console/messages/change")

    assert [one["autocomplete"] for one in boxes] == ["off", "off"]
    assert "All of them changed meanwhile and stay as they are." in late.text
    assert "1 delivery that waits will be cancelled" in question.text
    assert "No delivery is ticked" in nothing.text
    assert {one["state"] for one in await deliveries(keeper)} <= {"accepted", "delivered", "dead"}


async def test_a_message_is_previewed_and_sent_to_an_openid_and_followed(
    admin: Browser, keeper: Caller, weixin: WeChat, shop: dict[str, Any]
) -> None:
    page = await admin.open("/console/messages/write")
    written = {
        "app": str(shop["id"]),
        "to": "o_alice",
        "channel": "template",
        "template": "parcel-is-here",
        "data": "thing1: a parcel that is longer than WeChat shows\ntime2：2026-11-18 10:30",
    }

    shown = await admin.submit(page, "/console/messages/write", **written)
    chinese = await admin.submit(
        page, "/console/messages/write", headers={"Accept-Language": "zh-CN"}, **written
    )
    sent = await admin.submit(shown, "/console/messages/write/send")
    await keeper.settle()
    story = await admin.open(str(sent.url.path))
    message = await admin.open(story.root.one("section", id="state").find("a")[-1]["href"])

    keywords = {row["Keyword"]: row["Shown"] for row in shown.table("Keywords")}
    assert keywords["thing1"] == "a parcel that is lo… (cut)"
    assert "（截断）" in chinese.text
    assert keywords["time2"] == "2026年11月18日 10:30"
    assert "WeChat shows only the beginning of thing1" in shown.text
    assert shown.form("/console/messages/write").one("textarea", id="field-to").text == "o_alice"
    assert sent.url.path.startswith("/console/deliveries/")
    assert "this page follows it" in sent.text
    assert story.facts()["State"] in ("Accepted", "Delivered")
    assert len(weixin.sandbox.people.arrived(APPID, "o_alice")) == 1
    assert message.table("Keywords")[0]["Keyword"] == "thing1"


async def test_each_fault_of_a_template_is_said_once_beside_its_keyword_if_that_is_shown(
    admin: Browser, keeper: Caller
) -> None:
    fields = {"thing1": "{title}", "time2": "{when}"}
    templates = {"parcel": {"template_id": "parcel_0001", "fields": fields}}
    await keeper.register({"type": 0})
    app = await made_app(keeper, templates=templates)
    await bound(keeper, app, "alice")
    page = await admin.open("/console/messages/write")
    written = {"app": str(app["id"]), "to": "alice", "template": "parcel", "title": "shoes"}

    shown = await admin.submit(page, "/console/messages/write", **written, data="phrase3: too long")

    preview = shown.root.one("section", id="preview")
    doubt, advice = preview.find("p", class_="advice")
    (fault,) = preview.find("p", class_="error")
    assert advice.text == "time2 needs {when} in data."
    assert "import the account's templates to check it" in doubt.text
    assert shown.button_to("/console/messages/write/send") is None
    assert fault.text.startswith("takes at most 5 Chinese characters")


async def test_a_failed_message_is_corrected_in_a_new_one_that_begins_as_it_was(
    admin: Browser, keeper: Caller, weixin: WeChat, shop: dict[str, Any]
) -> None:
    data = {"thing1": "a parcel", "time2": "2026-11-18 10:30"}
    wish = {"template": "parcel", "data": data, "title": "shoes", "priority": "urgent"}
    await send(keeper, shop, "alice", **wish, text="# 50 %", format="markdown")
    await keeper.settle()
    (dead,) = await deliveries(keeper)
    story = await admin.open(f"/console/deliveries/{dead['id']}")
    again = story.root.one("section", id="next").one("a", class_="button")["href"]

    form = await admin.open(again)
    shown = await admin.submit(form, "/console/messages/write", template="parcel-is-here")
    await admin.submit(shown, "/console/messages/write/send")
    await keeper.settle()

    written = form.form("/console/messages/write")
    assert (
        written.one("textarea", id="field-data").text == "thing1: a parcel time2: 2026-11-18 10:30"
    )
    assert written.one("textarea", id="field-to").text == dead["to"]
    assert written.one("input", id="field-title")["value"] == "shoes"
    messages = (await keeper.call("GET", "/v1/messages")).result
    new, old = [(await keeper.call("GET", f"/v1/messages/{one['id']}")).result for one in messages]
    assert (old["template"], new["template"]) == ("parcel", "parcel-is-here")
    assert [new[name] for name in ("data", "text", "format", "priority")] == [
        data, "# 50 %", "markdown", "urgent",
    ]  # fmt: skip
    assert len(weixin.sandbox.people.arrived(APPID, "o_alice")) == 1


async def test_a_message_to_a_topic_is_shown_as_one_subscriber_sees_it(
    admin: Browser, keeper: Caller, shop: dict[str, Any]
) -> None:
    path = f"/v1/apps/{shop['id']}/topics"
    topics = [
        (await keeper.call("POST", path, body={"name": name})).result["id"]
        for name in ("news", "empty")
    ]
    await subscribed(keeper, shop, topics[0], "alice", "bob")
    url = f"/console/messages/write?app={shop['id']}&topic="

    page, lonely = [await admin.open(f"{url}{topic}") for topic in topics]
    shown = await admin.submit(page, "/console/messages/write", text="hello")
    nobody = await admin.submit(lonely, "/console/messages/write", text="hello")
    sent = await admin.submit(shown, "/console/messages/write/send")

    assert "To all subscribers of the topic news (2 now)" in page.text
    assert "WeChat takes texts for 0 of 2 subscribers now: only they get one." in shown.text
    assert "As one of the receivers will see it" in shown.text
    assert "It would not be sent: it has no subscribers yet" in nobody.text
    assert f"/console/apps/{shop['id']}/codes?topic={topics[1]}" in nobody.html
    assert sent.url.path.startswith("/console/messages/")
    (one,) = await deliveries(keeper)
    assert (one["channel"], one["to"]) == ("topic", str(topics[0]))
    so_far = "Not every receiver has a delivery yet"
    assert so_far in sent.text
    assert "topic “news”" in sent.text
    await keeper.settle()
    became = await admin.open(str(sent.url.path))
    assert so_far not in became.text
    listed = await admin.open("/console/messages?state=delivered")
    assert {row["To"] for row in became.table()} == {"alice (…_alice)", "bob (o_bob)"}
    assert [row["To"] for row in listed.table()] == ["topic “news”"]
    assert listed.root.find("input", name="id") == []


async def test_a_message_is_sent_to_all_subscribers_after_a_question_with_their_number(
    admin: Browser, keeper: Caller, shop: dict[str, Any]
) -> None:
    write, base = "/console/messages/write", f"/v1/apps/{shop['id']}"
    topic = (await keeper.call("POST", f"{base}/topics", body={"name": "news"})).result["id"]
    other = await made_app(keeper, "other")
    page = await admin.open(f"{write}?app={shop['id']}")
    options = page.root.one("select", id="field-topic").find("option")

    typed = {"app": str(shop["id"]), "topic": "*", "text": "hello"}
    both = await admin.submit(page, write, **typed, to="alice")
    shown = await admin.submit(page, write, **typed)
    foreign = await admin.submit(
        page, write, **typed | {"app": str(other["id"]), "topic": str(topic)}
    )
    question = await admin.submit(shown, f"{write}/send", sure=None)
    none_yet = await deliveries(keeper)
    sent = await admin.submit(question, f"{write}/send")

    assert [one["value"] for one in options] == ["", "*", str(topic)]
    assert "Choose users or a group, not both" in both.root.one("p", id="error-topic").text
    assert "a topic of another app" in foreign.root.one("p", id="error-topic").text
    assert "To all subscribers of the app shop (2 now)" in shown.text
    assert "Those who joined by a topic's code alone are not among them" in shown.text
    assert "Send it now to all subscribers of the app shop (2 now)?" in question.text
    assert (none_yet, sent.url.path.startswith("/console/messages/")) == ([], True)
    (one,) = await deliveries(keeper)
    assert (one["channel"], one["to"]) == ("topic", "0")


async def test_several_users_are_shown_with_who_gets_the_message(
    admin: Browser, keeper: Caller, shop: dict[str, Any]
) -> None:
    write = "/console/messages/write"
    page = await admin.open(write)

    unknown = await admin.submit(
        page, write, app=str(shop["id"]), to="alice、bob\nnobody", text="hi"
    )
    shown = await admin.submit(unknown, write, to="alice、bob")
    sent = await admin.submit(shown, f"{write}/send")

    rows = unknown.table("Who gets it")
    assert [(row["User"], row["openid"], row["Gets it"]) for row in rows] == [
        ("alice", "…_alice", "yes"),
        ("bob", "o_bob", "yes"),
        ("nobody", "–", "The app knows no user by this name."),
    ]
    assert unknown.button_to(f"{write}/send") is None
    assert "no user by these names: nobody" in unknown.root.one("p", id="error-to").text
    button = shown.button_to(f"{write}/send")
    assert button
    assert button["data-confirm"] == "Send it to 2 users?"
    assert sent.url.path.startswith("/console/messages/")
    assert len(await deliveries(keeper)) == 2


async def test_the_page_after_sending_names_who_was_left_out_and_why(
    admin: Browser, keeper: Caller, shop: dict[str, Any], clock: FakeClock
) -> None:
    write = "/console/messages/write"
    await keeper.daemon.ground.stores.subscribers.unfollow(APPID, "o_bob", now=clock.now())
    page = await admin.open(write)

    shown = await admin.submit(page, write, app=str(shop["id"]), to="alice、bob", text="hi")
    sent = await admin.submit(shown, f"{write}/send")
    later = await admin.open(sent.url.path)

    (left,) = sent.table("It is not sent to")
    assert (left["User"], left["Reason"]) == (
        "bob",
        "The user does not follow the account any more.",
    )
    assert "It is not sent to" not in later.text


async def test_forms_say_that_nothing_can_be_sent_without_a_credential_of_the_account(
    admin: Browser, keeper: Caller
) -> None:
    app = await made_app(keeper)
    await bound(keeper, app, "alice")
    write, remind = "/console/messages/write", "/console/reminders/write"
    page, reminder = [await admin.open(f"{one}?app={app['id']}") for one in (write, remind)]

    shown = await admin.submit(page, write, to="alice", text="hi")
    all_of_them = await admin.submit(page, write, topic="*", text="hi")
    planned = await admin.submit(reminder, remind, people="alice", when="明天下午3点开会")
    saved = await admin.submit(planned, f"{remind}/save")
    called = await admin.submit(reminder, remind, when="明天下午3点开会", channel="webhook")

    assert "has no credential here" not in called.text  # the callback of the app needs no account
    assert planned.text.count("has no credential here") == 1
    for one in (page, reminder, shown, all_of_them, planned, saved):
        assert f"The account {APPID} has no credential here" in one.text
        assert f"/console/credentials/register?appid={APPID}" in one.html
        assert one.button_to(f"{write}/send") is None
    assert "It would not be sent: the account" in shown.text


async def test_a_nickname_that_several_have_is_asked_about_and_never_guessed(
    admin: Browser, keeper: Caller, shop: dict[str, Any]
) -> None:
    write, base = "/console/messages/write", f"/v1/apps/{shop['id']}/subscribers"
    await bound(keeper, shop, "carol")
    for name, nickname in (("alice", "小红"), ("bob", "小红"), ("carol", "小明🌸")):
        await keeper.call("PATCH", f"{base}/{name}", body={"nickname": nickname})
    page = await admin.open(write)

    async def asked(to: str) -> Page:
        return await admin.submit(page, write, app=str(shop["id"]), to=to, text="hi")

    several, part, only = [await asked(to) for to in ("小红", "小明", "小明🌸")]
    choice, _ = several.root.find("button", name="meant")
    form = several.root.one("form", id="written")
    chosen = await admin.submit_form(form, meant=choice["value"])
    sent = await admin.submit(chosen, f"{write}/send")
    await keeper.call("PATCH", f"{base}/alice", body={"nickname": "小明🌸"})
    late = await admin.submit(only, f"{write}/send")

    assert (
        several.root.find("section", id="preview") == part.root.find("section", id="preview") == []
    )
    assert {row["openid"] for row in several.table()} == {"o_alice", "o_bob"}
    assert sent.facts()["To"] in ("alice (…_alice)", "bob (o_bob)")
    assert [row["openid"] for row in part.table()] == ["o_carol"]
    assert "To carol, openid …_carol (typed: 小明🌸)" in only.text
    assert choice["value"].partition("=")[2] in ("小红（…_alice）", "小红（o_bob）")
    assert chosen.root.one("textarea", id="field-to").text == choice["value"].partition("=")[2]
    assert chosen.button_to(f"{write}/send")
    assert "Which of them is meant?" in late.text
    assert len(await deliveries(keeper)) == 1


async def test_users_who_look_the_same_are_told_apart_by_their_uids(
    admin: Browser, keeper: Caller
) -> None:
    app = await made_app(keeper)
    uids = await bound(keeper, app, "a_123456", "b_123456")
    for name in uids:
        path = f"/v1/apps/{app['id']}/subscribers/{name}"
        await keeper.call("PATCH", path, body={"nickname": "小红"})
    page, write = await admin.open("/console/messages/write"), "/console/messages/write"

    several = await admin.submit(page, write, to="小红", text="hi")
    copied = await admin.submit(page, write, to="小红（…123456）", text="hi")
    choices = {one["value"] for one in several.root.find("button", name="meant")}
    form = several.root.one("form", id="written")
    chosen = await admin.submit_form(form, meant=sorted(choices)[0])

    assert choices == {f"小红={uid}" for uid in uids.values()}
    assert "Which of them is meant?" in copied.text
    assert chosen.root.one("textarea", id="field-to").text == min(uids.values())


async def test_a_topic_whose_first_subscriber_cannot_be_reached_gets_the_message(
    admin: Browser, keeper: Caller, shop: dict[str, Any]
) -> None:
    base = f"/v1/apps/{shop['id']}"
    topic = (await keeper.call("POST", f"{base}/topics", body={"name": "news"})).result["id"]
    await subscribed(keeper, shop, topic, "alice", "bob")
    left, blocked = (await keeper.call("GET", f"{base}/subscribers?topic={topic}")).result
    subscribers = keeper.daemon.ground.stores.subscribers
    await subscribers.unfollow(APPID, left["openid"], now=START + timedelta(hours=1))
    page = await admin.open(f"/console/messages/write?app={shop['id']}&topic={topic}")

    shown = await admin.submit(page, "/console/messages/write", text="hello")
    await keeper.call("PATCH", f"{base}/subscribers/{blocked['uid']}", body={"blocked": True})
    neither = await admin.submit(page, "/console/messages/write", text="hello")
    sent = await admin.submit(neither, "/console/messages/write/send")

    assert "It would not be sent" not in shown.text
    assert "It would not be sent" in neither.text
    assert sent.url.path.startswith("/console/messages/")


async def test_who_has_not_subscribed_is_led_to_the_codes_and_topics_of_the_app(
    admin: Browser, keeper: Caller, shop: dict[str, Any]
) -> None:
    base = f"/v1/apps/{shop['id']}"
    await keeper.call("DELETE", f"{base}/subscribers/alice")
    page = await admin.open(f"/console/messages/write?app={shop['id']}&to=o_alice")

    shown = await admin.submit(page, "/console/messages/write", text="hello")

    assert f"send #{shop['id']} to the account" in shown.text
    assert {f"/console/apps/{shop['id']}/{tab}" for tab in ("codes", "topics")} <= {
        one["href"] for one in shown.root.find("a")
    }


async def test_what_is_wrong_with_a_message_is_said_beside_its_field(
    admin: Browser, shop: dict[str, Any]
) -> None:
    page = await admin.open("/console/messages/write")
    app = str(shop["id"])

    empty = await admin.submit(page, "/console/messages/write", app=app, to="alice", text="")
    colon = await admin.submit(page, "/console/messages/write", app=app, to="alice", data="x")
    stranger = await admin.submit(page, "/console/messages/write", app=app, to="eve", text="hi")

    assert (empty.status, colon.status, stranger.status) == (400, 400, 400)
    assert "Give a text" in empty.root.one("p", id="error-text").text
    assert "Needs a colon" in colon.root.one("p", id="error-data").text
    assert "no user by these names: eve" in stranger.root.one("p", id="error-to").text
    assert stranger.root.find("button", formaction="/console/messages/write/send") == []


async def test_a_limited_key_sees_its_own_and_may_do_what_its_scopes_allow(
    visitor: Browser, keeper: Caller, shop: dict[str, Any]
) -> None:
    other = await made_app(keeper, "other", appid="wx9999999999999999")
    await bound(keeper, other, "alice")
    await send(keeper, other, "alice", title="foreign")
    await send(keeper, shop, "bob", **PARCEL, title="own")
    await keeper.settle()
    (foreign,) = await deliveries(keeper, f"?app={other['id']}")
    (own,) = await deliveries(keeper, f"?app={shop['id']}")
    await visitor.sign_in((await make(keeper, "push", appids=[APPID])).text)

    listed = await visitor.open("/console/messages")
    story = await visitor.open(f"/console/deliveries/{own['id']}")
    hidden = await visitor.open(f"/console/deliveries/{foreign['id']}")

    assert [row["Message"] for row in listed.table()] == ["own"]
    assert hidden.status == 404
    assert [one["href"] for one in hidden.root.one("main").find("a")] == ["/"]  # the way back
    assert "foreign" not in hidden.text
    assert story.root.find("form", action=f"/console/deliveries/{own['id']}/rid") == []
    assert story.root.find("form", action=f"/console/deliveries/{own['id']}/replay")


async def test_the_pages_speak_chinese(
    admin: Browser, keeper: Caller, shop: dict[str, Any]
) -> None:
    await send(keeper, shop, "bob", **PARCEL)
    await keeper.settle()
    (dead,) = await deliveries(keeper)

    listed = await admin.open("/console/messages", Accept_Language="zh-CN")
    story = await admin.open(f"/console/deliveries/{dead['id']}", Accept_Language="zh-CN")

    assert (listed.title, listed.table()[0]["状态"]) == ("消息", "失败")
    assert "按原因中的建议处理，然后重新发送" in story.text


def test_the_address_of_a_page_that_is_not_made_yet_is_no_link() -> None:
    assert OWN_PAGE.search("https://x.example/m/0.abcdefghij0123456789AB")
    assert not OWN_PAGE.search("https://x.example/m/71.abcdefghij0123456789AB")


async def test_a_delivery_that_waits_is_cancelled_on_its_page(
    admin: Browser, keeper: Caller, shop: dict[str, Any]
) -> None:
    await send(keeper, shop, "alice", **PARCEL, not_before="2026-11-19T00:00:00Z")
    (waiting,) = await deliveries(keeper)
    path = f"/console/deliveries/{waiting['id']}"

    cancelled = await admin.submit(await admin.open(path), f"{path}/cancel")

    assert "It is cancelled." in cancelled.text
    assert cancelled.facts()["State"] == "Cancelled"
