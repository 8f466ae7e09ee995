"""A person with a browser."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from multidict import CIMultiDict

from tests.sending.town import Town
from wechat_scheduler.reminders.model import Reminder
from wechat_scheduler.web.pages.paths import owner_path, page_path

ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    status: int
    text: str
    headers: CIMultiDict[str]


async def visit(
    place: Town, method: str, path: str, *, accept: str = ACCEPT, **options: Any
) -> Seen:
    """One request; redirects are not followed."""
    headers = {"Accept": accept, **options.pop("headers", {})}
    async with place.caller._session.request(
        method, place.caller.daemon.url + path, allow_redirects=False, headers=headers, **options
    ) as response:
        text = (await response.read()).decode(errors="replace")
        return Seen(status=response.status, text=text, headers=CIMultiDict(response.headers))


async def a_reminder(place: Town, uid: str, **fields: Any) -> Reminder:
    """A reminder of that user's at half past two in the afternoon of today."""
    start = place.clock.now().replace(hour=6, minute=30, second=0)
    named: Mapping[str, Any] = {
        "app_id": place.app.id,
        "source": "test",
        "owner": uid,
        "title": "开会",
        "start": start,
        "created_at": place.clock.now(),
    }
    return await place.desk.create(Reminder(**{**named, **fields}))


def read(place: Town, reminder: Reminder) -> str:
    return page_path(place.links, reminder.id)


def owned(place: Town, reminder: Reminder) -> str:
    return owner_path(place.links, reminder.id)


async def submit(place: Town, path: str, **fields: str) -> Seen:
    """Posts a form of that page."""
    capability = path.rpartition("/")[2]
    return await visit(place, "POST", path, data={"capability": capability, **fields})


def tomorrow() -> timedelta:
    return timedelta(days=1)
