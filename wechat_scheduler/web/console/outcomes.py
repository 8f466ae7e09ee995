"""Carries what a form has done in the address of the page that says it: a reload of that page does nothing again."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final, TypeVar

import msgspec
from aiohttp import web

from wechat_scheduler.web.console.links import OUTCOME
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.pages.responses import redirected

T = TypeVar("T", bound=msgspec.Struct)

# Characters of an address: proxies take 8 KiB for a line.
LONGEST: Final = 6_000


def shown_at(visit: Visit, url: str, outcome: msgspec.Struct) -> web.Response | None:
    """The response to a POST: the browser goes to `url`, whose page says the outcome. None if no address holds it."""
    path, _, query = url.partition("?")
    text = urlsafe_b64encode(msgspec.json.encode(outcome)).decode().rstrip("=")
    carried = f"{OUTCOME}={text}.{visit.proof(f'{path} {text}')}"
    place = f"{path}?{query}&{carried}" if query else f"{path}?{carried}"
    if len(place) > LONGEST:
        return None
    return redirected(place)


def outcome_of(visit: Visit, kind: type[T]) -> T | None:
    """What the form did that led to this page; None for an address to which this session was not led."""
    text, _, proof = visit.request.query.get(OUTCOME, "").rpartition(".")
    if not text or not visit.proves(proof, f"{visit.request.path} {text}"):
        return None
    try:
        return msgspec.json.decode(urlsafe_b64decode(f"{text}=="), type=kind)
    except msgspec.MsgspecError:  # of an earlier release
        return None
