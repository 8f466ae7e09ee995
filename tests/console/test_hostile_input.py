"""What a form or an address may hold that no page expects."""

import itertools
from collections.abc import Iterator
from urllib.parse import quote, urlencode

from tests.console.furnishing import PLANT, furnish, pages, strange
from tests.console.visitor import Browser, Element, Page
from tests.house import Caller, WeChat
from tests.stores.memory import MemoryDatabase
from wechat_scheduler.storage.database import Statement, rows_of

HUGE = "9" * 5000
# Numbers that Python does not read or no database stores, times at the ends of the calendar, and marks.
ODD = (
    HUGE,
    "-1",
    "٣²",
    "0001-01-01T00:00+14:00",
    "9999-12-31",
    "{x}{",
    "..",
    "\u202e\uffff",
    PLANT,
)
TURNS = itertools.cycle(ODD)
# After these there is nothing that other forms could change.
ENDS = ("remove", "delete", "revoke", "end")


async def test_no_query_and_no_form_fails(admin: Browser, keeper: Caller, weixin: WeChat) -> None:
    names = await furnish(keeper, weixin, "some text", rule="FREQ=HOURLY;UNTIL=99991231T235959Z")
    found = {path: await admin.open(path) for path in pages(names)}
    forms = {
        form["action"]: form
        for page in found.values()
        for form in page.root.find("form", method="post")
        if "sign-out" not in form["action"]
    }

    failed = list[object](path for path, page in found.items() if page.status >= 500)
    for path, page in found.items():
        for query in _queries(page):
            joint = "&" if "?" in path else "?"
            got = await admin.open(f"{path}{joint}{urlencode(query)}")
            failed += [(path, query)] if got.status >= 500 or strange(got) else []
    for action in sorted(forms, key=lambda action: action.endswith(ENDS)):
        for fields in _fillings(forms[action]):
            got = await admin.submit_form(forms[action], follow=False, **{"sure": "1", **fields})
            crashed = got.status >= 500 and "WeChat refused: " not in got.text
            failed += [(action, fields)] if crashed or strange(got) else []

    assert failed == []


def _queries(page: Page) -> Iterator[dict[str, str]]:
    """Each field of the searches of a page with an odd value, and what a person writes with markup."""
    searched = [one for form in page.root.find("form", method="get") for one in form.find()]
    fields = {one["name"] for one in searched} - {""}
    for name in sorted(fields | {"after"}):
        yield {name: next(TURNS)[:3000]}
    if fields:
        yield dict.fromkeys(_written(searched), PLANT) | {"done": PLANT}


def _fillings(form: Element) -> Iterator[dict[str, str | None]]:
    """Each field with an odd value, what a person writes with markup, and none of the fields."""
    fields = {one["name"] for one in form.find()} - {"", "csrf", "ask", "sure"}
    for name in sorted(fields - {"once"}):
        yield {name: next(TURNS)}
    yield dict.fromkeys(_written(form.find()), PLANT)
    yield dict.fromkeys(fields)


def _written(elements: list[Element]) -> set[str]:
    fields = [one for one in elements if one.tag == "textarea" or one["type"] in ("text", "search")]
    return {one["name"] for one in fields} - {""}


async def test_a_filter_that_cannot_be_is_said_beside_its_field(admin: Browser) -> None:
    for query in (
        "since=0001-01-01T00:00", "until=9999-12-31T23:59-12:00", f"errcode={HUGE[:3000]}", "app=٣",
    ):  # fmt: skip
        page = await admin.open(f"/console/messages?{quote(query, safe='=')}")

        assert page.status == 400, query
        assert page.root.one(id=f"error-{query.partition('=')[0]}")


async def test_a_number_that_is_none_is_refused(admin: Browser) -> None:
    page = await admin.open("/")
    proof = page.root.find("input", name="csrf")[0]["value"]

    statuses = {
        (path, field): (await admin.post(path, {"csrf": proof, field: HUGE})).status
        for path, field in (
            ("/console/messages/choose", "id"),
            ("/console/messages/choose", "errcode"),
            ("/console/messages/change", "ids"),
            ("/console/messages/write", "app"),
            ("/console/access/keys/new", "types"),
        )
    }
    statuses["no field"] = (
        await admin.post("/console/messages/write/send", {"csrf": proof})
    ).status

    assert {place: status for place, status in statuses.items() if status >= 500} == {}


async def test_a_question_is_asked_wherever_the_browser_says_it_came_from(admin: Browser) -> None:
    page = await admin.open("/")
    proof = page.root.find("input", name="csrf")[0]["value"]
    asked = {"csrf": proof, "ask": "Send it?"}

    backs = [
        (await admin.post("/console/alerts/test", asked, headers={"Referer": referer}))
        .root.one("a", class_="button")["href"]
        for referer in ("http://[", "https://evil.example//evil.example", "javascript:alert(1)", "")
    ]  # fmt: skip

    assert backs == ["/"] * 4
    doubled = f"{admin.caller.daemon.url}/console//alerts"
    page = await admin.post("/console/alerts/test", asked, headers={"Referer": doubled})
    assert page.root.one("main").one("a", class_="button")["href"] == "/console//alerts"


async def test_a_delivery_and_a_reminder_are_shown_though_another_row_cannot_be_read(
    admin: Browser, keeper: Caller, weixin: WeChat
) -> None:
    names = await furnish(keeper, weixin, "some text")
    for sql in (
        "UPDATE messages SET content = 'x' RETURNING id",
        "UPDATE topics SET name = x'ff' RETURNING id",
    ):
        damage = Statement(sql, ())
        await keeper.daemon.ground.database.write(lambda it=damage: rows_of(it))

    delivery = await admin.open(f"/console/deliveries/{names['delivery']}")
    reminder = await admin.open(f"/console/reminders/{names['reminder']}")

    assert (delivery.status, reminder.status) == (200, 200)
    assert "47003" in delivery.text
    assert "People now" not in reminder.facts()


async def test_while_the_store_is_away_every_page_says_so(
    admin: Browser, keeper: Caller, weixin: WeChat
) -> None:
    names = await furnish(keeper, weixin, "some text")
    database = keeper.daemon.ground.database
    assert isinstance(database, MemoryDatabase)
    database.down = True

    languages = itertools.cycle((("en", "The store does not answer."), ("zh-CN", "数据库没有响应")))
    for path, (language, words) in zip(pages(names), languages, strict=False):
        page = await admin.open(path, Accept_Language=language)
        assert page.status in (200, 503), path
        assert page.status == 200 or words in page.text, path
