"""Refresh tokens that were replaced, kept in case WeChat refuses the newest."""

from collections.abc import Sequence

from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.storage.database import Database, Script, Statement
from wechat_scheduler.storage.rows import Vault

KEPT = 3

# Two that are replaced in one instant differ by a microsecond.
PUT = """
    INSERT INTO refresh_tokens (appid, kind, subject, replaced_at, value)
    SELECT $1, $2, $3, coalesce(
        (SELECT max(replaced_at) + 1 FROM refresh_tokens
         WHERE appid = $1 AND kind = $2 AND subject = $3 AND replaced_at >= $4),
        CAST($4 AS BIGINT)), $5
"""
FORGET_OLD = """
    DELETE FROM refresh_tokens
    WHERE appid = $1 AND kind = $2 AND subject = $3 AND replaced_at NOT IN (
        SELECT replaced_at FROM refresh_tokens WHERE appid = $1 AND kind = $2 AND subject = $3
        ORDER BY replaced_at DESC LIMIT $4
    )
"""
EARLIER = """
    SELECT value, replaced_at FROM refresh_tokens WHERE appid = $1 AND kind = $2 AND subject = $3
    ORDER BY replaced_at DESC
"""


def keep(vault: Vault, key: JobKey, replaced: str, now: int) -> Script[None]:
    """For `yield from`: keep a token that a newer one has replaced."""
    yield Statement(PUT, (*key, now, vault.seal(replaced, place(key))))
    yield Statement(FORGET_OLD, (*key, KEPT))


async def earlier(database: Database, vault: Vault, key: JobKey) -> Sequence[str]:
    """The tokens that a job had before its present one, newest first."""
    rows = await database.read(EARLIER, *key)
    return [
        value for row in rows if (value := vault.open_or(row["value"], place(key), otherwise=""))
    ]


def place(key: JobKey) -> str:
    """The context that they are sealed with."""
    return f"refresh_token:{key}"
