"""The statements of sending look at what they need, however many rows there are beside it."""

import re

import pytest

from tests.stores.mailing import Mail
from wechat_scheduler.delivery.views import DeliveryFilter
from wechat_scheduler.storage import (
    deliveries,
    due_reminders,
    messages,
    outbox,
    receipts,
    reminders,
)
from wechat_scheduler.storage.cancelling import OF_PERSON

STATEMENTS = {
    "claim": outbox.CLAIM.format(skip_locked=""),
    "told": outbox._TOLD,
    "receivers": outbox._RECEIVERS,
    "release": outbox.RELEASE,
    "next due": outbox.NEXT_DUE,
    "settle": outbox.SETTLE,
    "attempt": outbox.ATTEMPT,
    "receipt": receipts.APPLY,
    "forget receipts": receipts.FORGET,
    "cancel": OF_PERSON,
    "cancel many": deliveries.cancelling(DeliveryFilter(app_id=1), "no", 1, limit=9).sql,
    "counts": messages.COUNTS,
    "old": messages.OLD,
    "forget attempts": messages.FORGET[0],
    "forget deliveries": messages.FORGET[1],
    "due reminders": due_reminders.CLAIM.format(skip_locked=""),
    "moved on": due_reminders.MOVE_ON,
    "next reminder": due_reminders.NEXT_DUE,
    "of a person": reminders.OLDEST_FIRST,
    "replaced slots": reminders.REMOVE_SLOTS,
    "stopped": reminders.STOP,
}


@pytest.mark.parametrize("mail", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", STATEMENTS)
async def test_no_statement_reads_a_whole_table(mail: Mail, name: str) -> None:
    sql = re.sub(r"\$\d+", "'1'", STATEMENTS[name])

    rows = await mail.database.read(f"EXPLAIN QUERY PLAN {sql}")

    steps = [row["detail"] for row in rows]
    whole = [
        step
        for step in steps
        if re.match(
            r"SCAN (?!due|each|chosen|\(|CONSTANT|deliveries USING INDEX deliveries_due$)", step
        )
    ]
    assert steps
    assert whole == []
    assert not [step for step in steps if step.endswith(("_listed (app_id=?)", "_app (app_id=?)"))]
