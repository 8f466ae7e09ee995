"""Keeps what a form has done for the page that says it: a reload of that page does nothing again. The address of the
page has an id alone, since browsers and proxies keep addresses."""

from typing import TypeVar

import msgspec
from aiohttp import web

from wechat_scheduler.errors import StorageError
from wechat_scheduler.web.console.links import OUTCOME
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.pages.responses import redirected

T = TypeVar("T", bound=msgspec.Struct)


async def shown_at(visit: Visit, url: str, outcome: msgspec.Struct) -> web.Response | None:
    """The response to a POST: the browser goes to `url`, whose page says the outcome. None if the store does not keep
    it: what was done is done."""
    path, _, query = url.partition("?")
    try:
        key = await visit.keep(path, msgspec.json.encode(outcome).decode())
    except StorageError:
        return None
    carried = f"{OUTCOME}={key}"
    return redirected(f"{path}?{query}&{carried}" if query else f"{path}?{carried}")


async def outcome_of(visit: Visit, kind: type[T]) -> T | None:
    """What the form did that led to this page; None for an address to which this session was not led."""
    key = visit.request.query.get(OUTCOME, "")
    text = await visit.kept(key) if key else None
    try:
        return msgspec.json.decode(text, type=kind) if text else None
    except msgspec.MsgspecError:  # of an earlier release
        return None
