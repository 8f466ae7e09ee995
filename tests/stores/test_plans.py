"""The statements find their rows by index, however large the tables are."""

import re
from typing import Any

import pytest

from tests.stores.memory import memory_database
from tests.stores.samples import NOW
from wechat_scheduler.audience.filters import SubscriberFilter
from wechat_scheduler.audience.topic_store import TopicFilter
from wechat_scheduler.delivery.model import DeliveryState, Priority
from wechat_scheduler.delivery.views import DeliveryFilter
from wechat_scheduler.pushes.history import PushFilter, PushKind
from wechat_scheduler.storage import lanes
from wechat_scheduler.storage.alerts import alerts, facts
from wechat_scheduler.storage.audience import (
    adopting,
    aliases,
    joined,
    names,
    removals,
    scenes,
    subscribers,
    subscriptions,
    topics,
    use_counts,
)
from wechat_scheduler.storage.audience.cancelling import CANCEL, DOUBT_COUNTS, FORGIVE, WAITING
from wechat_scheduler.storage.claims import UNCLAIMED
from wechat_scheduler.storage.credentials import census, job_claims, jobs, stored_values, wake_ups
from wechat_scheduler.storage.delivery import (
    deliveries,
    delivery_lists,
    last_sent,
    messages,
    outbox,
    outcomes,
)
from wechat_scheduler.storage.delivery.delivery_lanes import QUEUES, UNCLAIMED_QUEUES
from wechat_scheduler.storage.pushes import events, history
from wechat_scheduler.storage.reminders import (
    conversations,
    due_reminders,
    reminder_lists,
    reminders,
)
from wechat_scheduler.storage.upkeep import retention, unclaimable

UNCLAIMED_NORMAL = UNCLAIMED_QUEUES[Priority.NORMAL]
QUEUED = (jobs.DUE, events.DUE, due_reminders.DUE)
LANED = (events.DUE, due_reminders.DUE)
LISTED = {
    "each": reminder_lists.EACH,
    "of an app": reminder_lists.of_app(1),
    "of a person": reminder_lists.of_person("UID_a"),
}
PEOPLE: tuple[dict[str, Any], ...] = (
    {},
    {"appid": "wx1"},
    {"openid": "o1"},
    {"within": ("wx1", "wx2")},
    {"called": "amy"},
    {"called": "amy", "appid": "wx1", "apps": (1, 2)},
)
STATEMENTS = {
    **{f"claim of {due.table}": due.claims("") for due in QUEUED},
    "fair claim of jobs": jobs.DUE.claims("", order="due_at DESC"),
    **{f"next of {due.table}": due.next_due for due in (*QUEUED, outbox.DUE)},
    **{f"due {table.table}": lanes.due(table) for table in LANED},
    **{f"lanes of {table.table}": lanes.waiting(table, table.queue) for table in LANED},
    **{
        f"claim of lanes of {table.table}": lanes.taking(table, table.queue, lanes.TAKEN)
        for table in LANED
    },
    "lanes of deliveries": lanes.waiting(outbox.DUE, QUEUES[Priority.NORMAL]),
    "claim of deliveries": lanes.taking(outbox.DUE, QUEUES[Priority.NORMAL], lanes.TAKEN),
    "claim of jobs after an outage": jobs.DUE.claims("", only=UNCLAIMED),
    "next of jobs after an outage": job_claims.EARLIEST_UNCLAIMED,
    "lanes of deliveries after an outage": lanes.waiting(outbox.DUE, UNCLAIMED_NORMAL),
    "claim of deliveries after an outage": lanes.taking(outbox.DUE, UNCLAIMED_NORMAL, lanes.TAKEN),
    "next of deliveries after an outage": outbox.EARLIEST_UNCLAIMED,
    "told": outbox.TOLD,
    "receivers": outbox.RECEIVERS,
    **{f"release of {due.table}": due.release for due in (*QUEUED, outbox.DUE)},
    **{f"unclaimable {each.table.table} {each.ids}": each.sql for each in unclaimable.EACH},
    "jobs due at no time": unclaimable.JOBS,
    "values of jobs": stored_values.SAVE.text(4),
    "parents that jobs wait for": stored_values.AWAITED.text(4),
    "settle": outcomes.SETTLE.text(4),
    "attempt": outcomes.ATTEMPTS.text(4),
    "depart": outcomes.DEPART.text(4),
    "receipts": deliveries.TAKE_RECEIPTS,
    "receipt": deliveries.APPLY_RECEIPT,
    "waiting": WAITING,
    "cancel": CANCEL,
    "cancel many": deliveries.cancelling(DeliveryFilter(app_id=1), "no", 1, limit=9).sql,
    "counts": messages.COUNTS,
    "own names": aliases.names_sql(8),
    "openids": aliases.openids_sql(8),
    "codes of an app": scenes.OF_APP,
    "names of people": names.PEOPLE.text(4),
    "names of topics": names.TOPICS,
    "sent last": last_sent.LAST_SENT,
    "old": retention.OLD,
    "old deliveries": retention.DELIVERIES,
    "forget attempts": retention.FORGET_ATTEMPTS,
    "forget deliveries": retention.FORGET_DELIVERIES,
    "forget message": retention.FORGET_MESSAGE,
    "ended reminders": retention.ENDED_REMINDERS,
    "forget codes": retention.FORGET_CODES,
    **{
        f"forget {rows.table}": rows.sql("")
        for rows in vars(retention).values()
        if isinstance(rows, retention.EndedRows)
    },
    "moved on": due_reminders.MOVE_ON.text(4),
    "of a person": reminders.OLDEST_FIRST,
    **{f"due, {name}": whose.sql(reminder_lists.DUE, 2) for name, whose in LISTED.items()},
    **{
        f"recurring, {name}": whose.sql(reminder_lists.RECURRING, 1)
        for name, whose in LISTED.items()
    },
    **{f"found, {name}": whose.sql(reminder_lists.FOUND, 4) for name, whose in LISTED.items()},
    **{
        f"sent next, {name}": whose.sql(reminder_lists.SENT_NEXT, 4)
        for name, whose in LISTED.items()
    },
    "end of those sent next": reminder_lists.of_app(1).sql(reminder_lists.SENT_NEXT_END, 2),
    "end of a search": reminder_lists.of_app(1).sql(reminder_lists.SEARCH_END, 1),
    "replaced slots": reminders.REMOVE_SLOTS,
    "stopped": reminders.STOP,
    "who joined": joined.PEOPLE,
    "how many joined": joined.NUMBERS,
    "few joined": joined.FEW,
    "the first who joined": joined.FIRST,
    "a page of who joined": joined.PAGE,
    "named": joined.IS_NAMED,
    "forgettable": joined.TAKE,
    "forget some": joined.FORGET_SOME,
    "reached": messages.REACH,
    "cancel of a removed app": removals.CANCEL,
    "subscriptions of a removed topic": removals.SUBSCRIPTIONS_OF_TOPIC,
    "forgive": FORGIVE,
    "doubt": DOUBT_COUNTS,
    "conversation": conversations.FIND,
    "asleep": wake_ups.ASLEEP,
    "wake": wake_ups.WAKE,
    "jobs of an account": wake_ups.JOBS,
    "begin anew": wake_ups.BEGIN_ANEW,
    "uses": use_counts.OF_PERSON,
    "use": use_counts.HOLD,
    "used": use_counts.SET,
    **{
        f"people of {given}": subscribers.listing(SubscriberFilter(**given, limit=9)).sql
        for given in PEOPLE
    },
    "apps of people": subscriptions.APPS,
    **{
        f"what came: {kind} of {wanted.appid or 'all'}": history.selecting(table, wanted).sql
        for kind, table in history.TABLES.items()
        if table.name != "pushes"  # three rows for each platform
        for wanted in (PushFilter(limit=9), PushFilter(appid="wx1", limit=9))
    },
    "noted jobs": facts.NOTED,
    "lost jobs": facts.LOST,
    "corrections": messages.CORRECTIONS,
    **{
        f"corrected of {wanted}": deliveries.corrected(wanted, 9).sql
        for wanted in (DeliveryFilter(), DeliveryFilter(app_id=1), DeliveryFilter(since=NOW))
    },
    "sender": deliveries.SENDER,
    **{
        f"topics{' found' * bool(text)}": topics.paging(1, TopicFilter(text, (NOW, 1)), 9).sql
        for text in ("", "news")
    },
    "counted receivers": subscriptions.COUNT_RECEIVERS,
    "given reminders": adopting.GIVE.text(4),
    "failing jobs": facts.FIRST.format(which=facts.failing_of({"wx1/access_token", "wx2/x"})),
    "dead letters": facts.DEAD,
    "refused deliveries that wait": facts.WAITING,
    "dead messages": census.DEAD,
    "tickets": facts.TICKETS,
    "open alerts": alerts.OPEN,
    "ended alerts": alerts.ENDED,
    "newest alerts": alerts.PAGE.format(columns="id", where="1 = 1"),
}


# Of the tables of a statement, those that are few rows; and indexes that are read in their order, or are of few rows.
WHOLE = re.compile(
    r"SCAN (?!due|each|wakings\b|chosen|few|lanes?$|\(|(\d+ )?CONSTANT|given$|deliveries USING INDEX deliveries_due$|\w+ USING (COVERING )?INDEX \w+_(claimed|noted|platforms|open|newest)$)",
)


async def test_no_statement_reads_a_whole_table() -> None:
    database, wrong = memory_database(), {}
    for name, statement in STATEMENTS.items():
        sql = re.sub(r"\$\d+", "'1'", statement)
        steps = [row["detail"] for row in await database.read(f"EXPLAIN QUERY PLAN {sql}")]
        whole = [
            step
            for step in steps
            if WHOLE.match(step) or step.endswith(("_listed (app_id=?)", "_app (app_id=?)"))
        ]
        if whole or not steps:
            wrong[name] = whole

    assert len(STATEMENTS) > 100
    assert wrong == {}


@pytest.mark.parametrize(
    "conditions",
    [
        "d.app_id = 1",
        "d.state = 'accepted'",
        "d.state = 'delivered' AND d.created_at >= 1 AND d.created_at < 9",
    ],
)
async def test_a_list_of_the_newest_deliveries_reads_the_newest_messages_alone(
    conditions: str,
) -> None:
    page = delivery_lists.PAGE.format(
        tables=delivery_lists.MESSAGES_FIRST,
        conditions=conditions,
        order=delivery_lists.NEWEST,
        limit=100,
    )

    rows = await memory_database().read(f"EXPLAIN QUERY PLAN {page}")

    first, second, *sorting = [row["detail"] for row in rows]
    assert first == "SEARCH m USING INDEX messages_created (created_at>?)"
    assert second.startswith("SEARCH d USING INDEX deliveries_once (message_id=?")
    assert all("OF ORDER BY" in step for step in sorting)


async def test_what_recurs_is_found_without_what_is_due_once() -> None:
    sql = re.sub(r"\$\d+", "'1'", reminder_lists.of_app(1).sql(reminder_lists.RECURRING, 1))

    (step,) = await memory_database().read(f"EXPLAIN QUERY PLAN {sql}")

    assert step["detail"] == "SEARCH reminders USING INDEX reminders_recurring (due_at<?)"


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        *(
            (DeliveryFilter(uid="UID_amy", state=state), "deliveries_of_receiver (target=?)")
            for state in (None, DeliveryState.PENDING, DeliveryState.SENDING)
        ),
        (DeliveryFilter(errcode=40037), "deliveries_errcode (errcode=?)"),
        (DeliveryFilter(since=NOW), "deliveries_created (created_at>?)"),
        (DeliveryFilter(state=DeliveryState.PENDING), "deliveries_due"),
        (DeliveryFilter(state=DeliveryState.SENDING), "deliveries_claimed"),
        (DeliveryFilter(state=DeliveryState.ACCEPTED), "deliveries_accepted"),
        (DeliveryFilter(state=DeliveryState.DELIVERED), "deliveries_delivered"),
        *(
            (DeliveryFilter(state=state), "deliveries_unsent (state=?)")
            for state in (
                DeliveryState.DEAD,
                DeliveryState.CANCELLED,
                DeliveryState.EXPIRED,
                DeliveryState.MISSED,
            )
        ),
    ],
)
async def test_few_deliveries_are_listed_by_an_index(wanted: DeliveryFilter, index: str) -> None:
    conditions = delivery_lists.Conditions(wanted, alias="d.")
    page = delivery_lists.PAGE.format(
        tables=delivery_lists.ANY_FIRST,
        conditions=conditions,
        order=delivery_lists.NEWEST,
        limit=conditions.place(100),
    )

    rows = await memory_database().read(f"EXPLAIN QUERY PLAN {page}", *conditions.values)

    assert index in rows[0]["detail"]


async def test_the_deliveries_of_an_app_are_listed_by_its_messages() -> None:
    page = delivery_lists.PAGE.format(
        tables=delivery_lists.MESSAGES_FIRST,
        conditions="d.app_id = 1 AND m.app_id = 1",
        order=delivery_lists.NEWEST,
        limit=100,
    )

    rows = await memory_database().read(f"EXPLAIN QUERY PLAN {page}")

    assert rows[0]["detail"].endswith("messages_of_app (app_id=? AND created_at>?)")


async def test_the_deliveries_of_a_reminder_are_listed_by_its_messages() -> None:
    wanted = DeliveryFilter(reminder="0" * 32)
    conditions = delivery_lists.Conditions(wanted, alias="d.")
    delivery_lists._bound_messages(conditions, wanted)
    page = delivery_lists.PAGE.format(
        tables=delivery_lists.MESSAGES_FIRST,
        conditions=conditions,
        order=delivery_lists.NEWEST,
        limit=100,
    )

    rows = await memory_database().read(f"EXPLAIN QUERY PLAN {page}", *conditions.values)

    assert rows[0]["detail"].endswith(
        "messages_by_reminder (<expr>=? AND reminder=? AND created_at>?)"
    )


async def test_what_a_user_did_is_found_without_the_acts_of_all_others() -> None:
    wanted = PushFilter(appid="wx1", openid="o1", limit=9)
    statement = history.selecting(history.TABLES[PushKind.ACT], wanted)

    rows = await memory_database().read(f"EXPLAIN QUERY PLAN {statement.sql}", *statement.params)

    assert rows[0]["detail"].endswith("heard_of_user (appid=? AND openid=? AND at<?)")


async def test_the_messages_to_a_person_are_listed_by_an_index() -> None:
    sql = delivery_lists.MESSAGES.format(
        conditions=delivery_lists.WITH_UID.format("'UID_amy'"), limit=100
    )

    rows = await memory_database().read(f"EXPLAIN QUERY PLAN {sql}")

    steps = [row["detail"] for row in rows]
    assert any("deliveries_of_receiver (target=?)" in step for step in steps)
    assert not [step for step in steps if step.startswith("SCAN")]


async def test_of_the_deliveries_to_a_person_those_that_wait_are_found_by_an_index() -> None:
    sql = re.sub(r"\$\d+", "'UID_amy'", WAITING)

    (step,) = await memory_database().read(f"EXPLAIN QUERY PLAN {sql}")

    assert step["detail"].endswith("deliveries_of_receiver (target=?)")


async def test_it_is_counted_by_an_index_whether_a_state_has_few_deliveries() -> None:
    conditions = delivery_lists.Conditions(DeliveryFilter(state=DeliveryState.DELIVERED), alias="")
    sql = delivery_lists.SOME.format(conditions=conditions, limit=9)

    rows = await memory_database().read(f"EXPLAIN QUERY PLAN {sql}")

    assert any("INDEX deliveries_delivered" in row["detail"] for row in rows)


async def test_the_corrections_of_a_message_are_found_without_all_others() -> None:
    rows = await memory_database().read(f"EXPLAIN QUERY PLAN {messages.CORRECTIONS}", 1)

    assert rows[0]["detail"].endswith("messages_correcting (corrects=?)")


@pytest.mark.parametrize("wanted", [DeliveryFilter(), DeliveryFilter(app_id=1)])
async def test_what_was_corrected_is_found_by_the_corrections(wanted: DeliveryFilter) -> None:
    sql = re.sub(r"\$\d+", "'1'", deliveries.corrected(wanted, 9).sql)

    rows = await memory_database().read(f"EXPLAIN QUERY PLAN {sql}")

    steps = [row["detail"] for row in rows]
    assert any("SEARCH messages USING COVERING INDEX messages_correcting" in one for one in steps)
    assert any(
        one.startswith("SEARCH deliveries USING INDEX deliveries_once (message_id=?")
        for one in steps
    )
