"""Registrations, claims and outcomes, as short as the tests need them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from tests.clock import START
from wechat_scheduler.credentials.model import (
    Account,
    ClaimedJob,
    Credential,
    Failed,
    Fault,
    JobKey,
    Registration,
    Repeated,
    Rotated,
    Spent,
    Task,
)
from wechat_scheduler.credentials.ports import Store
from wechat_scheduler.credentials.views import JobView
from wechat_scheduler.reasons import Reaction

APPID = "wx1"
TOKEN = JobKey(APPID, "access_token")
TICKET = JobKey(APPID, "jsapi_ticket")
USER = JobKey(APPID, "oauth2_access_token", "o1")
SECRET_KINDS = frozenset(("access_token", "component_access_token"))

NOW = START
SECOND = timedelta(seconds=1)
LEASE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
LIFE = 2 * HOUR

ONE_CALL = Spent(calls=1)


def registration(
    *tasks: Task | JobKey, owner: str = "erp", secret: str = "secret", endpoint: str = ""
) -> Registration:
    return Registration(
        account=Account(appid=APPID, secret=secret, endpoint=endpoint),
        owner=owner,
        tasks=tuple(Task(key=task) if isinstance(task, JobKey) else task for task in tasks),
    )


def task(key: JobKey = TOKEN, *, notify: str = "", params: str = "") -> Task:
    return Task(key=key, notify=notify, params=params)


def credential(
    value: str, *, version: int = 1, at: datetime = NOW, refresh_token: str = ""
) -> Credential:
    return Credential(
        value=value,
        answer=f'{{"access_token":"{value}","expires_in":7200}}',
        refresh_token=refresh_token,
        version=version,
        issued_at=at,
        expires_at=at + LIFE,
        renew_at=at + LIFE * 0.9,
    )


def rotated(
    job: ClaimedJob,
    value: str = "value",
    *,
    at: datetime = NOW,
    subject: str = "",
    refresh_token: str = "",
    spent: Spent = ONE_CALL,
) -> Rotated:
    issued = credential(value, version=job.version + 1, at=at, refresh_token=refresh_token)
    return Rotated(
        job=job,
        credential=issued,
        subject=subject or job.key.subject,
        longest=LIFE,
        due_at=issued.renew_at,
        spent=spent,
    )


def repeated(job: ClaimedJob, *, at: datetime = NOW, spent: Spent = ONE_CALL) -> Repeated:
    assert job.credential is not None
    return Repeated(
        job=job,
        credential=credential(job.credential.value, version=job.version, at=at),
        longest=LIFE,
        due_at=at + HOUR,
        spent=spent,
    )


def failed(
    job: ClaimedJob,
    reaction: Reaction = Reaction.TRANSIENT,
    *,
    at: datetime = NOW,
    waits_on: str = "",
    seen: int = 0,
    spent: Spent = ONE_CALL,
) -> Failed:
    return Failed(
        job=job,
        fault=Fault(at=at, reaction=reaction, message="it did not work", errcode=-1, rid="rid"),
        due_at=at + HOUR,
        spent=spent,
        waits_on=waits_on,
        seen=seen,
    )


async def claim(store: Store, *, at: datetime = NOW) -> ClaimedJob:
    """The one job that is due."""
    (job,) = await store.claim(now=at, limit=10, lease=LEASE)
    return job


async def issued(
    store: Store, *tasks: Task | JobKey, at: datetime = NOW, value: str = "value"
) -> None:
    """Register tasks and give each a value. They are due again 0.9 lives later."""
    await store.register(registration(*tasks), now=at)
    for job in await store.claim(now=at, limit=10, lease=LEASE):
        await store.save(rotated(job, value, at=at), now=at)


async def look(store: Store, key: JobKey = TOKEN) -> JobView:
    """That job as an operator sees it."""
    views: Sequence[JobView] = await store.view(limit=100)
    (found,) = [view for view in views if view.key == key]
    return found
