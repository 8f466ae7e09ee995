"""Very many rows that are due, of one account, platform or app: a statement makes them all."""

from datetime import datetime

from wechat_scheduler.storage.database import Script, Statement
from wechat_scheduler.storage.rows import micros

# The account, the platform, and the app that they are of.
APPID, APP_ID = "wx1", 1

_NUMBERS = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)"

# By table. `$1` is how many, `$2` when they are due.
FLOODS = {
    "jobs": f"""
        INSERT INTO jobs (appid, kind, subject, params, version, due_at)
        {_NUMBERS} SELECT '{APPID}', 'authorizer_access_token', 'wxa' || i, '', 0, $2 FROM n
    """,
    "events": f"""
        INSERT INTO events (id, appid, name, authorizer, code, code_until, happened_at,
            received_at, state, due_at)
        {_NUMBERS} SELECT 'f' || i, '{APPID}', 'authorized', 'wxa' || i, '', $2, $2, $2,
            'pending', $2 FROM n
    """,
    "reminders": f"""
        INSERT INTO reminders (id, app_id, owner, source, title, detail, url, start, rule, zone,
            defer, due_at, state, late, grace, way, priority, topics, slot, mark, fired, missed,
            revision, created_at)
        {_NUMBERS} SELECT 'f' || i, {APP_ID}, '', 'test', '浇花', '', '', $2, '',
            'Asia/Shanghai', 0, $2, 'active', 'once', 0, 'auto', 2, '[]', 0, '', 0, 0, 0, $2 FROM n
    """,
    "deliveries": f"""
        INSERT INTO deliveries (id, channel, target, state, due_at, created_at, app_id, message_id,
            priority)
        {_NUMBERS} SELECT i, 'person', 'UID_' || i, 'pending', $2, $2, {APP_ID}, {APP_ID}, 1 FROM n
    """,
}
# What the rows belong to.
_PARENTS = {
    "jobs": f"INSERT INTO accounts VALUES ('{APPID}', '', 'token', 0)",
    "deliveries": f"INSERT INTO messages (id, app_id, content, priority, created_at) "
    f"""VALUES ({APP_ID}, {APP_ID}, '{{"title":"hi"}}', 1, 0)""",
}


def flood(table: str, number: int, due: datetime) -> Script[None]:
    """Makes that many rows, due at that time."""
    if table in _PARENTS:
        yield Statement(_PARENTS[table])
    yield Statement(FLOODS[table], (number, micros(due)))
