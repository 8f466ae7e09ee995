"""The scripts behind `register` and `remove`."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeAlias

from wechat_scheduler.credentials.model import Account, JobKey, Registration, Task
from wechat_scheduler.errors import ForbiddenError, SealingError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.storage.credentials import account_names, wake_ups
from wechat_scheduler.storage.credentials.feed_entries import put_removed
from wechat_scheduler.storage.credentials.notifications import (
    cancel_notification,
    cancel_notifications,
    put_notification,
)
from wechat_scheduler.storage.database import Database, Row, Script, Statement, each
from wechat_scheduler.storage.rows import Vault, key_of, micros, record, registration_place
from wechat_scheduler.storage.unreadable import DamagedRowError, readable

ALL_ACCOUNTS = "SELECT appid, secret, endpoint FROM accounts ORDER BY appid"
MAKE_ACCOUNT = """
    INSERT INTO accounts (appid, secret, endpoint, last_version) VALUES ($1, $2, $3, 0)
    ON CONFLICT (appid) DO NOTHING RETURNING appid
"""
# Changes nothing, but locks the row: registrations of one account are stored one after the other.
LOCK_ACCOUNT = """
    UPDATE accounts SET endpoint = endpoint WHERE appid = $1
    RETURNING secret, endpoint, last_version
"""
CHANGE_ACCOUNT = "UPDATE accounts SET secret = $2, endpoint = $3 WHERE appid = $1"
# As `wake_ups.BEGIN_ANEW`.
ACCOUNT_CHANGED = """
    UPDATE jobs SET due_at = CASE WHEN claimed_by IS NULL THEN $1 ELSE due_at END,
        revision = revision + 1, waits_on = '', attempts = 0
    WHERE appid = $2 AND kind = $3
    RETURNING appid, kind, subject
"""
MAKE_JOB = """
    INSERT INTO jobs (appid, kind, subject, params, version, due_at)
    VALUES ($1, $2, $3, '', $4, $5) ON CONFLICT (appid, kind, subject) DO NOTHING RETURNING appid
"""
FIND_REGISTRATION = """
    SELECT notify, params, job FROM registrations
    WHERE appid = $1 AND kind = $2 AND subject = $3 AND owner = $4
"""
PUT_REGISTRATION = """
    INSERT INTO registrations (appid, kind, subject, owner, notify, params, changed_at, job)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    ON CONFLICT (appid, kind, subject, owner) DO UPDATE
    SET notify = excluded.notify, params = excluded.params, changed_at = excluded.changed_at
"""
ALL_PARAMS = """
    SELECT appid, kind, subject, owner, params FROM registrations
    WHERE appid = $1 AND kind = $2 AND job = $3 AND params <> ''
    ORDER BY changed_at DESC, owner, subject
"""
SET_PARAMS = "UPDATE jobs SET params = $4 WHERE appid = $1 AND kind = $2 AND subject = $3"
PARAMS_CHANGED = """
    UPDATE jobs SET due_at = CASE WHEN claimed_by IS NULL THEN $1 ELSE due_at END,
        revision = revision + 1, waits_on = '', attempts = 0, asks_params = 1
    WHERE appid = $2 AND kind = $3 AND subject = $4
"""
# A business system registers again when an input that was missing is available.
WAKE_WAITING = """
    UPDATE jobs SET due_at = CASE WHEN claimed_by IS NULL THEN $1 ELSE due_at END,
        revision = revision + 1
    WHERE appid = $2 AND kind = $3 AND subject = $4 AND waits_on <> ''
    RETURNING appid
"""
HAS_CREDENTIAL = """
    SELECT appid FROM jobs
    WHERE appid = $1 AND kind = $2 AND subject = $3 AND credential IS NOT NULL
"""
_WITHDRAW = """
    DELETE FROM registrations
    WHERE appid = $1 AND kind = $2 AND job = $3 AND (CAST($4 AS TEXT) = '' OR owner = $4){given}
    RETURNING appid, kind, subject, owner
"""
WITHDRAW_UNNAMED = _WITHDRAW.format(given=" AND subject = ''")
WITHDRAW_ALL = _WITHDRAW.format(given="")
WANTED = "SELECT owner FROM registrations WHERE appid = $1 AND kind = $2 AND job = $3 LIMIT 1"
# The jobs of registrations without a subject: those of an owner, or of all.
UNNAMED = """
    SELECT DISTINCT appid, kind, job AS subject FROM registrations
    WHERE appid = $1 AND kind = $2 AND subject = '' AND (CAST($3 AS TEXT) = '' OR owner = $3)
    ORDER BY job DESC LIMIT 2
"""
DELETE_JOB = """
    DELETE FROM jobs WHERE appid = $1 AND kind = $2 AND subject = $3 RETURNING version
"""
REMEMBER_VERSION = """
    UPDATE accounts SET last_version = $2 WHERE appid = $1 AND last_version < $2
"""


# `notify` and `params` as they are stored, None if they cannot be read.
_Addresses: TypeAlias = tuple[str | None, str | None]


class Registrar:
    """Stores registrations. `secret_kinds` are the kinds whose calls send the account's secret."""

    def __init__(self, vault: Vault, *, secret_kinds: frozenset[str]) -> None:
        self._vault = vault
        self._secret_kinds = secret_kinds

    def register(self, registration: Registration, now: datetime) -> Script[Sequence[JobKey]]:
        changed, last_version = yield from self._account(registration, micros(now))
        for task in registration.tasks:
            known = yield Statement(FIND_REGISTRATION, (*task.key, registration.owner))
            key = yield from _job_of(task, known)
            yield Statement(MAKE_JOB, (*key, last_version, micros(now)))
            before = self._addresses(task.key, registration.owner, known)
            if (yield from self._task(task, key, registration.owner, before, micros(now))):
                changed[key] = None
        return list(changed)

    def remove(self, key: JobKey, owner: str, now: datetime, *, unnamed: bool) -> Script[bool]:
        """With `unnamed`, what was registered without a subject, if there is any."""
        yield Statement(LOCK_ACCOUNT, (key.appid,))
        withdrawn = (yield Statement(WITHDRAW_UNNAMED, (*key, owner))) if unnamed else ()
        withdrawn = withdrawn or (yield Statement(WITHDRAW_ALL, (*key, owner)))
        yield from cancel_notifications(withdrawn)
        if withdrawn and (yield Statement(WANTED, key)):
            yield from list_params(self._vault, key)
            return True
        if not withdrawn and owner:
            return False
        gone = yield Statement(DELETE_JOB, key)
        for row in gone:
            yield Statement(REMEMBER_VERSION, (key.appid, row["version"]))
            yield from each(put_removed(key, now))
            if key.subject:
                yield Statement(account_names.FORGET, (key.subject,))
        return bool(gone)

    def _account(
        self, registration: Registration, now: int
    ) -> Script[tuple[dict[JobKey, None], int]]:
        """Store the account. Returns the first jobs that a changed or verified secret makes due, and the last version."""
        account, limited = registration.account, registration.limited
        place = f"account:{account.appid}"
        sealed = self._vault.seal(account.secret, place)
        if (yield Statement(MAKE_ACCOUNT, (account.appid, sealed, account.endpoint))):
            return {}, 0
        known = (yield Statement(LOCK_ACCOUNT, (account.appid,)))[0]
        endpoint = account.endpoint or known["endpoint"]
        same = self._vault.open_or(known["secret"], place, otherwise="") == account.secret
        if same and endpoint == known["endpoint"]:
            verified = registration.verified and not limited
            woken = (
                (yield from wake_ups.wake(account.appid, wake_ups.ACCOUNT, now)) if verified else ()
            )
            return dict.fromkeys(woken), known["last_version"]
        if limited:
            raise ForbiddenError(
                "this API key is limited to types, and may not change what the whole account uses",
                reason=Reason.KEY_REACH,
                field="access_token_endpoint" if same else "appsecret",
            )
        yield Statement(CHANGE_ACCOUNT, (account.appid, sealed, endpoint))
        changed = yield from wake_ups.wake(account.appid, wake_ups.ACCOUNT, now)
        for kind in sorted(self._secret_kinds):
            rows = yield Statement(ACCOUNT_CHANGED, (now, account.appid, kind))
            changed = [*changed, *map(key_of, rows)]
        return dict.fromkeys(changed), known["last_version"]

    def _task(
        self, task: Task, key: JobKey, owner: str, before: _Addresses, now: int
    ) -> Script[bool]:
        """`key` is that of its job. Returns whether anything changed."""
        notify, params = before
        if (notify, params) == (task.notify, task.params):
            return bool((yield Statement(WAKE_WAITING, (now, *key))))
        place = registration_place(task.key, owner)
        sealed = (self._vault.seal(task.notify, place), self._vault.seal(task.params, place))
        yield Statement(PUT_REGISTRATION, (*task.key, owner, *sealed, now, key.subject))
        if params != task.params:
            yield from list_params(self._vault, key)
            if task.params:
                yield Statement(PARAMS_CHANGED, (now, *key))
        if (notify or "") != task.notify:
            yield from self._announce(task, key, owner, now)
        return True

    def _addresses(self, key: JobKey, owner: str, known: Sequence[Row]) -> _Addresses:
        if not known:
            return None, None
        place, row = registration_place(key, owner), known[0]
        return (
            self._vault.open_or(row["notify"], place, otherwise=None),
            self._vault.open_or(row["params"], place, otherwise=None),
        )

    def _announce(self, task: Task, key: JobKey, owner: str, now: int) -> Script[None]:
        """Notify a new receiver of the current value; cancel the notification of one that left."""
        if not task.notify:
            yield cancel_notification(task.key, owner)
        elif (yield Statement(HAS_CREDENTIAL, key)):
            yield from put_notification(task.key, owner, now)


def _job_of(task: Task, known: Sequence[Row]) -> Script[JobKey]:
    """The job of a registration. One without a subject but with `params` has a job of its own
    until those lead to an account or user; one without both shares the job of others, if that is clear."""
    if known:
        return task.key._replace(subject=known[0]["job"])
    if task.key.subject or task.params:
        return task.key
    others = yield Statement(UNNAMED, (*task.key[:2], ""))
    return key_of(others[0]) if len(others) == 1 else task.key


async def all_accounts(database: Database, vault: Vault) -> Sequence[Account]:
    """By appid, without those whose secret cannot be read."""

    def account(row: Row) -> Account:
        return record(Account, row, secret=vault.open(row["secret"], f"account:{row['appid']}"))

    return readable(await database.read(ALL_ACCOUNTS), account, table="accounts", key="appid")


def list_params(vault: Vault, key: JobKey) -> Script[None]:
    """Copy the addresses of `params` into the job, so that a claim needs no join. One that cannot be read
    is left out."""
    rows = yield Statement(ALL_PARAMS, key)
    urls = [url for row in rows if (url := params_of(vault, row))]
    yield Statement(SET_PARAMS, (*key, vault.seal_urls(key, list(dict.fromkeys(urls)))))


def params_of(vault: Vault, row: Row) -> str:
    """The address of a registration; empty if it cannot be read."""
    place = registration_place(key_of(row), row["owner"])
    return vault.open_or(row["params"], place, otherwise="")


def notify_of(vault: Vault, key: JobKey, owner: str, sealed: str) -> str:
    """Raises DamagedRowError if the address cannot be read."""
    try:
        return vault.open(sealed, registration_place(key, owner))
    except SealingError as error:
        raise DamagedRowError(
            f"the stored address of notify cannot be read: {error}; register {key} again with its notify",
            reason=Reason.ROW_DAMAGED,
        ) from error
