"""What an operator asks of the daemon beyond what a business app does: keys and the audit."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from wechat_scheduler.client.client import Client
from wechat_scheduler.client.wire import result

T = TypeVar("T")


class ApiKey(msgspec.Struct, frozen=True, kw_only=True):
    """An API key without its text. `state` is active, expired or revoked; empty lists limit nothing."""

    id: str
    name: str
    scopes: tuple[str, ...]
    appids: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    state: str
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None


class NewApiKey(ApiKey, frozen=True, kw_only=True):
    """A key that was just made: nobody is shown its text and its signing secret again."""

    key: str
    signing_secret: str

    def __repr__(self) -> str:
        return f"NewApiKey(id={self.id!r}, name={self.name!r})"


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody did, or in the hour from `at` on read, `count` times."""

    id: int
    at: datetime
    key: str
    address: str = ""
    action: str
    object: str
    count: int = 1


class Admin(Client):
    """A client with an admin key. Raises what Client raises."""

    async def ask(
        self,
        form: type[T],
        method: str,
        *path: str | int,
        query: Mapping[str, str] | None = None,
        body: object = None,
    ) -> T:
        """The result of any route of the native API, of that form."""
        sent: dict[str, Any] = {"query": query, "body": body}
        return result(await self._call(method, *map(str, path), **sent), form)

    async def create_key(self, wish: Mapping[str, Any]) -> NewApiKey:
        """`wish` is the body of `POST /v1/keys`."""
        return result(await self._call("POST", "v1", "keys", body=wish), NewApiKey)

    async def keys(self) -> list[ApiKey]:
        """Every key there ever was, the oldest first."""
        return result(await self._call("GET", "v1", "keys"), list[ApiKey])

    async def revoke_key(self, key_id: str) -> None:
        """From now on it opens nothing."""
        result(await self._call("DELETE", "v1", "keys", key_id), str)

    async def audit(
        self, *, key: str = "", action: str = "", name: str = "", limit: int
    ) -> list[AuditEntry]:
        """The newest `limit` entries that fit, the newest first; empty filters match all, and
        `name` is an object or what it lies below."""
        query = {"key": key, "action": action, "object": name}
        found: list[AuditEntry] = []
        while len(found) < limit:
            query["limit"] = str(min(limit - len(found), 1000))
            page = await self._call("GET", "v1", "audit", query=query)
            found += result(page, list[AuditEntry])
            if "next" not in page.links:
                break
            query["before"] = page.links["next"].query["before"]
        return found
