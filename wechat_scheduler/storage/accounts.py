"""The accounts with their secrets, for whoever has to ask WeChat about each of them."""

from collections.abc import Sequence

from wechat_scheduler.credentials.model import Account
from wechat_scheduler.storage.database import Database
from wechat_scheduler.storage.rows import Vault

ALL = "SELECT appid, secret, endpoint FROM accounts ORDER BY appid"


async def all_accounts(database: Database, vault: Vault) -> Sequence[Account]:
    """Raises SealingError for one that cannot be opened."""
    return [
        Account(
            appid=row["appid"],
            secret=vault.open(row["secret"], f"account:{row['appid']}"),
            endpoint=row["endpoint"],
        )
        for row in await database.read(ALL)
    ]
