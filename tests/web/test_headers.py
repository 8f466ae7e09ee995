"""Every response says that it is not to be stored, sniffed or told of, and names no version."""

import asyncio
from collections.abc import Mapping

from yarl import URL

from tests.sending.town import Town
from tests.web.pages.visiting import a_reminder, owned, read, submit, visit
from wechat_scheduler.web.pages.paths import home_path, subscribe_path, switches_path


def check(headers: Mapping[str, str], *, stored: str = "no-store") -> None:
    assert headers["Server"] == "wechat-scheduler"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == stored


async def test_pages_and_their_errors_have_the_headers(place: Town) -> None:
    uid = await place.follow()
    reminder = await a_reminder(place, uid)

    for path, status in (
        (read(place, reminder), 200),
        (owned(place, reminder), 200),
        (subscribe_path(place.links, place.app.id), 200),
        (home_path(place.links, place.app, uid), 200),
        (switches_path(place.links, uid, place.clock.now()), 200),
        (f"/reminds/{reminder.id}", 302),
        ("/r/x", 404),
        ("/m/%00", 400),
        ("/nothing", 404),
    ):
        answer = await visit(place, "GET", path)
        assert answer.status == status, path
        check(answer.headers)


async def test_redirects_after_forms_have_the_headers(place: Town) -> None:
    uid = await place.follow()
    reminder = await a_reminder(place, uid)

    answer = await submit(place, owned(place, reminder), do="edit", title="评审")

    assert answer.status == 303
    check(answer.headers)


APIS = [
    ("GET", "/reminds/api/", 401),
    ("POST", "/v3/spread/set_reminder?openid=x", 200),
    ("GET", "/v3/nothing", 200),
    ("GET", "/api/fun/wxuser", 200),
    ("GET", "/v1/apps", 401),
    ("GET", "/healthz", 200),
    ("GET", "/v1/nothing", 404),
    ("PUT", "/tasks", 405),
    ("POST", "/registe", 401),
]


async def test_apis_have_the_headers(place: Town) -> None:
    for method, path, status in APIS:
        answer = await place.call(method, path, key="")

        assert answer.status == status, path
        check(answer.headers)


async def test_a_value_that_may_be_kept_for_a_while_says_so(place: Town) -> None:
    answer = await place.caller.fetch(f"{place.app.appid}/0")

    check(answer.headers, stored="private, max-age=60")


async def test_the_response_to_no_request_at_all_has_the_headers(place: Town) -> None:
    address = URL(place.caller.daemon.url)
    for garbage in (b"\x16\x03\x01\r\n\r\n", b"GET / HTTP/9\r\n\r\n", b"GET\r\n\r\n"):
        reader, writer = await asyncio.open_connection(address.host, address.port)
        writer.write(garbage)

        head = (await reader.readuntil(b"\r\n\r\n")).decode()

        writer.close()
        lines = dict(line.split(": ", 1) for line in head.splitlines()[1:] if line)
        assert head.startswith(("HTTP/1.1 400 ", "HTTP/1.0 400 ")), garbage
        check(lines)
