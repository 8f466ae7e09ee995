"""How pushes fare, as an operator sees it."""

from collections.abc import Sequence

from wechat_scheduler.pushes.model import CallbackView, Secrets, Waiting
from wechat_scheduler.storage.database import Row
from wechat_scheduler.storage.rows import instant, instant_or_none

CALLBACKS = """
    SELECT c.appid, c.secrets, c.changed_at, w.tried_at, w.note,
        (SELECT max(received_at) FROM pushes p WHERE p.appid = c.appid AND p.name = $1) AS ticket_at,
        EXISTS (SELECT 1 FROM jobs j WHERE j.appid = c.appid AND j.kind = $2) AS platform,
        EXISTS (SELECT 1 FROM jobs j WHERE j.appid = c.appid AND j.kind = $3)
            OR EXISTS (SELECT 1 FROM apps a WHERE a.appid = c.appid) AS account,
        EXISTS (SELECT 1 FROM subscribers s WHERE s.appid = c.appid AND s.heard_at > 0) AS heard
    FROM callbacks c LEFT JOIN events w ON w.appid = c.appid AND w.name = 'watch'
    ORDER BY c.appid
"""
COUNTS = """
    SELECT appid, name, count(*) AS count FROM events WHERE name <> 'watch'
    GROUP BY appid, name ORDER BY name
"""
WAITING = """
    SELECT appid, name, authorizer, received_at, due_at, note FROM events
    WHERE state = 'pending' AND name <> 'watch' ORDER BY received_at
"""


def callback_view(
    row: Row, secrets: Secrets, *, counts: Sequence[Row], waiting: Sequence[Row]
) -> CallbackView:
    """`counts` and `waiting` are those of all appids."""
    appid = row["appid"]
    return CallbackView(
        appid=appid,
        changed_at=instant(row["changed_at"]),
        former=len(secrets.tokens) > 1 or len(secrets.aes_keys) > 1,
        platform=bool(row["platform"]),
        account=bool(row["account"]),
        heard=bool(row["heard"]),
        ticket_at=instant_or_none(row["ticket_at"]),
        asked_at=instant_or_none(row["tried_at"]),
        answer=row["note"] or "",
        events={found["name"]: found["count"] for found in counts if found["appid"] == appid},
        waiting=tuple(_waiting(found) for found in waiting if found["appid"] == appid),
    )


def _waiting(row: Row) -> Waiting:
    return Waiting(
        name=row["name"],
        authorizer=row["authorizer"],
        received_at=instant(row["received_at"]),
        due_at=instant(row["due_at"]),
        note=row["note"],
    )
