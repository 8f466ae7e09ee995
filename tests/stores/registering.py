"""What registering does to the tables: the counterpart of `storage/registrations.py`."""

from dataclasses import replace
from datetime import datetime

from tests.stores.tables import Interest, Job, Tables
from wechat_scheduler.credentials.model import JobKey, Registration, Task
from wechat_scheduler.errors import ForbiddenError
from wechat_scheduler.reasons import Reason


def register(
    tables: Tables, registration: Registration, secret_kinds: frozenset[str], now: datetime
) -> list[JobKey]:
    changed = _account(tables, registration, secret_kinds, now)
    for task in registration.tasks:
        if _task(tables, task, registration.owner, now):
            changed[task.key] = None
    return list(changed)


def remove(tables: Tables, key: JobKey, owner: str) -> bool:
    withdrawn = [name for name in tables.owners(key) if owner in ("", name)]
    for name in withdrawn:
        del tables.interests[key, name]
        tables.cancel_notice(key, name)
    if withdrawn and not tables.owners(key):
        tables.earlier.pop(key, None)
        last = max(tables.jobs.pop(key).version, tables.last_versions.get(key.appid, 0))
        tables.last_versions[key.appid] = last
    return bool(withdrawn)


def _account(
    tables: Tables, registration: Registration, secret_kinds: frozenset[str], now: datetime
) -> dict[JobKey, None]:
    account = registration.account
    known = tables.accounts.setdefault(account.appid, account)
    account = replace(account, endpoint=account.endpoint or known.endpoint)
    if account != known and registration.limited:
        raise ForbiddenError("limited", reason=Reason.KEY_REACH, field="appsecret")
    if account == known:
        return {}
    tables.accounts[account.appid] = account
    changed = [
        job
        for job in tables.jobs.values()
        if job.key.appid == account.appid
        and (job.key.kind in secret_kinds or job.fault is not None)
    ]
    for job in changed:
        job.change(now)
    return {job.key: None for job in changed}


def _task(tables: Tables, task: Task, owner: str, now: datetime) -> bool:
    """Returns whether anything changed."""
    key = task.key
    if key not in tables.jobs:
        version = tables.last_versions.get(key.appid, 0)
        tables.jobs[key] = Job(key=key, subject=key.subject, version=version, due_at=now)
    job = tables.jobs[key]
    known = tables.interests.get((key, owner))
    wanted = Interest(notify=task.notify, params=task.params, changed_at=now)
    if known is not None and (known.notify, known.params) == (task.notify, task.params):
        return _wake_waiting(job, now)
    tables.interests[key, owner] = wanted
    if wanted.params and (known is None or known.params != wanted.params):
        job.change(now)
        job.asks_params = True
    if (known.notify if known else "") != wanted.notify:
        _announce(tables, job, owner, wanted.notify, now)
    return True


def _wake_waiting(job: Job, now: datetime) -> bool:
    """Registering again is how a business system says that the input it owed is there now."""
    if not job.waits_on:
        return False
    job.hasten(now)
    job.revision += 1
    return True


def _announce(tables: Tables, job: Job, owner: str, notify: str, now: datetime) -> None:
    if not notify:
        tables.cancel_notice(job.key, owner)
    elif job.credential is not None:
        tables.put_notice(job.key, owner, now)
