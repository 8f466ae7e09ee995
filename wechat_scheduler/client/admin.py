"""`Admin` calls any route of the native API."""

from collections.abc import AsyncIterator, Mapping
from typing import Any, TypeVar

from wechat_scheduler.client.client import Client
from wechat_scheduler.client.wire import result

T = TypeVar("T")


class Admin(Client):
    """A client for every route. Raises what Client raises."""

    async def ask(
        self,
        form: type[T],
        method: str,
        *path: str | int,
        query: Mapping[str, object] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> T:
        """The result of a route, decoded into `form`. A parameter that is None is left out."""
        said = _said(query or {})
        return result(await self._call(method, *map(str, path), query=said, body=body), form)

    def each(
        self, form: type[list[T]], *path: str | int, query: Mapping[str, object]
    ) -> AsyncIterator[T]:
        """The entries of a list that comes in pages, each page of that `form`."""
        return self._each(form, *map(str, path), query=_said(query))


def _said(query: Mapping[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in query.items() if value is not None}
