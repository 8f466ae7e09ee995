"""What an app's callback is told, as WxPusher words it ("回调说明", both its forms in one body).

Times are milliseconds. WeChat gives no names and pictures of users, so those stay empty.
"""

import enum
from datetime import UTC, datetime, timedelta

import msgspec

from wechat_scheduler.audience.model import App

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


class Source(enum.StrEnum):
    """How a user came to an app."""

    SCAN = "scan"
    LINK = "link"
    COMMAND = "command"


class AppSubscribe(msgspec.Struct, rename="camel"):
    """Somebody subscribed to the app, or scanned its code again."""

    app_id: int
    app_key: str
    app_name: str
    source: str
    time: int
    uid: str
    extra: str
    user_name: str = ""
    user_head_img: str = ""


class SendUpCmd(msgspec.Struct, rename="camel"):
    """Somebody wrote to the app."""

    uid: str
    app_id: int
    app_name: str
    time: int
    content: str
    app_key: None = None
    user_name: str = ""
    user_head_img: str = ""


class Callback(msgspec.Struct):
    action: str
    data: AppSubscribe | SendUpCmd


def app_subscribe(app: App, uid: str, source: Source, *, extra: str, at: datetime) -> bytes:
    told = AppSubscribe(
        app_id=app.id,
        # Once the app's name; not the secret of that name that signs calls here.
        app_key=f"AK_{app.id}",
        app_name=app.name,
        source=source.value,
        time=_millis(at),
        uid=uid,
        extra=extra,
    )
    return msgspec.json.encode(Callback("app_subscribe", told))


def send_up_cmd(app: App, uid: str, content: str, *, at: datetime) -> bytes:
    told = SendUpCmd(uid=uid, app_id=app.id, app_name=app.name, time=_millis(at), content=content)
    return msgspec.json.encode(Callback("send_up_cmd", told))


def _millis(at: datetime) -> int:
    return (at - EPOCH) // MILLISECOND
