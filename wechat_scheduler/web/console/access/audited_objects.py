"""Links from the entries of the audit to the pages of what they are about."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote, urlencode

from wechat_scheduler.access.actions import Action
from wechat_scheduler.access.model import Scope
from wechat_scheduler.web.console.app_choice import apps_of
from wechat_scheduler.web.console.key_names import named_key
from wechat_scheduler.web.console.links import link
from wechat_scheduler.web.console.parts import Cell, code
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.kit.ids import ID
from wechat_scheduler.web.native.audit import AuditEntryResult
from wechat_scheduler.web.native.sending.app_bodies import AppResult
from wechat_scheduler.web.native.sending.delivery_bodies import DeliveryResult
from wechat_scheduler.web.native.sending.messages import ListedMessageResult
from wechat_scheduler.web.pages.markup import fill, when

_CONSUMER: Final = "consumer/"
# Pages of what has a page of its own, by the beginning of the object.
_PAGES: Final = {
    _CONSUMER: "/console/access/consumers/of/{id}",
    "message/": "/console/messages/{id}",
    "delivery/": "/console/deliveries/{id}",
    "reminder/": "/console/reminders/{id}",
    "alert/": "/console/alerts",
}
# Lists that give the titles of objects.
_TITLED: Final[tuple[tuple[str, str, type[Any]], ...]] = (
    ("message/", "/v1/messages", ListedMessageResult),
    ("delivery/", "/v1/deliveries", DeliveryResult),
)
# The actions on accounts, and on their credentials.
_OF_ACCOUNTS: Final = ("credential.", "job.", "origins.", "templates.", "quota.")
# Whose account need not be registered.
_OF_PUSHES: Final = "callback."
_OF_APPS: Final = ("app.", "links.", "topic.", "user.", "code.", "token.")
# What is gone has no page.
_GONE: Final = (Action.APP_REMOVED, Action.REMINDER_REMOVED)


async def named_apps(visit: Visit, rows: Iterable[AuditEntryResult]) -> Mapping[int, AppResult]:
    """The apps by their ids; none if no entry is about one."""
    needs = visit.sees(Scope.PUSH) and any(one.action.startswith(_OF_APPS) for one in rows)
    return await apps_of(visit) if needs else {}


async def titles(visit: Visit, rows: Sequence[AuditEntryResult]) -> Mapping[str, str]:
    """Of messages and deliveries, by their objects: with one request for each of the two. What is gone has none."""
    found: dict[str, str] = {}
    for beginning, path, row in _TITLED:
        named = (
            one.object.removeprefix(beginning) for one in rows if one.object.startswith(beginning)
        )
        if ids := dict.fromkeys(filter(ID.fullmatch, named)):
            listed = await visit.api.page(path, row, ids=",".join(ids), limit=len(ids))
            found |= {f"{beginning}{each.id}": each.title for each in listed.rows}
    return found


def audited_object(
    one: AuditEntryResult,
    keys: Mapping[str, str],
    apps: Mapping[int, AppResult],
    titles: Mapping[str, str],
) -> Cell:
    """The object with its name, if it has one."""
    app_id, _, below = one.object.partition("/")
    if one.action.startswith(_OF_APPS) and app_id.isdecimal():
        return _of_app(one, apps.get(int(app_id)), app_id, below)
    place = "" if one.action in _GONE else _place(one.action, one.object)
    if place and app_id == "reminder":
        return _of_reminder(place, below)
    if title := titles.get(one.object):
        named = fill('<small class="below">{object}</small>', object=code(one.object))
        return fill("{title} {named}", title=link(place, title), named=named)
    return link(place, code(one.object)) if place else actor(one.object, keys)


def actor(key: str, keys: Mapping[str, str]) -> Cell:
    """The key, or the consumer, that acted."""
    if key.startswith(_CONSUMER):
        return link(_place("", key), key.removeprefix(_CONSUMER))
    return named_key(key, keys)


def _of_app(one: AuditEntryResult, app: AppResult | None, app_id: str, below: str) -> Cell:
    name = app.name if app else app_id
    page = f"/console/apps/{app_id}"
    return fill(
        '{app} <small class="below">{object}</small>',
        app=name if one.action in _GONE else link(page, name),
        object=code(below or app_id),
    )


def _of_reminder(place: str, below: str) -> Cell:
    """Of one that was moved also its time before and after."""
    name, *times = below.split("/")
    return fill(
        "{reminder}{times}",
        reminder=link(place, code(f"reminder/{name}")),
        times=when(
            times,
            fill(' <small class="below">{times}</small>', times=" → ".join(map(_minute, times))),
        ),
    )


def _minute(text: str) -> str:
    """2026-11-19 08:00, of the reminder's own zone."""
    return text[:16].replace("T", " ")


def _place(action: str, name: str) -> str:
    """The address of its page; empty if it has none."""
    for beginning, page in _PAGES.items():
        if name.startswith(beginning):
            named = name.removeprefix(beginning)
            if beginning == "reminder/":
                named = named.partition("/")[0]
            return page.format(id=quote(named, safe=""))
    if action.startswith(_OF_PUSHES):
        return f"/console/pushes?{urlencode({'endpoint': name})}"
    if not action.startswith(_OF_ACCOUNTS):
        return ""
    parts = name.split("/")
    shown = parts[:1] if action == Action.REMOVED else parts[:3]
    return "/".join(("/console/credentials", *(quote(part, safe="") for part in shown)))
