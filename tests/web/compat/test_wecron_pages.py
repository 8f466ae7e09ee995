"""The pages of a reminder: the public one, its owner's, and the one behind a poster's QR code."""

import re
from datetime import timedelta
from typing import Any

import pytest
from multidict import CIMultiDict

from tests.house import Answer
from tests.sending.town import Town
from tests.web.compat.remembering import Client, ahead, client
from wechat_scheduler.web.pages.reminder_links import JOINERS, OWNERS, READERS


class Reader:
    """A person with a browser."""

    def __init__(self, place: Town, reminder_id: str) -> None:
        self.place, self.id = place, reminder_id

    def path(self, room: str) -> str:
        return f"/r/{self.place.links.capability(room, self.id)}"

    async def see(self, path: str) -> Answer:
        return await self.place.call("GET", path, key="")

    async def do(self, room: str, **form: str) -> tuple[int, str, CIMultiDict[str]]:
        """Status, text and headers of the answer to a form."""
        path = self.path(room)
        url = f"{self.place.caller.daemon.url}{path}"
        sent = {"capability": path.removeprefix("/r/")} | form
        async with self.place.caller._session.post(
            url, data=sent, allow_redirects=False
        ) as response:
            return response.status, await response.text(), CIMultiDict(response.headers)


@pytest.fixture
async def user(place: Town) -> Client:
    return await client(place)


async def reader(place: Town, user: Client, **fields: Any) -> Reader:
    return Reader(place, (await user.make(**fields))["id"])


async def test_the_page_shows_what_is_to_come(place: Town, user: Client) -> None:
    await user("PATCH", "/profile/api/", {"nickname": "阿文"})
    browser = await reader(place, user, title="<周报>", desc="发给老板", repeat={"week": 1})

    page = await browser.see(browser.path(READERS))

    assert page.status == 200
    for words in (
        "&lt;周报&gt;",
        "发给老板",
        "阿文分享的提醒",
        "每周",
        "2026年11月25日 周三 12:30",
    ):
        assert words in page.json
    assert 'class="qr"' in page.json
    assert "<form" not in page.json
    assert page.headers["Referrer-Policy"] == "no-referrer"


async def test_the_owner_changes_it_with_words(place: Town, user: Client) -> None:
    browser = await reader(place, user, defer=-30)

    status, _, headers = await browser.do(OWNERS, do="edit", title="评审", time="每天下午3点")
    page = await browser.see(headers["Location"])

    assert (status, headers["Location"]) == (303, browser.path(OWNERS))
    assert 'value="评审"' in page.json
    assert "每天 15:00" in page.json
    assert "2026年11月18日 周三 15:00" in page.json


async def test_the_owner_pauses_resumes_and_deletes(place: Town, user: Client) -> None:
    browser = await reader(place, user, repeat={"day": 1})
    path = browser.path(OWNERS)

    seen = []
    for deed in ("pause", "resume"):
        await browser.do(OWNERS, do=deed)
        seen.append("已暂停" in (await browser.see(path)).json)
    status, text, _ = await browser.do(OWNERS, do="delete")

    assert seen == [True, False]
    assert (status, "已删除" in text) == (200, True)
    assert (await browser.see(path)).status == 404


@pytest.mark.parametrize(
    ("room", "form", "status", "words"),
    [
        (READERS, {"do": "delete"}, 404, "没有这个提醒"),
        (OWNERS, {"do": "delete", "capability": "x"}, 404, "没有这个提醒"),
        (OWNERS, {"do": "explode"}, 404, "没有这个提醒"),
        (OWNERS, {"do": "edit", "time": "随便什么时候"}, 422, "没有找到时间"),
        (OWNERS, {"do": "edit", "time": "2月30号"}, 422, "2月30"),
        (OWNERS, {"do": "edit", "title": "长" * 501}, 400, "请检查标题和时间"),
        (OWNERS, {"do": "resume"}, 303, ""),
    ],
)
async def test_what_cannot_be_done_is_said_and_not_done(
    place: Town, user: Client, room: str, form: dict[str, str], status: int, words: str
) -> None:
    browser = await reader(place, user)

    answered, text, _ = await browser.do(room, **form)

    assert (answered, words in text) == (status, True)
    page = await browser.see(browser.path(READERS))
    assert "2026年11月18日 周三 12:30" in page.json
    assert "开会" in page.json


async def test_a_reminder_that_is_over_says_so(place: Town, user: Client) -> None:
    browser = await reader(place, user)
    place.clock.advance(timedelta(hours=3))
    await place.settle()

    page = await browser.see(browser.path(READERS))
    status, text, _ = await browser.do(OWNERS, do="pause")

    assert "已结束" in page.json
    assert 'class="qr"' not in page.json
    assert (status, "这个提醒已经结束" in text) == (409, True)


async def test_a_poster_leads_to_the_code_of_the_day(place: Town, user: Client) -> None:
    browser = await reader(place, user, time=ahead(place, days=90))
    path = f"/q/{place.links.capability(JOINERS, browser.id)}"

    codes = []
    for _ in range(2):
        page = await browser.see(path)
        assert page.status == 200
        codes += re.findall(r'src="data:image/png;base64,([^"]+)"', page.json)
        place.clock.advance(timedelta(days=40))
        await place.settle()

    assert len(set(codes)) == 2


@pytest.mark.parametrize("path", ["/r/x", "/q/x", f"/r/{'0' * 32}.{'A' * 22}"])
async def test_who_was_given_no_address_sees_nothing(place: Town, path: str) -> None:
    answer = await place.call("GET", path, key="")

    assert answer.status == 404
    assert "没有这个提醒" in answer.json
