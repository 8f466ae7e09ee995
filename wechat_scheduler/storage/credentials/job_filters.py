"""Turns a `JobFilter` into conditions."""

from datetime import datetime
from typing import Final

from wechat_scheduler.credentials.policy import CONTEST_SHOWN
from wechat_scheduler.credentials.views import ANY_ERROR, JobFilter
from wechat_scheduler.storage.conditions import SqlConditions, containing
from wechat_scheduler.storage.credentials.job_states import REACTION, contested_since, state_at
from wechat_scheduler.storage.rows import micros

# It has an index.
FAILED: Final = "fault IS NOT NULL"
OWNED: Final = """
    EXISTS (SELECT 1 FROM registrations r
        WHERE r.appid = jobs.appid AND r.kind = jobs.kind AND r.job = jobs.subject AND r.owner = {})
"""
# A name is sought once for the statement, and not for each job.
NAMED: Final = "(SELECT appid FROM account_names WHERE lower(name) LIKE {} ESCAPE '!')"
SOUGHT: Final = f"""
    (lower(substr(appid, 1, {{}})) = {{}} OR lower(substr(subject, 1, {{}})) = {{}}
        OR appid IN {NAMED} OR subject IN {NAMED})
"""


def conditions(wanted: JobFilter) -> SqlConditions:
    """All but the page."""
    where = SqlConditions()
    for column in ("appid", "kind", "subject"):
        if value := wanted.get(column):
            where.add(f"{column} = {{}}", value)
    if wanted.get("own"):
        where.add("subject = ''")
    if owner := wanted.get("owner"):
        where.add(OWNED, owner)
    if text := wanted.get("search"):
        begins = (len(text), text.lower())
        where.add(SOUGHT, *begins, *begins, containing(text), containing(text))
    if (errcode := wanted.get("errcode")) is not None:
        where.add(FAILED)
        where.add("fault LIKE {}", f'%"errcode":{errcode},%')
    _add_state(where, wanted)
    return where


def _add_state(where: SqlConditions, wanted: JobFilter) -> None:
    if state := wanted.get("state"):
        where.add(f"{state_at('{0}')} = {{1}}", micros(wanted["now"]), state)
    if error := wanted.get("error"):
        where.add(FAILED)
        if error != ANY_ERROR:
            where.add(f"{REACTION} = {{}}", error)
    if wanted.get("contested"):
        where.add(contested_since("{}"), shown_since(wanted["now"]))


def shown_since(now: datetime) -> str:
    """For `contested_since`: contests that are older are not shown."""
    return (now - CONTEST_SHOWN).strftime("%Y-%m-%dT%H:%M:%S")
