"""Links from the entries of the audit to the pages of what they are about."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote, urlencode

from wechat_scheduler.access.actions import Action
from wechat_scheduler.access.model import Scope
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.app_choice import apps_of
from wechat_scheduler.web.console.key_names import named_key
from wechat_scheduler.web.console.known_accounts import learn_names
from wechat_scheduler.web.console.links import link
from wechat_scheduler.web.console.parts import Cell, code
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.kit.ids import ID, REMINDER_ID
from wechat_scheduler.web.native.audit import AuditEntryResult
from wechat_scheduler.web.native.reminders.bodies import ReminderDetails
from wechat_scheduler.web.native.sending.app_bodies import AppResult
from wechat_scheduler.web.native.sending.delivery_bodies import DeliveryResult
from wechat_scheduler.web.native.sending.messages import ListedMessageResult
from wechat_scheduler.web.pages.markup import Html, fill

W = Words

_CONSUMER: Final = "consumer/"
_REMINDER: Final = "reminder/"
# As many ids as a list takes: of a page of the audit the newest.
_MOST_NAMED: Final = 100
# The fields of a reminder that were changed; the others go by their names in the API.
_FIELDS: Final[Mapping[str, Words]] = {
    "title": terms.TITLE,
    "text": terms.TEXT,
    "url": terms.LINK,
    "rule": W("Repetition", "重复"),
    "zone": terms.ZONE,
    "defer": W("How much earlier or later it is sent", "提前或推后"),
    "late": W("What is done if it is late", "迟到时的处理"),
    "grace": W("How late it may be", "允许迟到多久"),
    "channel": terms.CHANNEL,
    "priority": terms.PRIORITY,
    "to": W("Receivers", "接收者"),
}
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
    ("reminder/", "/v1/reminders", ReminderDetails),
)
# The actions on accounts, and on their credentials.
_OF_ACCOUNTS: Final = ("account.", "credential.", "job.", "origins.", "templates.", "quota.")
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
    """Of messages, deliveries, reminders and accounts, by their objects: with one request for each kind. Of what is gone the entry
    of its removal has it."""
    gone = (_gone(one.object) for one in rows if one.action == Action.REMINDER_REMOVED)
    found = await _called(visit, rows) | {name: title for name, title in gone if title}
    for beginning, path, row in _TITLED:
        named = (
            one.object.removeprefix(beginning).partition("/")[0]
            for one in rows
            if one.object.startswith(beginning)
        )
        form = REMINDER_ID if beginning == _REMINDER else ID
        if ids := [*dict.fromkeys(filter(form.fullmatch, named))][:_MOST_NAMED]:
            listed = await visit.api.page(path, row, ids=",".join(ids), limit=len(ids))
            found |= {f"{beginning}{each.id}": each.title for each in listed.rows}
    return found


def _gone(name: str) -> tuple[str, str]:
    """A reminder that was deleted, and its title, which the entries of earlier releases lack."""
    reminder, _, title = name.removeprefix(_REMINDER).partition("/")
    return f"{_REMINDER}{reminder}", title


async def _called(visit: Visit, rows: Iterable[AuditEntryResult]) -> dict[str, str]:
    """What people call the accounts, by the objects of the entries about them."""
    about = {
        one.object: one.object.partition("/")[0]
        for one in rows
        if one.action.startswith((*_OF_ACCOUNTS, _OF_PUSHES))
    }
    await learn_names(visit, about.values())
    return {
        name: called for name, appid in about.items() if (called := visit.account_names.get(appid))
    }


def audited_object(
    visit: Visit,
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
    if one.action == Action.REMINDER_REMOVED:
        gone, of_it = _gone(one.object)
        return _named(of_it, gone, "")
    if one.object.startswith(_REMINDER):
        return _of_reminder(visit, place, below, titles)
    if title := titles.get(one.object):
        return _named(title, one.object, place)
    return link(place, code(one.object)) if place else actor(visit, one.object, keys)


def _named(title: str, name: str, place: str) -> Html:
    if not title:
        return fill("{name}", name=code(name))
    named = fill('<small class="below">{name}</small>', name=code(name))
    return fill("{title} {named}", title=link(place, title), named=named)


def actor(visit: Visit, key: str, keys: Mapping[str, str]) -> Cell:
    """The key, or the consumer, that acted."""
    if key.startswith(_CONSUMER):
        return link(_place("", key), key.removeprefix(_CONSUMER))
    return named_key(visit, key, keys)


def _of_app(one: AuditEntryResult, app: AppResult | None, app_id: str, below: str) -> Cell:
    name = app.name if app else app_id
    page = f"/console/apps/{app_id}"
    return fill(
        '{app} <small class="below">{object}</small>',
        app=name if one.action in _GONE else link(page, name),
        object=code(below or app_id),
    )


def _of_reminder(visit: Visit, place: str, below: str, titles: Mapping[str, str]) -> Cell:
    """Of one that was changed also its time before and after, and the fields."""
    name, *parts = below.split("/")
    times = [one for one in parts if one[:1].isdecimal()]
    fields = [one for part in parts if part not in times for one in part.split(",")]
    said = (" → ".join(map(_minute, times)), _fields(visit, fields))
    more = [fill(' <small class="below">{one}</small>', one=one) for one in said if one]
    shown = f"{_REMINDER}{name}"
    title = titles.get(shown)
    if title is None:
        return fill("{name}{more}", name=link(place, code(shown)), more=more)
    return fill(
        '{title} <small class="below">{name}</small>{more}',
        title=link(place, title),
        name=code(shown),
        more=more,
    )


def _fields(visit: Visit, names: Sequence[str]) -> str:
    return visit.listed(visit.say(_FIELDS.get(name, name)) for name in names)


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
