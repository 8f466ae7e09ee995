"""`Admin` calls any route of the native API."""

from collections.abc import Mapping
from typing import Any, TypeVar

from wechat_scheduler.client.answers import note_of, result
from wechat_scheduler.client.client import Client

T = TypeVar("T")

LARGEST_PAGE = 1000


class Admin(Client):
    """A client for every route. Raises what Client raises.

    `note` is what the daemon remarked about the last call of `ask` that went well, or empty."""

    note = ""

    async def ask(
        self,
        form: type[T],
        method: str,
        *path: str | int,
        query: Mapping[str, object] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> T:
        """The result of a route, decoded into `form`. A parameter that is None is left out."""
        said = {name: str(value) for name, value in (query or {}).items() if value is not None}
        response = await self._driver.call(method, *map(str, path), query=said, body=body)
        found = result(response, form)
        self.note = note_of(response)
        return found

    async def first(
        self, most: int, form: type[list[T]], *path: str, query: Mapping[str, str]
    ) -> list[T]:
        """The first `most` entries of a list that comes in pages, each page of that `form`."""
        query = {**query, "limit": str(min(most, LARGEST_PAGE))}
        found: list[T] = []
        async for entry in self._each(form, *path, query=query):
            found.append(entry)
            if len(found) == most:
                break
        return found
