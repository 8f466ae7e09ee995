"""What was answered to requests that came with an Idempotency-Key, for as long as `once.KEPT`."""

from datetime import datetime

from wechat_scheduler.access.once import KEPT, AnsweredError, Once, other_request
from wechat_scheduler.storage.database import Database, Row, Script, Statement
from wechat_scheduler.storage.rows import Vault, micros

# Each new answer takes two old ones along: the table shrinks, and nobody waits for that.
FORGET = """
    DELETE FROM answers WHERE (scope, key) IN (
        SELECT scope, key FROM answers WHERE created_at < $1 ORDER BY created_at LIMIT 2
    )
"""
PUT = """
    INSERT INTO answers (scope, key, digest, answer, created_at) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (scope, key) DO NOTHING RETURNING key
"""
FIND = "SELECT digest, answer FROM answers WHERE scope = $1 AND key = $2"


def answered(vault: Vault, once: Once | None, now: datetime) -> Script[None]:
    """For `yield from` in the script that does what is asked. Raises as `once.Once` says."""
    if once is None:
        return
    yield Statement(FORGET, (micros(now - KEPT),))
    name = (once.scope, once.key)
    sealed = vault.seal(once.answer, answer_place(*name))
    if (yield Statement(PUT, (*name, once.digest, sealed, micros(now)))):
        return
    (row,) = yield Statement(FIND, name)
    raise AnsweredError(_opened(vault, row, name, once.digest))


class SqlAnswers:
    """Looks before anything is done; `answered` decides."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    async def find(self, scope: str, key: str, digest: str) -> str | None:
        """The answer that was given; None if there was none. Raises ConflictError if the key came
        with another request."""
        rows = await self._database.read(FIND, scope, key)
        return _opened(self._vault, rows[0], (scope, key), digest) if rows else None


def answer_place(scope: str, key: str) -> str:
    """What an answer is sealed to."""
    return f"answer:{scope}/{key}"


def _opened(vault: Vault, row: Row, name: tuple[str, str], digest: str) -> str:
    if row["digest"] != digest:
        raise other_request(name[1])
    return vault.open(row["answer"], answer_place(*name))
