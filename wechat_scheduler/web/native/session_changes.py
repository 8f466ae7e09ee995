"""Notes in the audit what people change in the console, also where programs make the same change by the thousand."""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple, TypeAlias

import msgspec
import structlog
from aiohttp import web

from wechat_scheduler.access.actions import Action
from wechat_scheduler.errors import StorageError
from wechat_scheduler.web.kit.idempotency import REPLAYED
from wechat_scheduler.web.kit.services import CALLER, SERVICES, VISITOR
from wechat_scheduler.web.native.route import NativeRoute

log = structlog.get_logger(__name__)

# Of the names in the path and the result, the name of what was changed.
ObjectName: TypeAlias = Callable[[Mapping[str, str], Any], str]


class NotedChange(NamedTuple):
    """With `counts`, the result says how many were changed; none if it names none. An action that depends on the
    result may be None: nothing is noted."""

    action: Action | Callable[[Any], Action | None]
    name: ObjectName
    counts: bool = False


def _reminder(names: Mapping[str, str], _: Any) -> str:
    return f"reminder/{names['reminder']}"


def _changed(names: Mapping[str, str], changed: Any) -> str:
    """With its time before and after, if that was changed, and the names of the other fields, never what they say."""
    times = [changed["before"], changed["time"]] if changed["before"] else []
    fields = ",".join(one for one in changed["changed"] if one != "time")
    return "/".join(filter(None, [_reminder(names, changed), *times, fields]))


def _receivers(names: Mapping[str, str], _: Any) -> str:
    return f"reminder/{names['reminder']}/to"


def _undone(result: Any) -> Action | None:
    """An undo takes back a removal or a change, or nothing."""
    return {"removal": Action.REMINDER_RESTORED, "change": Action.REMINDER_UNDONE}.get(
        result["undone"]
    )


def _restored(names: Mapping[str, str], result: Any) -> str:
    return (_changed if result["undone"] == "change" else _reminder)(names, result)


def _delivery(names: Mapping[str, str], _: Any) -> str:
    return f"delivery/{names['delivery']}"


def _deliveries(_names: Mapping[str, str], _: Any) -> str:
    return "delivery"


def _topic(names: Mapping[str, str], _: Any) -> str:
    return f"{names['app']}/topics/{names['topic']}"


def _user(names: Mapping[str, str], _: Any) -> str:
    return f"{names['app']}/subscribers/{names['name']}"


def _users(names: Mapping[str, str], bound: Any) -> str:
    one = f"/{bound[0]['external_id'] or bound[0]['uid']}" if len(bound) == 1 else ""
    return f"{names['app']}/subscribers{one}"


_ONE_REMINDER: Final = "/v1/reminders/{reminder}"
_APP: Final = "/v1/apps/{app}"
CHANGES: Final[Mapping[tuple[str, str], NotedChange]] = {
    ("POST", "/v1/messages"): NotedChange(
        Action.MESSAGE_SENT, lambda _, result: f"message/{result['id']}"
    ),
    ("POST", "/v1/deliveries/replay"): NotedChange(
        Action.DELIVERY_REPLAYED, _deliveries, counts=True
    ),
    ("POST", "/v1/deliveries/cancel"): NotedChange(
        Action.DELIVERY_CANCELLED, _deliveries, counts=True
    ),
    ("POST", "/v1/deliveries/{delivery}/replay"): NotedChange(Action.DELIVERY_REPLAYED, _delivery),
    ("POST", "/v1/deliveries/{delivery}/cancel"): NotedChange(Action.DELIVERY_CANCELLED, _delivery),
    ("POST", "/v1/reminders"): NotedChange(
        Action.REMINDER_CREATED, lambda _, result: f"reminder/{result['id']}"
    ),
    ("PATCH", _ONE_REMINDER): NotedChange(Action.REMINDER_CHANGED, _changed),
    ("DELETE", _ONE_REMINDER): NotedChange(Action.REMINDER_REMOVED, _reminder),
    ("POST", f"{_ONE_REMINDER}/pause"): NotedChange(Action.REMINDER_PAUSED, _reminder),
    ("POST", f"{_ONE_REMINDER}/resume"): NotedChange(Action.REMINDER_RESUMED, _reminder),
    ("POST", f"{_ONE_REMINDER}/cancel"): NotedChange(Action.REMINDER_CANCELLED, _reminder),
    ("POST", f"{_ONE_REMINDER}/remove"): NotedChange(Action.REMINDER_REMOVED, _reminder),
    ("POST", f"{_ONE_REMINDER}/restore"): NotedChange(_undone, _restored),
    ("PUT", f"{_ONE_REMINDER}/people/{{name}}"): NotedChange(Action.REMINDER_CHANGED, _receivers),
    ("DELETE", f"{_ONE_REMINDER}/people/{{name}}"): NotedChange(
        Action.REMINDER_CHANGED, _receivers
    ),
    ("POST", f"{_APP}/topics"): NotedChange(
        Action.TOPIC_CREATED, lambda names, result: f"{names['app']}/topics/{result['id']}"
    ),
    ("PATCH", f"{_APP}/topics/{{topic}}"): NotedChange(Action.TOPIC_CHANGED, _topic),
    ("DELETE", f"{_APP}/topics/{{topic}}"): NotedChange(Action.TOPIC_REMOVED, _topic),
    ("POST", f"{_APP}/subscribers"): NotedChange(Action.USER_BOUND, _users, counts=True),
    ("PUT", f"{_APP}/subscribers/{{name}}"): NotedChange(Action.USER_BOUND, _user),
    ("PATCH", f"{_APP}/subscribers/{{name}}"): NotedChange(Action.USER_CHANGED, _user),
    ("DELETE", f"{_APP}/subscribers/{{name}}"): NotedChange(Action.USER_REMOVED, _user),
    ("POST", f"{_APP}/qrcodes"): NotedChange(
        Action.CODE_CREATED, lambda names, _: f"{names['app']}/qrcodes"
    ),
    ("POST", "/v1/alerts/test"): NotedChange(Action.ALERTS_TESTED, lambda *_: "alert/test"),
    ("POST", "/v1/quotas/{appid}/clear"): NotedChange(
        Action.QUOTA_CLEARED, lambda names, _: names["appid"]
    ),
}


async def note_change(
    route: NativeRoute, request: web.Request, response: web.StreamResponse
) -> None:
    """Store the entry of a change that has been made. The change stands if the store takes no entry: the log says
    so."""
    change = CHANGES.get((route.method, route.path))
    if change is None or response.status >= 400 or REPLAYED in response.headers:
        return
    if not (count := await _count(change, request, response)):
        return
    auditor, key = request.app[SERVICES].auditor, request[CALLER].id
    result = _result(response)
    action = change.action if isinstance(change.action, Action) else change.action(result)
    if action is None:
        return
    name = change.name(request.match_info, result)
    try:
        await auditor.note(action, name, key=key, address=request[VISITOR].written, count=count)
    except StorageError as error:
        log.warning("audit.lost", action=action, object=name, key=key, error=str(error))


async def _count(change: NotedChange, request: web.Request, response: web.StreamResponse) -> int:
    if not change.counts:
        return 1
    result = _result(response)
    if isinstance(result, list):
        return len(result)
    is_dry = bool(msgspec.json.decode(await request.read()).get("dry_run"))
    return 0 if is_dry else int(result["count"])


def _result(response: web.StreamResponse) -> Any:
    body = response.body if isinstance(response, web.Response) else b""
    return msgspec.json.decode(body if isinstance(body, bytes) else b"{}").get("result")
