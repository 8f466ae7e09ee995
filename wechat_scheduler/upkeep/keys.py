"""API keys and the audit while no daemon runs, directly on the database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from wechat_scheduler.access.audit import Auditor
from wechat_scheduler.access.keyring import Keyring
from wechat_scheduler.access.model import ADMIN, Key, Scope, digest
from wechat_scheduler.config.settings import Config
from wechat_scheduler.config.state_folder import read_admin_key, state_folder
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.storage.access.audit import AuditedDatabase, SqlAudit
from wechat_scheduler.storage.access.keys import SqlKeys
from wechat_scheduler.storage.rows import Vault
from wechat_scheduler.storage.sealing import verify_sealing
from wechat_scheduler.storage.sealing_keys import load_or_create_keys
from wechat_scheduler.upkeep.opened import opened


@dataclass(frozen=True, slots=True, kw_only=True)
class Offline:
    """`admin` is the key of the user who may read the state folder."""

    keyring: Keyring
    auditor: Auditor
    admin: Key


@asynccontextmanager
async def opened_keys(config: Config, *, clock: Clock) -> AsyncIterator[Offline]:
    """Raises InUseError while a daemon holds the state folder, and StartError."""
    with state_folder(config.state.dir, database=config.state.database) as folder:
        async with opened(config.state, clock=clock) as database:
            sealer = load_or_create_keys(config.state.sealing_key_file, create=False)
            await verify_sealing(database, sealer)
            keyring = Keyring(SqlKeys(AuditedDatabase(database), Vault(sealer)), clock=clock)
            await keyring.load()
            yield Offline(
                keyring=keyring,
                auditor=Auditor(SqlAudit(database), clock=clock),
                admin=_admin(read_admin_key(folder), clock),
            )


def _admin(text: str, clock: Clock) -> Key:
    return Key(
        id=ADMIN,
        name="the state folder's",
        hash=digest(text) if text else "",
        scopes=frozenset((Scope.ADMIN,)),
        created_at=clock.now(),
    )
