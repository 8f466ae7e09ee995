"""How a user comes to an app or a topic, by whichever way, and who is told."""

import structlog

from wechat_scheduler.audience.app_events import Joined, Source
from wechat_scheduler.audience.heard import Heard, Post
from wechat_scheduler.audience.model import App, Subscriber, Subscription
from wechat_scheduler.audience.names import new_id
from wechat_scheduler.audience.ports import Subscriptions

log = structlog.get_logger(__name__)

# For apps without a `welcome` of their own.
WELCOME = "你已关注“{app}”"


class Joining:
    """Doing it again under the same event changes nothing, so it may be cut short anywhere."""

    def __init__(self, subscriptions: Subscriptions, post: Post) -> None:
        self._subscriptions = subscriptions
        self._post = post

    async def join(
        self, app: App, subscriber: Subscriber, heard: Heard, source: Source, *, extra: str = ""
    ) -> None:
        """Subscribe to the app. Its callback hears of every scan, also of one who was subscribed:
        only that tells it which `extra` is whose. Whom the app blocked stays so, and unheard."""
        if not await self._subscribe(app, subscriber, heard, topic_id=0):
            return
        if app.callback:
            joined = Joined(uid=subscriber.uid, source=source, extra=extra, at=heard.at)
            await self._post.tell(app, joined, event_id=f"{heard.event_id}/{app.id}/subscribe")
        welcome = app.welcome or WELCOME.format(app=app.name)
        event_id = f"{heard.event_id}/{app.id}/welcome"
        await self._post.say(subscriber, welcome, event_id=event_id, app=app)

    async def join_topic(
        self, app: App, topic_id: int, subscriber: Subscriber, heard: Heard
    ) -> None:
        """Subscribe to the topic. The app's callback is not told."""
        await self._subscribe(app, subscriber, heard, topic_id=topic_id)

    async def _subscribe(
        self, app: App, subscriber: Subscriber, heard: Heard, *, topic_id: int
    ) -> bool:
        wanted = Subscription(
            id=new_id(),
            app_id=app.id,
            topic_id=topic_id,
            uid=subscriber.uid,
            created_at=heard.at,
        )
        kept, is_new = await self._subscriptions.subscribe(wanted)
        if is_new:
            log.info("subscriber.subscribed", uid=kept.uid, app=app.id, topic=topic_id)
        return not kept.blocked
