"""What happens to the registrations of a key that has ended.

The job stays, for others may read it; but its value is told to nobody, and its inputs are asked of
nobody, on the word of somebody who is not let in any more.
"""

from wechat_scheduler.storage.database import Script, Statement
from wechat_scheduler.storage.notices import cancel_notices
from wechat_scheduler.storage.registrations import LOCK_ACCOUNT, list_params
from wechat_scheduler.storage.rows import Vault, key_of

HEARD = """
    SELECT appid, kind, subject FROM registrations
    WHERE owner = $1 AND (notify <> '' OR params <> '') ORDER BY appid, kind, subject
"""
SILENCE = "UPDATE registrations SET notify = '', params = '' WHERE owner = $1"


def silence(vault: Vault, owner: str) -> Script[None]:
    """Take the addresses out of everything that `owner` registered."""
    heard = [key_of(row) for row in (yield Statement(HEARD, (owner,)))]
    for appid in dict.fromkeys(key.appid for key in heard):
        yield Statement(LOCK_ACCOUNT, (appid,))
    yield Statement(SILENCE, (owner,))
    for key in heard:
        yield from cancel_notices(key, [owner])
        yield from list_params(vault, key)
