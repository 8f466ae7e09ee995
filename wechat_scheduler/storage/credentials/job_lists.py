"""`credentials.job_lists.ListedJobs` on a database."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Unpack

from wechat_scheduler.credentials.policy import Freshness
from wechat_scheduler.credentials.views import (
    AccountPage,
    AccountView,
    JobCounts,
    JobFilter,
    JobPage,
    JobView,
)
from wechat_scheduler.reasons import Reaction
from wechat_scheduler.storage.credentials import account_names
from wechat_scheduler.storage.credentials.job_filters import conditions, shown_since
from wechat_scheduler.storage.credentials.job_states import (
    REACTION,
    contested_since,
    is_simply_fresh,
    state_at,
)
from wechat_scheduler.storage.credentials.job_views import read_jobs
from wechat_scheduler.storage.credentials.registrations import LOCK_ACCOUNT
from wechat_scheduler.storage.database import IDS, Database, Script, Statement, rows_of, with_ids
from wechat_scheduler.storage.rows import Vault, micros

# All, and those that are not simply fresh, by what they are: to group thousands that are takes most of the time.
COUNTS = """
    SELECT '' AS state, '' AS reaction, false AS contested, count(*) AS jobs FROM jobs WHERE {where}
    UNION ALL
    SELECT {state} AS state, {reaction} AS reaction, {contested} AS contested, count(*) AS jobs
    FROM jobs WHERE NOT {simply_fresh} AND {where} GROUP BY 1, 2, 3
"""
FORGET = """
    UPDATE accounts SET secret = '', endpoint = '' WHERE appid = $1
        AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.appid = accounts.appid)
"""
ENDPOINTS = f"SELECT appid, endpoint FROM accounts WHERE appid IN ({IDS})"  # noqa: S608 - our own text


class SqlListedJobs:
    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    async def view(self, **wanted: Unpack[JobPage]) -> Sequence[JobView]:
        return await read_jobs(self._database, self._vault, **wanted)

    async def count(self, **wanted: Unpack[JobFilter]) -> JobCounts:
        now, where = wanted["now"], conditions(wanted)
        instant = where.place(micros(now))
        sql = COUNTS.format(
            state=state_at(instant),
            reaction=REACTION,
            contested=contested_since(where.place(shown_since(now))),
            where=str(where),
            simply_fresh=is_simply_fresh(instant),
        )
        states, errors, contested = Counter[str](), Counter[Reaction](), 0
        total, *others = await self._database.read(sql, *where.values)
        for row in others:
            states[row["state"]] += row["jobs"]
            if row["reaction"]:
                errors[Reaction(row["reaction"])] += row["jobs"]
            contested += row["jobs"] if row["contested"] else 0
        if simply_fresh := total["jobs"] - states.total():
            states[Freshness.FRESH] += simply_fresh
        return JobCounts(states=states, errors=errors, contested=contested)

    async def endpoints(self, appids: Collection[str]) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for statement in with_ids(ENDPOINTS, list(appids)):
            rows = await self._database.read(statement.sql, *statement.params)
            found |= {row["appid"]: row["endpoint"] for row in rows}
        return found

    async def accounts(self, **wanted: Unpack[AccountPage]) -> Sequence[AccountView]:
        return await account_names.read_accounts(self._database, **wanted)

    async def names(self, appids: Collection[str]) -> Mapping[str, str]:
        return await account_names.read_names(self._database, appids)

    async def name_account(self, appid: str, name: str) -> bool:
        return await self._database.write(lambda: account_names.put_name(appid, name))

    async def name_unnamed(self, appid: str, name: str) -> bool:
        return bool(
            await self._database.write(
                lambda: rows_of(Statement(account_names.PUT_FIRST, (appid, name)))
            )
        )

    async def forget_account(self, appid: str) -> None:
        await self._database.write(lambda: _forget(appid))


def _forget(appid: str) -> Script[None]:
    """Locks first: a registration may be under way, whose jobs the next statement then sees."""
    yield Statement(LOCK_ACCOUNT, (appid,))
    yield Statement(FORGET, (appid,))
    yield Statement(account_names.FORGET, (appid,))
