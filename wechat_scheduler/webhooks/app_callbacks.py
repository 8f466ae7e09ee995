"""The channel to an app's callback: signed calls, repeated with the same id until one is accepted.

The body is `{"action": …, "data": {…}}`. `appKey`, `userName` and `userHeadImg` are there for
receivers that were written for other services; WeChat gives nothing to fill them with.
"""

from collections.abc import Callable

import msgspec

from wechat_scheduler.audience.app_events import AppEvent, BotDeed, Consented, Joined, Wrote
from wechat_scheduler.audience.model import App
from wechat_scheduler.delivery.model import Delivery, DeliveryState, Sent, TargetKind
from wechat_scheduler.engine.clock import Clock, millis
from wechat_scheduler.webhooks.client import GuardedClient
from wechat_scheduler.webhooks.sentences import NO_CALLBACK
from wechat_scheduler.webhooks.signing import webhook_headers

UNNAMED = {"userName": "", "userHeadImg": ""}


class AppCallbacks:
    """A delivery is accepted with any status of 2xx."""

    name = TargetKind.WEBHOOK.value

    def __init__(
        self, client: GuardedClient, *, app: Callable[[int], App | None], clock: Clock
    ) -> None:
        self._client = client
        self._app = app
        self._clock = clock

    async def send(self, delivery: Delivery) -> Sent:
        """Returns CANCELLED if the app has no callback any more. Raises CallError."""
        message = delivery.message
        app = self._app(message.app_id) if message else None
        if message is None or app is None or not app.callback:
            return Sent(state=DeliveryState.CANCELLED, reason=NO_CALLBACK.en)
        body = message.content.body.encode()
        headers = webhook_headers(
            message=f"msg_{delivery.id}",
            at=self._clock.now(),
            body=body,
            secret=app.signing_secret,
        )
        await self._client.push(app.callback, body, headers=headers, what="callback")
        return Sent(way="webhook")


def callback_body(app: App, event: AppEvent) -> bytes:
    """What the app is told of the event."""
    action, data = _told(app, event, time=millis(event.at))
    return msgspec.json.encode({"action": action, "data": data})


def _bot(taken: BotDeed | None) -> dict[str, object] | None:
    if taken is None:
        return None
    return {"did": taken.did.value, "reminders": list(taken.reminders)}


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
                "bot": _bot(event.taken),
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
