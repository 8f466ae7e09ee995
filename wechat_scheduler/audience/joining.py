"""Subscribes users to apps and topics, and sends the app's event and the welcome."""

import structlog

from wechat_scheduler.audience.app_events import Joined, Source
from wechat_scheduler.audience.ids import new_subscription
from wechat_scheduler.audience.model import App, Subscriber
from wechat_scheduler.audience.ports import Subscriptions
from wechat_scheduler.audience.topic_store import Topics
from wechat_scheduler.audience.user_acts import Post, UserAct

log = structlog.get_logger(__name__)

# For apps without a `welcome` of their own.
WELCOME = "你已订阅“{app}”"
WELCOME_TO_TOPIC = "你已订阅“{app}”的主题“{topic}”"


class Joining:
    """A repeat of the same event changes nothing, so a call may be interrupted and repeated."""

    def __init__(self, subscriptions: Subscriptions, topics: Topics, post: Post) -> None:
        self._subscriptions = subscriptions
        self._topics = topics
        self._post = post

    async def join(
        self, app: App, subscriber: Subscriber, act: UserAct, source: Source, *, extra: str = ""
    ) -> None:
        """Subscribe to the app. The callback gets an event for each scan, also by a subscriber: it
        tells the app which user scanned the code with that `extra`. If the app blocks the user,
        nothing happens."""
        if not await self._subscribe(app, subscriber, act, topic_id=0):
            return
        if app.callback:
            joined = Joined(uid=subscriber.uid, source=source, extra=extra, at=act.at)
            await self._post.tell(app, joined, event_id=f"{act.event_id}/{app.id}/subscribe")
        welcome = app.welcome or WELCOME.format(app=app.name)
        event_id = f"{act.event_id}/{app.id}/welcome"
        await self._post.say(subscriber, welcome, event_id=event_id, app=app)

    async def join_topic(
        self, app: App, topic_id: int, subscriber: Subscriber, act: UserAct
    ) -> None:
        """Subscribe to the topic, if it is still there, and say so. The app's callback gets no event."""
        topic = await self._topics.get(topic_id)
        if topic is None or not await self._subscribe(app, subscriber, act, topic_id=topic_id):
            return
        welcome = WELCOME_TO_TOPIC.format(app=app.name, topic=topic.name)
        event_id = f"{act.event_id}/{topic_id}/welcome"
        await self._post.say(subscriber, welcome, event_id=event_id, app=app)

    async def _subscribe(
        self, app: App, subscriber: Subscriber, act: UserAct, *, topic_id: int
    ) -> bool:
        wanted = new_subscription(app.id, subscriber.uid, topic_id=topic_id, at=act.at)
        kept, is_new = await self._subscriptions.subscribe(wanted)
        if is_new:
            log.info("subscriber.subscribed", uid=kept.uid, app=app.id, topic=topic_id)
        return not kept.blocked
