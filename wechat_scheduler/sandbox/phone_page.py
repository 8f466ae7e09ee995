"""The page that shows the phones in a browser, and the stream that keeps it up to date."""

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import timedelta
from importlib.resources import files

import msgspec
from aiohttp import hdrs, web

from wechat_scheduler.sandbox.handlers import on_its_sandbox
from wechat_scheduler.sandbox.phone_words import words_for
from wechat_scheduler.sandbox.phones import PhoneKey
from wechat_scheduler.sandbox.sandbox import Sandbox

MOST_SHOWN = 24
# A stream without changes writes this often, and so notices that the browser has gone.
HEARTBEAT = timedelta(seconds=10)
# Between two updates, so that a page slows a busy sandbox little.
PAUSE = timedelta(milliseconds=100)
# The page needs nothing from elsewhere, and no script in a message can run.
POLICY = (
    "default-src 'none'; connect-src 'self'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
)


def add_phone_page(router: web.UrlDispatcher) -> None:
    """Serves `/_sandbox/phone`."""
    router.add_get("/_sandbox/phone", _show)
    router.add_get("/_sandbox/phone/events", on_its_sandbox(_stream))


async def _show(request: web.Request) -> web.Response:
    words = words_for(request.headers.get(hdrs.ACCEPT_LANGUAGE, ""))
    headers = {"Content-Security-Policy": POLICY, hdrs.VARY: hdrs.ACCEPT_LANGUAGE}
    return web.Response(text=_page(words), content_type="text/html", headers=headers)


def _page(words: Mapping[str, str]) -> str:
    """The page with its `{{…}}` in these words, which its script has as well."""
    page = (files(__package__) / "phone_page.html").read_text("utf-8")
    page = re.sub(r"\{\{(.+?)\}\}", lambda found: words.get(found[1], found[1]), page)
    return page.replace("/* words */ {}", msgspec.json.encode(words).decode())


async def _stream(sandbox: Sandbox, request: web.Request) -> web.StreamResponse:
    headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
    response = web.StreamResponse(headers=headers)
    await response.prepare(request)
    with suppress(ConnectionError):  # the browser has gone
        await _write(sandbox, response)
    return response


async def _write(sandbox: Sandbox, response: web.StreamResponse) -> None:
    """Writes all phones, then those that change. While a browser is slow, a phone that changes
    several times is written once."""
    with sandbox.watch() as watcher:
        await response.write(_frames(sandbox, sandbox.people.recent(MOST_SHOWN)))
        while not sandbox.stopped.is_set():
            await sandbox.clock.wait(watcher.bell, HEARTBEAT)
            watcher.bell.clear()
            changed, watcher.changed = list(watcher.changed)[-MOST_SHOWN:], {}
            await response.write(_frames(sandbox, changed))
            await sandbox.clock.wait(sandbox.stopped, PAUSE)


def _frames(sandbox: Sandbox, keys: Iterable[PhoneKey]) -> bytes:
    """One event for each phone; a comment if there is none."""
    phones = (msgspec.json.encode(sandbox.people.phone(*key)) for key in keys)
    return b"".join(b"data: %s\n\n" % phone for phone in phones) or b":\n\n"
