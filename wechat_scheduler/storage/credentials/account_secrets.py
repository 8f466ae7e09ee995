"""`gateway.callers.AccountSecrets` on a database."""

from wechat_scheduler.storage.database import Database
from wechat_scheduler.storage.rows import Vault

FIND = "SELECT secret FROM accounts WHERE appid = $1"


class SqlAccountSecrets:
    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    async def secret(self, appid: str) -> str | None:
        for row in await self._database.read(FIND, appid):
            if not row["secret"]:  # the account was removed
                return None
            return self._vault.open_or(row["secret"], f"account:{appid}", otherwise="")
        return None
