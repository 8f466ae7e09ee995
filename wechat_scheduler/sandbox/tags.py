"""The tags by which an account sorts its users."""

from collections.abc import Sequence
from itertools import count

from wechat_scheduler.sandbox.errcodes import RefusedError
from wechat_scheduler.sandbox.people import Person

MOST_TAGS = 100
MOST_OF_A_PERSON = 20
LONGEST_NAME = 30
# WeChat's own tags have lower ids.
FIRST_ID = 100


class Tags:
    """The names of the tags of one account, by id."""

    def __init__(self) -> None:
        self.names: dict[int, str] = {}
        self._ids = count(FIRST_ID)

    def create(self, name: object) -> int:
        """Raises RefusedError 45056, 45157, 45158."""
        text = self._checked(name)
        if len(self.names) >= MOST_TAGS:
            raise RefusedError(45056)
        number = next(self._ids)
        self.names[number] = text
        return number

    def rename(self, number: object, name: object) -> None:
        """Raises RefusedError 45058, 45157, 45158, 45159."""
        known = self.require(number)
        if name != self.names[known]:
            self.names[known] = self._checked(name)

    def remove(self, number: object, people: Sequence[Person]) -> None:
        """Raises RefusedError 45058, 45159."""
        known = self.require(number)
        del self.names[known]
        for person in people:
            person.tags.pop(known, None)

    def require(self, number: object) -> int:
        """The id of a tag. Raises RefusedError 45058 (WeChat's own tag), 45159 (unknown)."""
        if isinstance(number, bool) or not isinstance(number, int):
            raise RefusedError(45159)
        if 0 <= number < FIRST_ID:
            raise RefusedError(45058)
        if number not in self.names:
            raise RefusedError(45159)
        return number

    def put_on(self, person: Person, number: int) -> None:
        """Raises RefusedError 45059 if the person has twenty others."""
        if number not in person.tags and len(person.tags) >= MOST_OF_A_PERSON:
            raise RefusedError(45059)
        person.tags[number] = None

    def _checked(self, name: object) -> str:
        if not isinstance(name, str) or not 1 <= len(name) <= LONGEST_NAME:
            raise RefusedError(45158)
        if name in self.names.values():
            raise RefusedError(45157)
        return name
