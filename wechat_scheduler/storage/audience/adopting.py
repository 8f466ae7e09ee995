"""Gives reminders of an account that had no app to its app, in parts: the bot may have made very many."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from wechat_scheduler.delivery.sending_app import ACCOUNT
from wechat_scheduler.storage.database import Database, GivenRows, Script, each

# Reminders that one transaction gives to a new app: some milliseconds of the writer's time.
PART: Final = 200

# Looks through those of all accounts, so it stays out of the transaction.
WAITING: Final = f"""
    SELECT r.id FROM reminders r JOIN subscribers s ON s.uid = r.owner
    WHERE r.app_id = {ACCOUNT} AND s.appid = $1 LIMIT $2
"""  # noqa: S608 - our own number
# Each with the oldest app of its account that writes to its owner. Those of accounts without an app, which may be very
# many, are left out at once.
HOMELESS: Final = f"""
    SELECT id, app FROM (
        SELECT r.id, (
            SELECT a.id FROM apps a WHERE a.appid = s.appid AND NOT EXISTS (
                SELECT 1 FROM subscriptions x WHERE x.uid = r.owner AND x.app_id = a.id
                    AND x.topic_id = 0 AND (x.blocked = 1 OR x.muted = 1)
            ) ORDER BY a.created_at, a.id LIMIT 1
        ) AS app
        FROM reminders r JOIN subscribers s ON s.uid = r.owner
        WHERE r.app_id = {ACCOUNT} AND s.appid IN (SELECT appid FROM apps)
    ) found WHERE app IS NOT NULL LIMIT $1
"""  # noqa: S608 - our own number
GIVE: Final = GivenRows(
    columns={"id": "TEXT", "app": "BIGINT"},
    sql=f"""
    UPDATE reminders SET app_id = given.app FROM given
    WHERE reminders.id = given.id AND app_id = {ACCOUNT}
        AND EXISTS (SELECT 1 FROM apps WHERE apps.id = given.app)
    """,  # noqa: S608 - our own number
)


async def waiting(database: Database, appid: str) -> Sequence[str]:
    """The first part of the reminders of the account that wait for an app."""
    return [row["id"] for row in await database.read(WAITING, appid, PART)]


def adopted(app_id: int, reminders: Sequence[str]) -> Script[None]:
    """For `yield from`, where an app is made: gives it those reminders that still wait for one."""
    yield from each(GIVE.statements([(reminder, app_id) for reminder in reminders]))


async def adopt(database: Database, before: datetime, limit: int) -> int:
    """Gives up to that many reminders without an app to one of their account, and returns how many they were."""
    rows = [(row["id"], row["app"]) for row in await database.read(HOMELESS, limit)]
    if rows:
        await database.write(lambda: each(GIVE.statements(rows)))
    return len(rows)
