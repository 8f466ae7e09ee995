"""Accounts with what people call them: those that are registered, and those that authorised a platform."""

from collections.abc import Collection, Mapping, Sequence
from itertools import chain, islice, repeat
from typing import Final, Unpack

from wechat_scheduler.credentials.model import AUTHORIZER_TOKEN
from wechat_scheduler.credentials.views import AccountPage, AccountView
from wechat_scheduler.storage.checks import checked
from wechat_scheduler.storage.conditions import SqlConditions
from wechat_scheduler.storage.database import IDS, Database, Row, Script, Statement, with_ids
from wechat_scheduler.storage.unreadable import readable

# Each is found by an index. An account has jobs of its own, a platform those for others, and others those of platforms.
HAS_OWN: Final = "EXISTS (SELECT 1 FROM jobs k WHERE k.appid = {column} AND k.kind IN ({kinds}))"
IS_SUBJECT: Final = """
    EXISTS (SELECT 1 FROM jobs k WHERE k.subject <> '' AND k.subject = {column} AND k.kind IN ({kinds}))
"""
# The conditions of a page hold in both halves, so that each is read by its index, and no further than the page.
ACCOUNTS: Final = f"""
    SELECT each.appid, n.name,
        CASE WHEN EXISTS (SELECT 1 FROM jobs j WHERE j.appid = each.appid)
            OR EXISTS (SELECT 1 FROM jobs j WHERE j.subject <> '' AND j.subject = each.appid)
            THEN 1 ELSE 0 END AS kept
    FROM (
        SELECT appid FROM (
            SELECT a.appid FROM accounts a WHERE a.secret <> '' AND {{own}} ORDER BY a.appid LIMIT {{limit}}
        ) registered
        UNION
        SELECT appid FROM (
            SELECT DISTINCT j.subject AS appid FROM jobs j
            WHERE j.subject <> '' AND j.kind = '{AUTHORIZER_TOKEN}' AND {{theirs}} ORDER BY j.subject LIMIT {{limit}}
        ) authorizers
    ) each LEFT JOIN account_names n ON n.appid = each.appid
    ORDER BY each.appid LIMIT {{limit}}
"""  # noqa: S608 - our own text
NAMES: Final = f"SELECT appid, name FROM account_names WHERE appid IN ({IDS})"  # noqa: S608 - our own text
PUT: Final = """
    INSERT INTO account_names (appid, name) VALUES ($1, $2)
    ON CONFLICT (appid) DO UPDATE SET name = excluded.name WHERE account_names.name <> excluded.name
    RETURNING appid
"""
PUT_FIRST: Final = """
    INSERT INTO account_names (appid, name) VALUES ($1, $2) ON CONFLICT (appid) DO NOTHING RETURNING appid
"""
DROP: Final = "DELETE FROM account_names WHERE appid = $1 RETURNING appid"
# A name goes with the account's secret, and with the last credential that is kept for it.
FORGET: Final = """
    DELETE FROM account_names WHERE appid = $1
        AND NOT EXISTS (SELECT 1 FROM accounts a WHERE a.appid = $1 AND a.secret <> '')
        AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.subject <> '' AND j.subject = $1)
"""


async def read_accounts(database: Database, **wanted: Unpack[AccountPage]) -> Sequence[AccountView]:
    """A page of accounts, in the order of their appids."""
    where = SqlConditions()
    own = _condition(where, "a.appid", wanted, f"({HAS_OWN} OR {IS_SUBJECT})")
    theirs = _condition(where, "j.subject", wanted, IS_SUBJECT)
    sql = ACCOUNTS.format(own=own, theirs=theirs, limit=where.place(wanted["limit"]))
    rows = await database.read(sql, *where.values)
    return readable(rows, _view, table="accounts", key="appid")


async def read_names(database: Database, appids: Collection[str]) -> Mapping[str, str]:
    """What people call those that have a name."""
    found: dict[str, str] = {}
    for statement in with_ids(NAMES, list(appids)):
        rows = await database.read(statement.sql, *statement.params)
        found |= {row["appid"]: name for row in rows if (name := name_in(row, "name"))}
    return found


def put_name(appid: str, name: str) -> Script[bool]:
    """Returns whether it had another. An empty name removes it."""
    statement = Statement(PUT, (appid, name)) if name else Statement(DROP, (appid,))
    return bool((yield statement))


def name_in(row: Row, column: str) -> str:
    """Empty if there is none, or if it is damaged."""
    return row[column] if isinstance(row[column], str) else ""


def _condition(where: SqlConditions, column: str, wanted: AccountPage, has_kinds: str) -> str:
    """With the values of its places among those of `where`. `has_kinds` holds if the account has a job of the `kinds`."""
    parts = [f"{column} > {where.place(wanted.get('after') or '')}"]
    if (appids := wanted.get("appids")) is not None:
        inside = ", ".join(map(where.place, _padded(appids)))
        parts.append(f"{column} IN ({inside})" if inside else "1 = 0")
    if kinds := wanted.get("kinds"):
        inside = ", ".join(map(where.place, _padded(kinds)))
        parts.append(has_kinds.format(column=column, kinds=inside))
    return " AND ".join(parts)


def _padded(appids: Sequence[str]) -> Sequence[str]:
    """The first is repeated up to a power of two, so that few texts are prepared."""
    if not appids:
        return appids
    size = 1 << (len(appids) - 1).bit_length()
    return [*islice(chain(appids, repeat(appids[0])), size)]


def _view(row: Row) -> AccountView:
    return AccountView(
        appid=checked("appid", str, row["appid"]),
        name=name_in(row, "name"),
        kept=bool(row["kept"]),
    )
