"""Names that there are, for the form that tries a route: it begins with an account, an app, a user that the key reaches."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, Final, NamedTuple

from aiohttp import hdrs

from wechat_scheduler.access.model import Scope
from wechat_scheduler.credentials.model import ACCESS_TOKEN
from wechat_scheduler.errors import RequestError
from wechat_scheduler.web.console.docs.operations import Operation
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.native.alerts import AlertResult
from wechat_scheduler.web.native.consumer_bodies import ConsumerResult
from wechat_scheduler.web.native.jobs import JobResult
from wechat_scheduler.web.native.reminders.bodies import ReminderResult
from wechat_scheduler.web.native.sending.app_bodies import AppResult
from wechat_scheduler.web.native.sending.delivery_bodies import DeliveryResult
from wechat_scheduler.web.native.sending.messages import ListedMessageResult
from wechat_scheduler.web.native.sending.subscriber_bodies import SubscriberResult


class KnownList(NamedTuple):
    """A list of our API, and what names its first row."""

    path: str
    row: type[Any]
    name: Callable[[Any], object]
    scope: Scope


APP, APPID, USER = "app", "appid", "name"
_LISTS: Final[Mapping[str, KnownList]] = {
    APPID: KnownList("/tasks", JobResult, lambda one: one.appid, Scope.READ),
    APP: KnownList("/v1/apps", AppResult, lambda one: one.id, Scope.PUSH),
    USER: KnownList("/v1/apps/{app}/subscribers", SubscriberResult, lambda one: one.uid, Scope.PUSH),
    "message": KnownList("/v1/messages", ListedMessageResult, lambda one: one.id, Scope.PUSH),
    "delivery": KnownList("/v1/deliveries", DeliveryResult, lambda one: one.id, Scope.PUSH),
    "reminder": KnownList("/v1/reminders", ReminderResult, lambda one: one.id, Scope.PUSH),
    "alert": KnownList("/v1/alerts", AlertResult, lambda one: one.id, Scope.READ),
    "consumer": KnownList("/v1/consumers", ConsumerResult, lambda one: one.name, Scope.ADMIN),
}  # fmt: skip
# What reaches a person: a change of it is no try.
_OF_PEOPLE: Final = frozenset((USER, "message", "delivery", "reminder"))


async def known_names(visit: Visit, operation: Operation) -> Mapping[str, str]:
    """Those of its path. What is removed, and who gets or loses something, is named by the person alone."""
    if operation.method == hdrs.METH_DELETE:
        return {}
    path = [one.name for one in operation.parameters if one.place == "path"]
    if operation.method != hdrs.METH_GET and not _OF_PEOPLE.isdisjoint(path):
        return {}
    found = await first_of(visit, path)
    return {**found, "type": ACCESS_TOKEN} if APPID in found else found


async def first_of(visit: Visit, names: Collection[str]) -> dict[str, str]:
    """The first of each, as far as there is one that the key may see; a user is one of the app."""
    found: dict[str, str] = {}
    for name, listed in _LISTS.items():
        if name not in names or not visit.sees(listed.scope) or (name == USER and APP not in found):
            continue
        app = {APP: found[APP]} if name == USER else {}
        try:
            rows = (await visit.api.page(listed.path, listed.row, limit=1, **app)).rows
        except RequestError:
            continue
        if rows:
            found[name] = str(listed.name(rows[0]))
    return found
