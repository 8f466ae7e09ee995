"""`gateway.users.KeptUsers` on a database: finds users by their refresh tokens, of which hashes are kept."""

from wechat_scheduler.access.model import digest
from wechat_scheduler.credentials.model import Credential, JobKey
from wechat_scheduler.gateway.users import OAUTH2_TOKEN, KeptUser
from wechat_scheduler.storage.credentials.job_values import SqlJobValues
from wechat_scheduler.storage.database import Database, Script, Statement
from wechat_scheduler.storage.rows import Vault

PUT = """
    INSERT INTO refresh_digests (digest, appid, subject, seen_at) VALUES ($1, $2, $3, $4)
    ON CONFLICT (digest) DO UPDATE
    SET appid = excluded.appid, subject = excluded.subject, seen_at = excluded.seen_at
"""
FIND = "SELECT appid, subject FROM refresh_digests WHERE digest = $1"


def remember(key: JobKey, credential: Credential, now: int) -> Script[None]:
    """For `yield from` in a script that stores the credential of a job."""
    if key.kind == OAUTH2_TOKEN and credential.refresh_token:
        values = (digest(credential.refresh_token), key.appid, key.subject, now)
        yield Statement(PUT, values)


class SqlKeptUsers:
    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._values = SqlJobValues(database, vault)

    async def job_of(self, appid: str, refresh_token: str) -> JobKey | None:
        for row in await self._database.read(FIND, digest(refresh_token)):
            if row["appid"] == appid:
                return JobKey(appid, OAUTH2_TOKEN, row["subject"])
        return None

    async def user(self, key: JobKey) -> KeptUser | None:
        snapshot = await self._values.load(key)
        credential = snapshot.credential if snapshot else None
        if credential is None:
            return None
        return KeptUser(credential.value, credential.refresh_token, credential.answer)
