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
        """The first of the app's own names of each user that is no openid, else the nickname, else the openid.
        Users who are not known are left out."""

    async def of_topics(self, topics: Collection[int]) -> Mapping[int, str]: ...
