"""`access.once.StoredResponses` on a database."""

from collections.abc import Sequence
from datetime import datetime

from wechat_scheduler.access.once import KEPT, Once, RepeatedError, other_request
from wechat_scheduler.engine.batches import Batches
from wechat_scheduler.storage.database import (
    CHUNK,
    IDS,
    Database,
    Row,
    Script,
    Statement,
    insert_many,
    with_ids,
)
from wechat_scheduler.storage.rows import Vault, micros

# One that is older than `$6` is as good as forgotten.
NEW = "INSERT INTO answers (scope, key, digest, answer, created_at)"
PUT = f"""
    {NEW} VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (scope, key) DO UPDATE
    SET digest = excluded.digest, answer = excluded.answer, created_at = excluded.created_at
    WHERE answers.created_at < $6 RETURNING key
"""  # noqa: S608 - our own text
FIND_EACH = f"SELECT key, digest, answer FROM answers WHERE key IN ({IDS}) AND scope = ${CHUNK + 1}"  # noqa: S608 - our own text
FIND = "SELECT digest, answer FROM answers WHERE scope = $1 AND key = $2"


class SqlStoredResponses:
    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault
        self._finding: Batches[str, str, Row | None] = Batches(self._rows)

    async def find(self, scope: str, key: str, digest: str) -> str | None:
        row = await self._finding.do(scope, key)
        return None if row is None else _opened(self._vault, row, (scope, key), digest)

    async def put(self, response: Once, at: datetime) -> None:
        await self._database.write(lambda: put_response(self._vault, response, at))

    async def _rows(self, scope: str, keys: Sequence[str]) -> Sequence[Row | None]:
        """The row of each key, if there is one."""
        found: dict[str, Row] = {}
        for statement in with_ids(FIND_EACH, keys, scope):
            rows = await self._database.read(statement.sql, *statement.params)
            found |= {row["key"]: row for row in rows}
        return [found.get(key) for key in keys]


def put_response(vault: Vault, once: Once | None, now: datetime) -> Script[None]:
    """For `yield from` in the script that does the request. Raises as `once.Once` says."""
    if once is None:
        return
    name = (once.scope, once.key)
    values = (once.digest, _sealed(vault, once), micros(now), micros(now - KEPT))
    if (yield Statement(PUT, (*name, *values))):
        return
    (row,) = yield Statement(FIND, name)
    raise RepeatedError(_opened(vault, row, name, once.digest))


def put_new_responses(vault: Vault, new: Sequence[tuple[Once, datetime]]) -> Script[None]:
    """Like `put_response`, for several requests at once. If one of them was done before, all fail, with the
    driver's own error."""
    if new:
        rows = [
            (once.scope, once.key, once.digest, _sealed(vault, once), micros(now))
            for once, now in new
        ]
        yield insert_many(NEW, rows)


def _sealed(vault: Vault, once: Once) -> str:
    return vault.seal(once.response, response_place(once.scope, once.key))


def response_place(scope: str, key: str) -> str:
    """The context that a response is sealed with."""
    return f"answer:{scope}/{key}"


def _opened(vault: Vault, row: Row, name: tuple[str, str], digest: str) -> str:
    if row["digest"] != digest:
        raise other_request(name[1])
    return vault.open(row["answer"], response_place(*name))
