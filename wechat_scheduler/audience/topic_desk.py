"""The desk for an app's topics."""

from collections.abc import Callable, Sequence

from wechat_scheduler.access.once import Once
from wechat_scheduler.audience.ids import new_id
from wechat_scheduler.audience.model import App, Topic
from wechat_scheduler.audience.ports import Topics
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import NotFoundError
from wechat_scheduler.reasons import Reason


class TopicDesk:
    """Manages topics. All methods may raise StorageError."""

    def __init__(self, topics: Topics, *, clock: Clock) -> None:
        self._topics = topics
        self._clock = clock

    async def of_app(self, app: App, name: str = "") -> Sequence[Topic]:
        """Ordered by age, the oldest first; with a name, up to ten of that name."""
        return await self._topics.of_app(app.id, name)

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

    async def remove(self, app: App, topic_id: int) -> None:
        """Raises NotFoundError."""
        if not await self._topics.remove(app.id, topic_id, now=self._clock.now()):
            raise _no_topic(topic_id)


def _no_topic(topic_id: int) -> NotFoundError:
    return NotFoundError(f"the app has no topic {topic_id}", reason=Reason.TOPIC_UNKNOWN)
