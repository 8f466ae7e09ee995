"""Bodies that the form for trying a route begins with: the usual fields, with an app that there is. What sends
names no receiver: the person types one, and it is refused without."""

from collections.abc import Mapping
from typing import Any, Final

from wechat_scheduler.web.console.docs.known_names import APP, APPID, USER, first_of
from wechat_scheduler.web.console.docs.operations import Operation
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Language

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
# Our API refuses an empty receiver.
_NO_ONE: Final = {"to": [""]}
_ACCOUNT: Final = {"appid": "wx0123456789abcdef", "appsecret": "secret-of-the-account"}
# By the id of the operation. Of all others the form begins with the required fields.
BODIES: Final[Mapping[str, Mapping[str, Any]]] = {
    "post_v1_messages": _MESSAGE | _NO_ONE,
    "post_v1_messages_preview": _MESSAGE,
    "post_v1_reminders": _REMINDER | _NO_ONE,
    "post_v1_reminders_preview": _REMINDER,
    "post_v1_reminders_parse": {"text": "每天早上8点提醒我浇花"},
    "post_register": {**_ACCOUNT, "tasks": [{"type": "access_token"}, {"type": "jsapi_ticket"}]},
    "post_v1_registrations_check": _ACCOUNT,
    "post_v1_jssdk_appid_signature": {"url": "https://shop.example.com/order?id=7"},
    "put_v1_jssdk_appid_origins": {"origins": ["https://shop.example.com"]},
    "post_v1_keys": {"name": "shop", "scopes": ["read"]},
    "post_v1_consumers": {"name": "shop", "appids": ["wx0123456789abcdef"]},
    "patch_v1_consumers_consumer": {"per_minute": 600},
    "post_v1_quotas_appid_clear": {"path": "/cgi-bin/message/custom/send"},
    "post_v1_alerts_alert_mute": {"seconds": 3600},
    "post_v1_apps": {"name": "shop", "appid": "wx0123456789abcdef"},
    "patch_v1_apps_app": {"name": "shop"},
    "post_v1_apps_app_topics": {"name": "parcels", "description": "A parcel has arrived"},
    "put_v1_apps_app_subscribers_name": {"openid": "oABCD-1234567890abcdefghijkl"},
    "patch_v1_apps_app_subscribers_name": {"nickname": "Alice"},
    "post_v1_apps_app_qrcodes": {"extra": "shelf-7", "expires_in": 3600},
    "post_v1_deliveries_replay": {"state": "dead", "dry_run": True},
    "post_v1_deliveries_cancel": {"state": "pending", "dry_run": True},
    "patch_v1_reminders_reminder": {"when": "每天晚上8点"},
}


def sends(operation: Operation) -> bool:
    """Whether people get what its body says."""
    return BODIES.get(operation.id, {}).get("to") == _NO_ONE["to"]


async def beginning(visit: Visit, operation: Operation) -> Any:
    """What the body begins with; None without a body."""
    if operation.body is None:
        return None
    usual = BODIES.get(operation.id)
    if usual is None:
        return operation.body.example
    if visit.language is Language.ZH and "title" in usual:
        usual = {**usual, **_IN_CHINESE}
    return {**usual, **await _known(visit, usual)}


async def _known(visit: Visit, usual: Mapping[str, Any]) -> dict[str, Any]:
    """An app and, where nothing is sent, a user of it, or an account, in the place of those that there are not."""
    if "app" in usual:
        found = await first_of(visit, (APP,) if usual["to"] == _NO_ONE["to"] else (APP, USER))
        to = {"to": [found[USER]]} if USER in found else {}
        return {"app": int(found[APP]), **to} if APP in found else {}
    if "appsecret" in usual:  # one that is not kept yet
        return {}
    wanted = {"appid", "appids"} & usual.keys()
    appid = (await first_of(visit, (APPID,))).get(APPID, "") if wanted else ""
    return {name: [appid] if name == "appids" else appid for name in wanted if appid}
