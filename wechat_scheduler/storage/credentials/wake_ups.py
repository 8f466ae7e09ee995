"""Wakes the jobs that wait for a value or an input which has come, a part at a time: there may be 10,000. The
same is done for an account's failed jobs, once its secret or endpoint has changed.

The first part is woken in the transaction that stores what came. The place where it ends is stored with it,
and each claim of jobs wakes a further part: after a crash too, none is forgotten. Each job is woken once, so
that one which fails and waits again has to be woken by something new.
"""

from collections.abc import Sequence
from typing import Final

from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.storage.database import Row, Script, Statement
from wechat_scheduler.storage.rows import key_of

# Jobs that one transaction wakes.
PART: Final = 250

ASLEEP: Final = """
    SELECT kind, subject FROM jobs
    WHERE appid = $1 AND waits_on = $2 AND waits_on <> '' AND (kind, subject) > ($3, $4)
    ORDER BY kind, subject LIMIT $5
"""
# A claimed job keeps its claim; jobs.PARENT_READY and jobs.PUSH_READY make it due after its attempt. An
# input that came lets the job start again; the value of a parent may be the one that it failed with.
WAKE: Final = """
    UPDATE jobs SET due_at = $1, waits_on = '',
        attempts = CASE WHEN waits_on LIKE '%/%' THEN attempts ELSE 0 END
    WHERE appid = $2 AND waits_on = $3 AND waits_on <> '' AND claimed_by IS NULL
        AND (kind, subject) > ($4, $5) AND (kind, subject) <= ($6, $7)
    RETURNING appid, kind, subject
"""
# What the failed jobs of an account wait for. Of these, a part is of all jobs, failed or not.
ACCOUNT: Final = "account"
JOBS: Final = """
    SELECT kind, subject FROM jobs WHERE appid = $1 AND (kind, subject) > ($2, $3)
    ORDER BY kind, subject LIMIT $4
"""
# A claimed job keeps its claim, and is due at its end. The new revision makes it due again when the
# outcome is stored.
BEGIN_ANEW: Final = """
    UPDATE jobs SET due_at = CASE WHEN claimed_by IS NULL THEN $1 ELSE due_at END,
        revision = revision + 1, waits_on = '', attempts = 0
    WHERE appid = $2 AND fault IS NOT NULL
        AND (kind, subject) > ($3, $4) AND (kind, subject) <= ($5, $6)
    RETURNING appid, kind, subject
"""
PUT: Final = """
    INSERT INTO wakings (appid, waits_on, kind, subject, since) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (appid, waits_on) DO UPDATE
    SET kind = excluded.kind, subject = excluded.subject, since = excluded.since
"""
# It is taken before its name is read, so that a damaged name comes no second time.
TAKE: Final = """
    WITH next AS MATERIALIZED (
        SELECT appid, waits_on FROM wakings ORDER BY since LIMIT 1 {skip_locked}
    )
    DELETE FROM wakings WHERE (appid, waits_on) IN (SELECT appid, waits_on FROM next)
    RETURNING appid, waits_on, kind, subject
"""
DONE: Final = "DELETE FROM wakings WHERE appid = $1 AND waits_on = $2"
# Before the first of all keys.
_FIRST: Final = ("", "")


def wake(appid: str, waits_on: str, now: int) -> Script[Sequence[JobKey]]:
    """For `yield from`: wake the first part of the jobs that wait for `waits_on`, and remember the rest.
    Returns those that were woken."""
    return (yield from _wake_part(appid, waits_on, _FIRST, now))


def wake_further(now: int, skip_locked: str) -> Script[None]:
    """For `yield from`: wake the next part, if any is left."""
    for row in (yield Statement(TAKE.format(skip_locked=skip_locked))):
        after = (row["kind"], row["subject"])
        yield from _wake_part(row["appid"], row["waits_on"], after, now)


def _wake_part(
    appid: str, waits_on: str, after: tuple[str, str], now: int
) -> Script[Sequence[JobKey]]:
    which = (appid,) if waits_on == ACCOUNT else (appid, waits_on)
    select, change = (JOBS, BEGIN_ANEW) if waits_on == ACCOUNT else (ASLEEP, WAKE)
    asleep = yield Statement(select, (*which, *after, PART))
    woken: Sequence[Row] = ()
    if asleep:
        last = (asleep[-1]["kind"], asleep[-1]["subject"])
        woken = yield Statement(change, (now, *which, *after, *last))
    if len(asleep) == PART:
        yield Statement(PUT, (appid, waits_on, *last, now))
    elif asleep:  # if none is asleep, what is left from before finds that out by itself
        yield Statement(DONE, (appid, waits_on))
    return [key_of(row) for row in woken]
