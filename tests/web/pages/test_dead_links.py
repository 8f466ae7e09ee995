"""A person who follows a dead link gets a page; a program gets the errors of its API."""

from tests.sending.town import Town
from tests.web.pages.visiting import ACCEPT, a_reminder, read, visit

JAVA = "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"
NOWHERE = f"{'0' * 32}.{'A' * 22}"
DEAD = [
    *(f"/{room}/{name}" for room in "rqmfhu" for name in ("x", NOWHERE, "x/y", "%E4%BD%A0")),
    *(f"/consent/{name}" for name in ("x", NOWHERE)),
    *(f"/qr/{name}.jpg" for name in ("x", NOWHERE)),
    *("/r/", "/index.html", "/nothing/here"),
    *("/reminds/xyz", "/reminds/xyz/", f"/reminds/{'0' * 32}", "/reminds/media/x", "/reminds/a/b"),
    *(f"/reminds/api/{'0' * 32}/{picture}/" for picture in ("qrcode", "share_post")),
]


async def test_a_person_who_follows_a_dead_link_gets_a_page(place: Town) -> None:
    for path in DEAD:
        answer = await visit(place, "GET", path)

        assert (answer.status, answer.headers["Content-Type"]) == (
            404,
            "text/html; charset=utf-8",
        ), path
        assert '<html lang="zh-CN">' in answer.text, path
        assert "没有" in answer.text or "不存在" in answer.text, path
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"], path


NOT_PAGES = ["*/*", "application/json", JAVA]
ACCEPTS = [
    ("/reminds/xyz", '{"detail":"未找到。"}'),
    ("/reminds/a/b", '{"detail":"未找到。"}'),
    ("/regster", "did you mean /register?"),
    ("/v1/reminder", "did you mean /v1/reminders?"),
]


async def test_a_program_gets_the_error_of_its_api(place: Town) -> None:
    for accept in NOT_PAGES:
        for path, words in ACCEPTS:
            answer = await visit(place, "GET", path, accept=accept)

            assert (answer.status, words in answer.text) == (404, True), (accept, path)


async def test_the_link_of_a_reminder_that_was_deleted_is_dead(place: Town) -> None:
    reminder = await a_reminder(place, await place.follow())
    paths = (read(place, reminder), f"/reminds/{reminder.id}")
    assert [(await visit(place, "GET", path)).status for path in paths] == [200, 302]

    await place.desk.remove(reminder.id)

    for path in paths:
        answer = await visit(place, "GET", path)
        assert (answer.status, "没有这个提醒" in answer.text or "不存在" in answer.text) == (
            404,
            True,
        )


async def test_only_what_a_person_opens_gets_a_page(place: Town) -> None:
    for method in ("POST", "PUT", "DELETE"):
        answer = await visit(place, method, "/nothing/here", accept=ACCEPT)

        assert (answer.status, answer.headers["Content-Type"]) == (
            404,
            "application/json; charset=utf-8",
        ), method
