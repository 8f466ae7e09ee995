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

# Of the names in the path and the result, the name of what was changed; or a text whose `{names}` these fill.
ObjectName: TypeAlias = str | Callable[[Mapping[str, str], Any], str]


# Characters of a title that an entry has: it stays for months after what it names.
LONGEST_TITLE: Final = 40
_TITLE: Final = web.RequestKey("TITLE", str)


def told_gone(request: web.Request, title: str) -> None:
    """Have the entry of a removal say what is gone: its id leads nowhere from then on."""
    plain = " ".join("".join(one if one.isprintable() else " " for one in title).split())
    is_long = len(plain) > LONGEST_TITLE
    request[_TITLE] = f"{plain[: LONGEST_TITLE - 1]}…" if is_long else plain


class NotedChange(NamedTuple):
    """With `counts`, the result says how many were changed; none if it names none. An action that depends on the
    result may be None: nothing is noted."""

    action: Action | Callable[[Any], Action | None]
    name: ObjectName
    counts: bool = False


def _changed(names: Mapping[str, str], changed: Any) -> str:
    """With its time before and after, if that was changed, and the names of the other fields, never what they say."""
    times = [changed["before"], changed["time"]] if changed["before"] else []
    fields = ",".join(one for one in changed["changed"] if one != "time")
    return "/".join(filter(None, [_REMINDER.format_map(names), *times, fields]))


def _undone(result: Any) -> Action | None:
    """An undo takes back a removal or a change, or nothing."""
    return {"removal": Action.REMINDER_RESTORED, "change": Action.REMINDER_UNDONE}.get(
        result["undone"]
    )


def _restored(names: Mapping[str, str], result: Any) -> str:
    return _changed(names, result) if result["undone"] == "change" else _REMINDER.format_map(names)


def _users(names: Mapping[str, str], bound: Any) -> str:
    one = f"/{bound[0]['external_id'] or bound[0]['uid']}" if len(bound) == 1 else ""
    return f"{names['app']}/subscribers{one}"


_DELIVERIES: Final = "/v1/deliveries"
_REMINDERS: Final = "/v1/reminders"
_APP: Final = "/v1/apps/{app}"
_REMINDER, _DELIVERY = "reminder/{reminder}", "delivery/{delivery}"
_TOPIC, _USER = "{app}/topics/{topic}", "{app}/subscribers/{name}"
_ONE: Final = f"{_REMINDERS}/{{reminder}}"
_ONE_USER: Final = f"{_APP}/subscribers/{{name}}"
CHANGES: Final[Mapping[tuple[str, str], NotedChange]] = {
    ("POST", "/v1/messages"): NotedChange(Action.MESSAGE_SENT, "message/{id}"),
    ("POST", f"{_DELIVERIES}/replay"): NotedChange(Action.DELIVERY_REPLAYED, "delivery", counts=True),
    ("POST", f"{_DELIVERIES}/cancel"): NotedChange(Action.DELIVERY_CANCELLED, "delivery", counts=True),
    ("POST", f"{_DELIVERIES}/{{delivery}}/replay"): NotedChange(Action.DELIVERY_REPLAYED, _DELIVERY),
    ("POST", f"{_DELIVERIES}/{{delivery}}/cancel"): NotedChange(Action.DELIVERY_CANCELLED, _DELIVERY),
    ("POST", _REMINDERS): NotedChange(Action.REMINDER_CREATED, "reminder/{id}"),
    ("PATCH", _ONE): NotedChange(Action.REMINDER_CHANGED, _changed),
    ("DELETE", _ONE): NotedChange(Action.REMINDER_REMOVED, _REMINDER),
    ("POST", f"{_ONE}/pause"): NotedChange(Action.REMINDER_PAUSED, _REMINDER),
    ("POST", f"{_ONE}/resume"): NotedChange(Action.REMINDER_RESUMED, _REMINDER),
    ("POST", f"{_ONE}/cancel"): NotedChange(Action.REMINDER_CANCELLED, _REMINDER),
    ("POST", f"{_ONE}/remove"): NotedChange(Action.REMINDER_REMOVED, _REMINDER),
    ("POST", f"{_ONE}/restore"): NotedChange(_undone, _restored),
    ("PUT", f"{_ONE}/people/{{name}}"): NotedChange(Action.REMINDER_CHANGED, f"{_REMINDER}/to"),
    ("DELETE", f"{_ONE}/people/{{name}}"): NotedChange(Action.REMINDER_CHANGED, f"{_REMINDER}/to"),
    ("POST", f"{_APP}/topics"): NotedChange(Action.TOPIC_CREATED, "{app}/topics/{id}"),
    ("PATCH", f"{_APP}/topics/{{topic}}"): NotedChange(Action.TOPIC_CHANGED, _TOPIC),
    ("DELETE", f"{_APP}/topics/{{topic}}"): NotedChange(Action.TOPIC_REMOVED, _TOPIC),
    ("POST", f"{_APP}/subscribers"): NotedChange(Action.USER_BOUND, _users, counts=True),
    ("PUT", _ONE_USER): NotedChange(Action.USER_BOUND, _USER),
    ("PATCH", _ONE_USER): NotedChange(Action.USER_CHANGED, _USER),
    ("DELETE", _ONE_USER): NotedChange(Action.USER_REMOVED, _USER),
    ("POST", f"{_APP}/qrcodes"): NotedChange(Action.CODE_CREATED, "{app}/qrcodes"),
    ("POST", "/v1/alerts/test"): NotedChange(Action.ALERTS_TESTED, "alert/test"),
    ("POST", "/v1/quotas/{appid}/clear"): NotedChange(Action.QUOTA_CLEARED, "{appid}"),
}  # fmt: skip


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
    name, address = _named(change, request.match_info, result), request[VISITOR].written
    told = "/".join(filter(None, (name, request.get(_TITLE, ""))))
    try:
        await auditor.note(action, told, key=key, address=address, count=count)
    except StorageError as error:
        log.warning("audit.lost", action=action, object=name, key=key, error=str(error))


def _named(change: NotedChange, names: Mapping[str, str], result: Any) -> str:
    if not isinstance(change.name, str):
        return change.name(names, result)
    known = result if isinstance(result, dict) else {}
    return change.name.format_map({**known, **names})


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
