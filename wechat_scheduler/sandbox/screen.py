"""The phones in a browser: a page, and the stream that keeps it up to date."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from importlib.resources import files

import msgspec
from aiohttp import web

from wechat_scheduler.sandbox.handling import Handler
from wechat_scheduler.sandbox.phones import PhoneKey
from wechat_scheduler.sandbox.sandbox import Sandbox

# As many phones as a person can look at.
MOST_SHOWN = 24
# A stream without news is written to this often, which finds out that nobody reads it any more.
HEARTBEAT = timedelta(seconds=10)
# No faster than people can see, so that a page costs a busy sandbox little.
PAUSE = timedelta(milliseconds=100)
# Everything the page needs is in it, and nothing that came in a message may run.
POLICY = (
    "default-src 'none'; connect-src 'self'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
)


def add_screen(app: web.Application, sandbox: Sandbox) -> None:
    """Serve `/_sandbox/phone`."""
    page = (files(__package__) / "phone.html").read_text("utf-8")
    app.router.add_get("/_sandbox/phone", _page(page))
    app.router.add_get("/_sandbox/phone/events", _events(sandbox))


def _page(page: str) -> Handler:
    async def show(_: web.Request) -> web.StreamResponse:
        headers = {"Content-Security-Policy": POLICY}
        return web.Response(text=page, content_type="text/html", headers=headers)

    return show


def _events(sandbox: Sandbox) -> Handler:
    async def stream(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        await response.prepare(request)
        with suppress(ConnectionError):  # the page was closed
            await _tell(sandbox, response)
        return response

    return stream


async def _tell(sandbox: Sandbox, response: web.StreamResponse) -> None:
    """Each phone as it is now, then each one that changes. A phone that changed often while a page
    was slow is told once."""
    with sandbox.watch() as watcher:
        await response.write(_frames(sandbox, sandbox.people.recent(MOST_SHOWN)))
        while not sandbox.stopped.is_set():
            await sandbox.clock.wait(watcher.bell, HEARTBEAT)
            watcher.bell.clear()
            changed, watcher.changed = list(watcher.changed)[-MOST_SHOWN:], {}
            await response.write(_frames(sandbox, changed))
            await sandbox.clock.wait(sandbox.stopped, PAUSE)


def _frames(sandbox: Sandbox, keys: Iterable[PhoneKey]) -> bytes:
    """One event a phone; a comment if there is none."""
    phones = (msgspec.json.encode(sandbox.people.phone(*key)) for key in keys)
    return b"".join(b"data: %s\n\n" % phone for phone in phones) or b":\n\n"
