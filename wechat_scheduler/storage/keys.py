"""`access.KeyStore` on a database."""

from collections.abc import Sequence
from datetime import datetime

from wechat_scheduler.access import ADMIN, Key, Scope, new_signing_secret
from wechat_scheduler.storage.database import Database, Script, Statement
from wechat_scheduler.storage.rows import Vault, micros

ALL = "SELECT hash, id, name FROM api_keys ORDER BY created_at, hash"
FIND = "SELECT hash FROM api_keys WHERE hash = $1"
# Callbacks go on being signed with the secret that their receivers know.
SIGNING_SECRET = "SELECT signing_secret FROM api_keys WHERE id = $1 LIMIT 1"  # noqa: S105 - SQL
PUT = """
    INSERT INTO api_keys (hash, id, name, signing_secret, created_at) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (hash) DO NOTHING
"""


class SqlKeys:
    """Keys, by the hash of their text."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    async def all_keys(self) -> Sequence[Key]:
        rows = await self._database.read(ALL)
        scopes = frozenset((Scope.ADMIN,))
        return [
            Key(id=row["id"], name=row["name"], hash=row["hash"], scopes=scopes) for row in rows
        ]

    async def put_admin(self, digest: str, *, now: datetime) -> bool:
        return await self._database.write(lambda: self._put_admin(digest, micros(now)))

    def _put_admin(self, digest: str, now: int) -> Script[bool]:
        if (yield Statement(FIND, (digest,))):
            return False
        known = yield Statement(SIGNING_SECRET, (ADMIN,))
        sealed = (
            known[0]["signing_secret"]
            if known
            else self._vault.seal(new_signing_secret(), f"api_key:{ADMIN}")
        )
        yield Statement(PUT, (digest, ADMIN, "made at the first start", sealed, now))
        return True
