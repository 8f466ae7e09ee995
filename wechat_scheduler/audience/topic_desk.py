"""The desk for an app's topics."""

from collections.abc import Callable, Sequence
from typing import Final

from wechat_scheduler.access.once import Once
from wechat_scheduler.audience.ids import new_id
from wechat_scheduler.audience.model import App, Topic
from wechat_scheduler.audience.topic_store import CountedTopic, TopicChange, TopicFilter, Topics
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import NotFoundError
from wechat_scheduler.reasons import Reason

# Subscribers of a topic in a list: each is looked up, for up to a thousand topics.
MOST_COUNTED: Final = 1000


class TopicDesk:
    """Manages topics. All methods may raise StorageError."""

    def __init__(self, topics: Topics, *, clock: Clock) -> None:
        self._topics = topics
        self._clock = clock

    async def of_app(self, app: App, name: str = "") -> Sequence[Topic]:
        """Ordered by age, the oldest first; with a name, up to ten of that name."""
        return await self._topics.of_app(app.id, name)

    async def page(self, app: App, wanted: TopicFilter) -> Sequence[CountedTopic]:
        return await self._topics.page(app.id, wanted, most=MOST_COUNTED)

    async def one(self, app: App, topic_id: int) -> Topic:
        """Raises NotFoundError, also for one of another app."""
        topic = await self._topics.get(topic_id)
        if topic is None or topic.app_id != app.id:
            raise _no_topic(topic_id)
        return topic

    async def make(
        self,
        app: App,
        name: str,
        description: str = "",
        *,
        once: Callable[[Topic], Once | None] = lambda topic: None,
    ) -> Topic:
        """Raises as `once.Once` says."""
        now = self._clock.now()
        topic = Topic(
            id=new_id(), app_id=app.id, name=name, description=description, created_at=now
        )
        await self._topics.add(topic, once=once(topic))
        return topic

    async def change(self, app: App, topic_id: int, change: TopicChange) -> Topic:
        """Raises NotFoundError."""
        changed = await self._topics.change(app.id, topic_id, change)
        if changed is None:
            raise _no_topic(topic_id)
        return changed

    async def remove(self, app: App, topic_id: int) -> None:
        """Raises NotFoundError."""
        if not await self._topics.remove(app.id, topic_id, now=self._clock.now()):
            raise _no_topic(topic_id)


def _no_topic(topic_id: int) -> NotFoundError:
    return NotFoundError(f"the app has no topic {topic_id}", reason=Reason.TOPIC_UNKNOWN)
