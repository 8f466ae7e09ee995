"""Counts what became of what reminders sent last."""

from collections.abc import Mapping, Sequence
from typing import Final

from wechat_scheduler.delivery.model import DeliveryState
from wechat_scheduler.delivery.views import MOST_COUNTED
from wechat_scheduler.storage.database import Database
from wechat_scheduler.storage.delivery.conditions import OF_REMINDER
from wechat_scheduler.storage.delivery.messages import OF_RECEIVERS, count_of
from wechat_scheduler.storage.unreadable import readable

# The reminders of one statement. PostgreSQL plans each of them: 64 took it 10 ms, most for the places that stay empty
# where one reminder is shown, and a plan of such a cost is compiled first on a large database.
AT_ONCE: Final = 8
# The messages of a reminder are made at the moment that it keeps as its last.
_OF_ONE: Final = (
    "SELECT * FROM (SELECT m.reminder, d.state, d.claimed_by FROM messages m JOIN deliveries d ON d.message_id = m.id"
    " AND {2}"
    " WHERE {3} AND m.created_at >= (SELECT last_at FROM reminders WHERE id = ${0})"
    " LIMIT {1}) few{0}"
)
_EACH: Final = [
    _OF_ONE.format(place, MOST_COUNTED, OF_RECEIVERS, OF_REMINDER.format(f"${place}"))
    for place in range(1, AT_ONCE + 1)
]
LAST_SENT: Final = f"""
    SELECT reminder, CASE WHEN state = 'pending' AND claimed_by IS NOT NULL THEN 'sending' ELSE state END AS standing,
        count(*) AS many
    FROM ({" UNION ALL ".join(_EACH)}) chosen
    GROUP BY 1, 2
"""  # noqa: S608 - our own text


async def read_last_sent(
    database: Database, reminders: Sequence[str]
) -> Mapping[str, Mapping[DeliveryState, int]]:
    found: dict[str, dict[DeliveryState, int]] = {}
    for start in range(0, len(reminders), AT_ONCE):
        chunk = reminders[start : start + AT_ONCE]
        # One that is named twice would be counted twice.
        names = (*chunk, *[""] * (AT_ONCE - len(chunk)))
        for row in await database.read(LAST_SENT, *names):
            counts = readable([row], count_of, table="deliveries", key="reminder")
            found.setdefault(row["reminder"], {}).update(counts)
    return found
