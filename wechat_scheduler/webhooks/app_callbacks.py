"""Tells an app's own server what happened: signed, repeated with the same id until it is taken."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from wechat_scheduler.audience.model import App
from wechat_scheduler.delivery.model import Delivery, DeliveryState, Sent, TargetKind
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import SendError, Verdict
from wechat_scheduler.webhooks.client import GuardedClient
from wechat_scheduler.webhooks.signing import webhook_headers

# Calls to one app at a time: a server that hangs must not take every slot of the dispatcher.
MOST = 8
TURN = timedelta(seconds=5)


class AppCallbacks:
    """The channel to the `callback` of apps; any answer of 2xx takes a delivery."""

    name = TargetKind.WEBHOOK.value

    def __init__(
        self, client: GuardedClient, *, app: Callable[[int], App | None], clock: Clock
    ) -> None:
        self._client = client
        self._app = app
        self._clock = clock
        self._under_way: Counter[int] = Counter()

    async def send(self, delivery: Delivery) -> Sent:
        """CANCELLED if the app has no callback any more. Raises CallError."""
        message = delivery.message
        app = self._app(message.app_id) if message else None
        if message is None or app is None or not app.callback:
            return Sent(state=DeliveryState.CANCELLED, reason="the app has no callback any more")
        body = message.content.body.encode()
        headers = webhook_headers(
            message=f"msg_{delivery.id}",
            at=self._clock.now(),
            body=body,
            secret=app.signing_secret,
        )
        with self._turn(app):
            await self._client.push(app.callback, body, headers=headers, what="callback")
        return Sent(way="webhook")

    @contextmanager
    def _turn(self, app: App) -> Iterator[None]:
        """Raises SendError while the app has enough to answer."""
        if self._under_way[app.id] >= MOST:
            reason = "the app's server has not answered earlier calls yet"
            raise SendError(reason, verdict=Verdict.SLOWER, way="webhook", retry_after=TURN)
        self._under_way[app.id] += 1
        try:
            yield
        finally:
            self._under_way[app.id] -= 1
            if not self._under_way[app.id]:
                del self._under_way[app.id]
