"""The tables as an operator sees them: the counterpart of `storage/views.py`."""

from tests.stores.tables import Interest, Job, Tables, notice_target
from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.credentials.views import JobView, Receiver


def view(tables: Tables, job: Job) -> JobView:
    credential = job.credential
    owners = sorted(tables.owners(job.key).items())
    return JobView(
        key=job.key,
        subject=job.subject,
        version=job.version,
        issued_at=credential.issued_at if credential else None,
        expires_at=credential.expires_at if credential else None,
        renew_at=credential.renew_at if credential else None,
        due_at=job.due_at,
        claimed=bool(job.claimed_by),
        attempts=job.attempts,
        calls=job.calls,
        waits_on=job.waits_on,
        fault=job.fault,
        contest=job.contest,
        receivers=tuple(_receiver(tables, job.key, *found) for found in owners),
    )


def _receiver(tables: Tables, key: JobKey, owner: str, interest: Interest) -> Receiver:
    notice = tables.notices.get(notice_target(key, owner))
    return Receiver(
        owner=owner,
        notify=interest.notify,
        params=interest.params,
        state=notice.state.value if notice else "",
        version=notice.version if notice else 0,
        attempts=notice.attempts if notice else 0,
        error=notice.error if notice else "",
    )
