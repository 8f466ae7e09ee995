"""Encryption at rest: a sealed text can be read only with the key, and only in its own place.

A sealed text is `s1.<key id>.<base64url of nonce and ciphertext>`, by AES-256-GCM. Its context, the
name of its place, is authenticated with it: a text that was moved to another row does not open.
"""

import base64
import hashlib
import os
from collections.abc import Sequence
from functools import partial

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from wechat_scheduler.errors import SealingError
from wechat_scheduler.storage.database import Database, Row, Script, Statement, each

KEY_SIZE = 32
# 96 random bits: NIST SP 800-38D allows 2**32 seals with one key, a thousand a second for 50 days.
# At our rate that is centuries.
NONCE_SIZE = 12

_FORMAT = "s1"
_CHECKS = "SELECT name, value FROM meta WHERE name LIKE 'sealed-with:%'"
_SAVE_CHECK = "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING"
_DROP_CHECKS = "DELETE FROM meta WHERE name LIKE 'sealed-with:%' AND name <> $1"


class Sealer:
    """Seals with the first of its keys and opens with all of them. To rotate, add a key in front."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = {_id_of(key): AESGCM(key) for key in keys}
        self.key_id = _id_of(keys[0])
        self._newest = self._keys[self.key_id]

    def __repr__(self) -> str:
        return f"Sealer(key_ids={list(self._keys)})"

    @property
    def older_keys(self) -> tuple[str, ...]:
        """The ids of all keys but the newest."""
        return tuple(key_id for key_id in self._keys if key_id != self.key_id)

    def seal(self, text: str, *, context: str) -> str:
        """Encrypt `text`. The result differs each time."""
        nonce = os.urandom(NONCE_SIZE)
        sealed = nonce + self._newest.encrypt(nonce, text.encode(), context.encode())
        return f"{self.prefix}{base64.urlsafe_b64encode(sealed).decode()}"

    @property
    def prefix(self) -> str:
        """The beginning of all texts that are sealed with the newest key."""
        return f"{_FORMAT}.{self.key_id}."

    def is_newest(self, sealed: str) -> bool:
        return sealed.startswith(self.prefix)

    def reseal(self, sealed: str, *, context: str) -> str:
        """The same text, sealed with the newest key. Raises SealingError as `open` does."""
        return self.seal(self.open(sealed, context=context), context=context)

    def open(self, sealed: str, *, context: str) -> str:
        """Decrypt. Raises SealingError if the key is lost, or the text was changed or moved."""
        if not isinstance(sealed, str):  # SQLite keeps values of any type in any column
            raise SealingError("this is not a sealed text")
        version, _, rest = sealed.partition(".")
        key_id, _, body = rest.partition(".")
        if version != _FORMAT:
            raise SealingError("this is not a sealed text")
        if key_id not in self._keys:
            raise SealingError(
                f"the sealing key is lost: what was sealed with key {key_id} cannot be opened; "
                "put that key back into the key file"
            )
        try:
            raw = base64.b64decode(body, altchars=b"-_", validate=True)
            nonce, ciphertext = raw[:NONCE_SIZE], raw[NONCE_SIZE:]
            return self._keys[key_id].decrypt(nonce, ciphertext, context.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise SealingError("a sealed text was changed or moved and cannot be opened") from error


async def is_sealed(database: Database) -> bool:
    """Whether the database has sealed texts: then the key must exist, and none may be created."""
    return bool(await database.read(_CHECKS))


async def verify_sealing(database: Database, sealer: Sealer) -> None:
    """Raises SealingError, and changes nothing, if a key that sealed texts in the database is missing.

    Each such key has a sealed check in the database, and each check must open. Then stores the check of
    the newest key.
    """
    await database.write(partial(_verify, sealer))


async def check_sealing(database: Database, sealer: Sealer) -> None:
    """Like `verify_sealing`, but changes nothing."""
    for check in await database.read(_CHECKS):
        _open_check(sealer, check)


async def need_newest_only(database: Database, sealer: Sealer) -> None:
    """Drop the checks of the older keys. No text may be sealed with them any more."""
    await database.write(lambda: each([Statement(_DROP_CHECKS, (f"sealed-with:{sealer.key_id}",))]))


def _verify(sealer: Sealer) -> Script[None]:
    checks = yield Statement(_CHECKS)
    for check in checks:
        _open_check(sealer, check)
    name = f"sealed-with:{sealer.key_id}"
    if name not in {check["name"] for check in checks}:
        yield Statement(_SAVE_CHECK, (name, sealer.seal("wechat-scheduler", context=name)))


def _open_check(sealer: Sealer, check: Row) -> None:
    sealed, name = check["value"], check["name"]
    if not isinstance(sealed, str) or not sealed.startswith(f"{_FORMAT}."):
        raise SealingError(f"the row {name} of the table meta is damaged: restore a backup")
    sealer.open(sealed, context=name)


def _id_of(key: bytes) -> str:
    """Identifies the key in sealed texts, and reveals nothing about it."""
    return hashlib.sha256(b"wechat-scheduler sealing key\0" + key).hexdigest()[:8]
