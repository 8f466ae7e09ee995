"""What a form or an address may hold that no page expects."""

import itertools
from urllib.parse import quote

import pytest

from tests.console.furnishing import PLANT, furnish, pages, strange, walked
from tests.console.visitor import Browser
from tests.house import Caller, WeChat
from tests.stores.memory import MemoryDatabase

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


async def test_no_query_fails(admin: Browser, keeper: Caller, weixin: WeChat) -> None:
    names = await furnish(keeper, weixin, "some text")

    failed = []
    for path in pages(names):
        page = await admin.open(path)
        searched = [one for form in page.root.find("form", method="get") for one in form.find()]
        for name in sorted({"after", "done", *(one["name"] for one in searched)} - {""}):
            joint = "&" if "?" in path else "?"
            odd = next(TURNS)
            got = await admin.open(f"{path}{joint}{name}={quote(odd[:3000])}")
            failed += [(path, name, odd)] if got.status >= 500 or strange(got) else []

    assert failed == []


async def test_no_form_fails(admin: Browser, keeper: Caller, weixin: WeChat) -> None:
    names = await furnish(keeper, weixin, "some text")
    forms = {
        form["action"]: form
        for page in (await walked(admin, list(pages(names)))).values()
        for form in page.root.find("form", method="post")
        if "sign-out" not in form["action"]
    }

    failed = []
    for action, form in forms.items():
        for name in sorted({one["name"] for one in form.find()} - {"", "csrf", "ask", "sure"}):
            for odd in (next(TURNS), None):
                got = await admin.submit_form(form, follow=False, **{"sure": "1", name: odd})
                failed += [(action, name, odd)] if got.status >= 500 or strange(got) else []

    assert failed == []


@pytest.mark.parametrize(
    "query",
    [
        "since=0001-01-01T00:00", "until=9999-12-31T23:59-12:00", f"errcode={HUGE[:3000]}", "app=٣",
    ],
)  # fmt: skip
async def test_a_filter_that_cannot_be_is_said_beside_its_field(admin: Browser, query: str) -> None:
    page = await admin.open(f"/console/messages?{quote(query, safe='=')}")

    assert page.status == 400
    assert page.root.one(id=f"error-{query.partition('=')[0]}")


@pytest.mark.parametrize(
    ("path", "field", "odd"),
    [
        ("/console/messages/choose", "id", HUGE),
        ("/console/messages/choose", "errcode", HUGE),
        ("/console/messages/change", "ids", HUGE),
        ("/console/messages/write", "app", HUGE),
        ("/console/messages/write/send", "once", ""),
        ("/console/access/keys/new", "types", HUGE),
    ],
)
async def test_a_number_that_is_none_is_refused(
    admin: Browser, path: str, field: str, odd: str
) -> None:
    page = await admin.open("/")
    proof = page.root.find("input", name="csrf")[0]["value"]

    got = await admin.post(path, {"csrf": proof, field: odd} if odd else {"csrf": proof})

    assert got.status < 500


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


async def test_a_reminder_for_all_time_is_listed(
    admin: Browser, keeper: Caller, weixin: WeChat
) -> None:
    rule = "FREQ=HOURLY;UNTIL=99991231T235959Z"
    names = await furnish(keeper, weixin, "some text", rule=rule)
    paths = ("/console/reminders", f"/console/reminders/{names['reminder']}")

    seen = [await admin.open(path, Accept_Language="zh") for path in paths]

    assert [page.status for page in seen] == [200, 200]
    assert "到9999年12月31日" in seen[1].text


async def test_while_the_store_is_away_every_page_says_so(
    admin: Browser, keeper: Caller, weixin: WeChat
) -> None:
    names = await furnish(keeper, weixin, "some text")
    database = keeper.daemon.ground.database
    assert isinstance(database, MemoryDatabase)
    database.down = True

    for language, words in (("en", "The store does not answer."), ("zh-CN", "数据库没有响应")):
        for path in pages(names):
            page = await admin.open(path, Accept_Language=language)
            assert page.status in (200, 503), path
            assert page.status == 200 or words in page.text, path
