"""Reads jobs as operators see them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Unpack

from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.credentials.views import JobPage, JobView, Receiver
from wechat_scheduler.storage.checks import checked
from wechat_scheduler.storage.credentials.account_names import name_in
from wechat_scheduler.storage.credentials.job_filters import conditions
from wechat_scheduler.storage.credentials.notifications import (
    NOTIFICATION_CHANNEL,
    collapse_key,
    notification_target,
)
from wechat_scheduler.storage.database import (
    IDS,
    Database,
    GivenRows,
    Row,
    Statement,
    with_ids,
)
from wechat_scheduler.storage.rows import (
    Vault,
    contest_of,
    fault_of,
    key_of,
    record,
    registration_place,
)
from wechat_scheduler.storage.unreadable import readable

JOBS = """
    SELECT appid, kind, subject, version, issued_at, expires_at, renew_at, due_at, claimed_by,
        attempts, calls, waits_on, fault, contest, suspect,
        (SELECT name FROM account_names n WHERE n.appid = jobs.appid) AS name,
        (SELECT name FROM account_names n WHERE n.appid = jobs.subject) AS subject_name
    FROM jobs WHERE {where} ORDER BY appid, kind, subject LIMIT {limit}
"""
AFTER = "(appid, kind, subject) > ({}, {}, {})"
REGISTRATIONS = GivenRows(
    columns={"appid": "TEXT", "kind": "TEXT", "job": "TEXT"},
    sql="""
        SELECT appid, kind, subject, owner, notify, params, job FROM registrations
        WHERE (appid, kind, job) IN (SELECT appid, kind, job FROM given)
        ORDER BY appid, kind, job, owner, subject
    """,
)
DELIVERIES = f"""
    SELECT collapse_key, state, version, attempts, error FROM deliveries
    WHERE collapse_key IN ({IDS})
"""  # noqa: S608 - our own text


async def read_jobs(
    database: Database, vault: Vault, **wanted: Unpack[JobPage]
) -> Sequence[JobView]:
    """A page of jobs; `credentials.ports.Store.view` has the contract."""
    where = conditions(wanted)
    if after := wanted.get("after"):
        where.add(AFTER, *after)
    sql = JOBS.format(where=where, limit=where.place(wanted["limit"]))
    rows = await database.read(sql, *where.values)
    if not rows:
        return []
    receivers: dict[JobKey, list[Receiver]] = {key_of(row): [] for row in rows}
    registrations = await _read_all(database, REGISTRATIONS.statements([*receivers]))
    sent = await _sent(database, registrations)
    for row in registrations:
        job = key_of(row)._replace(subject=row["job"])
        receivers[job].append(_receiver(vault, row, sent.get(_notification_key(row))))

    def view(row: Row) -> JobView:
        return _job_view(row, receivers[key_of(row)])

    return readable(rows, view, table="jobs", key="appid")


def _job_view(row: Row, receivers: Sequence[Receiver]) -> JobView:
    return record(
        JobView,
        row,
        key=JobKey(*(checked(name, str, value) for name, value in key_of(row)._asdict().items())),
        name=name_in(row, "name"),
        subject_name=name_in(row, "subject_name"),
        claimed=row["claimed_by"] is not None,
        suspect=row["suspect"] == 1,
        fault=fault_of(row),
        contest=contest_of(row),
        receivers=tuple(receivers),
    )


async def _sent(database: Database, registrations: Sequence[Row]) -> Mapping[str, Row]:
    """The outbox rows of the receivers' last notifications, by `_notification_key`."""
    keys = [_notification_key(row) for row in registrations]
    return {
        row["collapse_key"]: row for row in await _read_all(database, with_ids(DELIVERIES, keys))
    }


async def _read_all(database: Database, statements: Iterable[Statement]) -> list[Row]:
    return [row for one in statements for row in await database.read(one.sql, *one.params)]


def _notification_key(row: Row) -> str:
    """The collapse key of the owner's notification."""
    return collapse_key(NOTIFICATION_CHANNEL, notification_target(key_of(row), row["owner"]))


def _receiver(vault: Vault, row: Row, last: Row | None) -> Receiver:
    """`last` is the outbox row of `_notification_key`, if there is one."""
    key, owner = key_of(row), row["owner"]
    place, unreadable = registration_place(key, owner), ""
    notify = vault.open_or(row["notify"], place, otherwise=None)
    params = vault.open_or(row["params"], place, otherwise=None)
    if notify is None or params is None:
        unreadable = "its stored addresses cannot be read: let it register again"
    return Receiver(
        owner=owner,
        notify=notify or "",
        params=params or "",
        state=last["state"] if last else "",
        version=last["version"] if last else 0,
        attempts=last["attempts"] if last else 0,
        error=unreadable or (last["error"] if last else ""),
    )
