"""The JSON that is posted to an app's callback: `{"action": …, "data": {…}}`, times in milliseconds.

Receivers that were written for other services expect `appKey`, `userName` and `userHeadImg`; WeChat
gives nothing to fill them with.
"""

from datetime import UTC, datetime, timedelta

import msgspec

from wechat_scheduler.audience.app_events import AppEvent, Consented, Joined, Wrote
from wechat_scheduler.audience.model import App

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
UNNAMED = {"userName": "", "userHeadImg": ""}


def callback_body(app: App, event: AppEvent) -> bytes:
    """What the app is told of the event."""
    action, data = _told(app, event, time=(event.at - EPOCH) // MILLISECOND)
    return msgspec.json.encode({"action": action, "data": data})


def _told(app: App, event: AppEvent, *, time: int) -> tuple[str, dict[str, object]]:
    match event:
        case Joined():
            return "app_subscribe", {
                "appId": app.id,
                "appKey": f"AK_{app.id}",  # not `app.app_key`, the secret that signs calls
                "appName": app.name,
                "source": event.source.value,
                "time": time,
                "uid": event.uid,
                "extra": event.extra,
                **UNNAMED,
            }
        case Wrote():
            return "send_up_cmd", {
                "uid": event.uid,
                "appId": app.id,
                "appName": app.name,
                "time": time,
                "content": event.content,
                "appKey": None,
                **UNNAMED,
            }
        case Consented():
            return "reminder_consent", {
                "appId": app.id,
                "appName": app.name,
                "uid": event.uid,
                "openid": event.openid,
                "time": time,
                "extra": event.extra,
            }
