"""Bodies that the form for trying a route begins with: the usual fields, with an app and a user that there are."""

from collections.abc import Mapping
from typing import Any, Final

from wechat_scheduler.access.model import Scope
from wechat_scheduler.errors import RequestError
from wechat_scheduler.web.console.docs.operations import Operation
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Language
from wechat_scheduler.web.native.sending.app_bodies import AppResult
from wechat_scheduler.web.native.sending.subscriber_bodies import SubscriberResult

_MESSAGE: Final = {
    "app": 1,
    "to": ["alice"],
    "channel": "auto",
    "title": "Parcel at the gate",
    "text": "Locker 12, until Friday",
    "url": "",
    "priority": "normal",
}
_IN_CHINESE: Final = {"title": "快递到了", "text": "在 12 号柜，周五前取"}
_REMINDER: Final = {
    "app": 1,
    "to": ["alice"],
    "when": "每天早上8点提醒我浇花",
    "text": "",
    "channel": "auto",
    "priority": "normal",
}
# By the id of the operation. Of all others the form begins with the required fields.
BODIES: Final[Mapping[str, Mapping[str, Any]]] = {
    "post_v1_messages": _MESSAGE,
    "post_v1_messages_preview": _MESSAGE,
    "post_v1_reminders": _REMINDER,
    "post_v1_reminders_preview": _REMINDER,
    "post_register": {
        "appid": "wx0123456789abcdef",
        "appsecret": "secret-of-the-account",
        "tasks": [{"type": "access_token"}, {"type": "jsapi_ticket"}],
    },
}


async def beginning(visit: Visit, operation: Operation) -> Any:
    """What the body begins with; None without a body."""
    if operation.body is None:
        return None
    usual = BODIES.get(operation.id)
    if usual is None:
        return operation.body.example
    if visit.language is Language.ZH and "title" in usual:
        usual = {**usual, **_IN_CHINESE}
    return {**usual, **await _known(visit)} if "app" in usual else usual


async def _known(visit: Visit) -> dict[str, Any]:
    """The first app that the key reaches, and the first of its users."""
    if not visit.may(Scope.PUSH):
        return {}
    try:
        apps = (await visit.api.page("/v1/apps", AppResult, limit=1)).rows
        if not apps:
            return {}
        path, app = "/v1/apps/{app}/subscribers", apps[0].id
        users = (await visit.api.page(path, SubscriberResult, app=app, limit=1)).rows
    except RequestError:
        return {}
    return {"app": app, **({"to": [users[0].uid]} if users else {})}
