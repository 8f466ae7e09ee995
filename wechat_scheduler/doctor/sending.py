"""Examines the needs of sending: the accounts' tokens, a public address, a font, the holidays."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from wechat_scheduler.audience.model import App
from wechat_scheduler.config.settings import Config
from wechat_scheduler.credentials.census import DeadCensus
from wechat_scheduler.credentials.model import ACCESS_TOKEN
from wechat_scheduler.credentials.views import JobView
from wechat_scheduler.doctor.finding import Finding, fail, ok, warn
from wechat_scheduler.errors import UnavailableError
from wechat_scheduler.reminders.recurrence.workdays import announced
from wechat_scheduler.web.pages.fonts import find_font

# Longer than a weekend.
WEEK = timedelta(days=7)


async def sending(
    apps: Sequence[App],
    views: Iterable[JobView],
    dead: Sequence[DeadCensus],
    config: Config,
    now: datetime,
) -> AsyncIterator[Finding]:
    """No finding if there is no app: only sending needs all this. `dead` are the messages that died
    within WEEK."""
    if not apps:
        return
    for finding in _apps(apps, views):
        yield finding
    yield _dead(dead)
    yield _public_url(config.server.public_url)
    yield await _posters(config.reminders.font)
    yield _workdays(now.year)


RESTORE = "restore a backup, or remove the app and make it again; until then its messages wait"


def _apps(apps: Sequence[App], views: Iterable[JobView]) -> Iterator[Finding]:
    kept = {view.key.appid for view in views if view.key.kind == ACCESS_TOKEN}
    for app in apps:
        if app.unreadable:
            yield fail("app", f"{app.name} ({app.id}): {app.unreadable}", RESTORE)
    homeless = [app for app in apps if app.appid not in kept]
    for app in homeless:
        yield warn(
            "app",
            f"{app.name} ({app.id}) sends through {app.appid}, whose {ACCESS_TOKEN} is not kept",
            f"register {app.appid} with its secret and task type 0, or nothing is delivered",
        )
    if not homeless:
        yield ok("app", "the accounts of all apps are registered")


def _dead(dead: Sequence[DeadCensus]) -> Finding:
    if not dead:
        return ok("deliveries", "no message died in the last 7 days")
    count, last = sum(it.deliveries for it in dead), max(it.last for it in dead)
    causes = ", ".join(f"{it.deliveries} by {_cause(it)}" for it in dead)
    return warn(
        "deliveries",
        f"{count} died in the last 7 days, the last at {last:%Y-%m-%d %H:%M} UTC: {causes}",
        "wechat-scheduler deliveries list --in dead says why; once the cause is gone, "
        "wechat-scheduler deliveries replay --in dead sends them again",
    )


def _cause(dead: DeadCensus) -> str:
    return f"errcode {dead.errcode}" if dead.errcode else f"other failures of {dead.channel}"


def _public_url(url: str) -> Finding:
    if url:
        return ok("public url", f"links in messages lead to {url}")
    return warn(
        "public url",
        "links in messages, QR codes and posters need it, and are left out",
        "set server.public_url to the address at which people reach the daemon",
    )


async def _posters(font: Path | None) -> Finding:
    try:
        found = await asyncio.to_thread(find_font, str(font or ""))
    except UnavailableError as error:
        return warn("posters", str(error), "or do nothing, if you need no posters")
    return ok("posters", f"drawn with {found.path}")


def _workdays(year: int) -> Finding:
    if announced(year):
        return ok("legal workdays", f"the holidays of {year} are known")
    return warn(
        "legal workdays",
        f"the holidays of {year} are unknown: Monday to Friday count as workdays",
        "if reminders use legal workdays, run pip install -U chinesecalendar",
    )
