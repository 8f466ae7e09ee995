"""The secret that signs our own links and stand-in tokens: created once, the same for all processes."""

import secrets
from base64 import b64decode, b64encode

from wechat_scheduler.storage.database import Database, Script, Statement
from wechat_scheduler.storage.rows import Vault
from wechat_scheduler.storage.unreadable import UNREADABLE, report

NAME = "links"
SIZE = 32

FIND = "SELECT value FROM link_secrets WHERE name = $1"
PUT = """
    INSERT INTO link_secrets (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING
"""
REMOVE = "DELETE FROM link_secrets WHERE name = $1 AND value = $2"


async def link_secret(database: Database, vault: Vault) -> bytes:
    """32 random bytes, created by the first call. If they cannot be read, new ones replace them, and all
    links and stand-ins that were given out end. Raises StorageError."""
    sealed = await database.write(lambda: _found_or_made(vault))
    try:
        return b64decode(vault.open(sealed, link_place(NAME)))
    except UNREADABLE as error:
        report("link_secrets", NAME, error)
    sealed = await database.write(lambda: _replaced(vault, sealed))
    return b64decode(vault.open(sealed, link_place(NAME)))


def link_place(name: str) -> str:
    """The context that the secret is sealed with."""
    return f"link_secret:{name}"


def _replaced(vault: Vault, unreadable: str) -> Script[str]:
    """Replace an unreadable secret. If several processes try, one wins."""
    yield Statement(REMOVE, (NAME, unreadable))
    return (yield from _found_or_made(vault))


def _found_or_made(vault: Vault) -> Script[str]:
    rows = yield Statement(FIND, (NAME,))
    if not rows:
        fresh = b64encode(secrets.token_bytes(SIZE)).decode()
        yield Statement(PUT, (NAME, vault.seal(fresh, link_place(NAME))))
        rows = yield Statement(FIND, (NAME,))
    found: str = rows[0]["value"]
    return found
