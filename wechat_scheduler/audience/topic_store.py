"""The store of topics, and what it is asked."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from wechat_scheduler.access.once import Once
from wechat_scheduler.audience.model import Topic


class TopicFilter(NamedTuple):
    """Selects topics of an app, the oldest first, at most `limit`, from the one after the time and the id
    `after`. `search` is a part of the name in any case, or the id."""

    search: str = ""
    after: tuple[datetime, int] | None = None
    limit: int = 100


class CountedTopic(NamedTuple):
    """A topic and how many subscribe to it. If there are `more`, these are not counted."""

    topic: Topic
    subscribers: int
    more: bool


class TopicChange(NamedTuple):
    """None leaves what is stored."""

    name: str | None = None
    description: str | None = None


class Topics(Protocol):
    """The store of topics. Every method is atomic; all may raise StorageError."""

    async def add(self, topic: Topic, *, once: Once | None) -> None:
        """Raises as `once.Once` says."""

    async def get(self, topic_id: int) -> Topic | None: ...

    async def of_app(self, app_id: int, name: str = "") -> Sequence[Topic]:
        """Ordered by age, the oldest first; with a name, up to ten of that name."""

    async def page(self, app_id: int, wanted: TopicFilter, *, most: int) -> Sequence[CountedTopic]:
        """With up to `most` subscribers of each counted."""

    async def change(self, app_id: int, topic_id: int, change: TopicChange) -> Topic | None:
        """None if the app has no such topic."""

    async def remove(self, app_id: int, topic_id: int, *, now: datetime) -> bool:
        """Remove the app's topic with its subscriptions and scenes, the rest of many later."""
