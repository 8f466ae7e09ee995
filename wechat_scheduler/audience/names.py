"""The names of users and topics, for lists that people read."""

from collections.abc import Collection, Mapping
from typing import NamedTuple, Protocol


class AppPerson(NamedTuple):
    """A user as an app knows them."""

    app_id: int
    uid: str


class Names(Protocol):
    """Reads many names at once. Both may raise StorageError."""

    async def of_people(self, people: Collection[AppPerson]) -> Mapping[AppPerson, str]:
        """The app's own name of each user, or else the nickname. Those without one are left out."""

    async def of_topics(self, topics: Collection[int]) -> Mapping[int, str]: ...
