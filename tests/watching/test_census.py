"""The store's counts agree with its rows."""

from collections import Counter
from datetime import timedelta
from itertools import product

from tests.stores.mailing import put_off, tried
from tests.stores.samples import HOUR, LEASE, LIFE, NOW, TICKET, TOKEN, USER, registration, rotated
from tests.stores.suite import VAULT
from tests.upkeep.planting import credentials, plant, run
from wechat_scheduler.credentials.census import QueueCensus
from wechat_scheduler.credentials.model import AUTHORIZATION, Failed, Fault, Spent
from wechat_scheduler.credentials.policy import Freshness, freshness
from wechat_scheduler.delivery.model import Content, Message, Target, TargetKind
from wechat_scheduler.reasons import Reaction
from wechat_scheduler.storage.credentials.census import SqlCensus
from wechat_scheduler.storage.database import Database
from wechat_scheduler.storage.delivery.messages import SqlMessages
from wechat_scheduler.storage.delivery.outbox import SqlOutbox
from wechat_scheduler.storage.feed import SqlFeed
from wechat_scheduler.storage.sealing import Sealer

SEALER = Sealer([bytes(32)])


async def test_states_are_counted_as_each_job_shows_its_own(database: Database) -> None:
    store = credentials(database, SEALER)
    await store.register(registration(TOKEN, TICKET, USER), now=NOW)
    for job in await store.claim(now=NOW, limit=2, lease=LEASE):
        await store.save(rotated(job), now=NOW)
    await run(database, "UPDATE jobs SET waits_on = $1 WHERE kind = $2", AUTHORIZATION, USER.kind)
    views = await store.view(limit=10)

    for later in (timedelta(0), LIFE * 0.95, LIFE, 3 * LIFE):
        at = NOW + later
        census = await SqlCensus(database).census(now=at)
        not_fresh = dict(await SqlCensus(database).not_fresh(now=at, limit=10))

        assert {kind.kind: dict(kind.states) for kind in census.kinds} == {
            view.key.kind: {freshness(view, at): 1} for view in views
        }, later
        assert not_fresh == {
            view.key: freshness(view, at)
            for view in views
            if freshness(view, at) is not Freshness.FRESH
        }, later


async def test_a_reported_value_is_counted_as_its_job_shows_it(database: Database) -> None:
    store = credentials(database, SEALER)
    said = '"reaction":"transient" "errcode":null'
    for number, (reaction, errcode) in enumerate(product(Reaction, (None, 40125))):
        key = TOKEN._replace(subject=f"user {number}")
        await store.register(registration(key), now=NOW)
        (job,) = await store.claim(now=NOW, limit=1, lease=LEASE)
        await store.save(rotated(job), now=NOW)
        await store.suspect(key, version=1, now=NOW)
        (job,) = await store.claim(now=NOW, limit=1, lease=LEASE)
        fault = Fault(at=NOW, reaction=reaction, message=said, errcode=errcode)
        failed = Failed(job=job, fault=fault, due_at=NOW + HOUR, spent=Spent(calls=1))
        await store.save(failed, now=NOW)

    census = await SqlCensus(database).census(now=NOW)
    not_fresh = await SqlCensus(database).not_fresh(now=NOW, limit=100)

    states = {view.key: freshness(view, NOW) for view in await store.view(limit=100)}
    assert len(states) == 2 * len(Reaction)
    assert len({*states.values()}) > 1
    assert [dict(kind.states) for kind in census.kinds] == [Counter(states.values())]
    assert dict(not_fresh) == {
        key: state for key, state in states.items() if state is not Freshness.FRESH
    }


async def test_faults_are_counted_by_cause(database: Database) -> None:
    store = credentials(database, SEALER)
    await store.register(registration(TOKEN, TICKET), now=NOW)
    fault = Fault(at=NOW, reaction=Reaction.OPERATOR, message="no", endpoint="/e", errcode=40164)
    for job in await store.claim(now=NOW, limit=2, lease=LEASE):
        failed = Failed(job=job, fault=fault, due_at=NOW + HOUR, spent=Spent(calls=1))
        await store.save(failed, now=NOW)

    census = await SqlCensus(database).census(now=NOW)

    found = Counter(
        {(it.kind, it.reaction, it.endpoint, it.errcode): it.jobs for it in census.faults}
    )
    assert found == {
        (TOKEN.kind, Reaction.OPERATOR, "/e", 40164): 1,
        (TICKET.kind, Reaction.OPERATOR, "/e", 40164): 1,
    }


async def test_queues_say_how_much_waits_and_how_late_it_is(database: Database) -> None:
    await plant(database, SEALER)

    census = await SqlCensus(database).census(now=NOW + 3 * LIFE)

    queues = {queue.name: queue for queue in census.queues}
    assert {name: (queue.waiting, queue.due) for name, queue in queues.items()} == {
        "job": (2, 2),
        "delivery/credential": (2, 2),
        "reminder": (0, 0),
        "event": (1, 1),
    }
    assert queues["event"] == QueueCensus(name="event", waiting=1, due=1, due_since=NOW, oldest=NOW)


async def test_a_message_is_old_since_it_was_tried_in_vain(database: Database) -> None:
    outbox, messages = (
        SqlOutbox(database, VAULT, worker="here", feed=SqlFeed(database)),
        SqlMessages(database, VAULT),
    )
    planned = Message(
        id=1, app_id=1, content=Content(text="hi"), created_at=NOW, not_before=NOW + HOUR
    )
    amy = Target(delivery_id=2, kind=TargetKind.PERSON, name="UID_amy")
    await messages.put(planned, [amy], once=None, now=NOW)

    before = await SqlCensus(database).census(now=NOW)
    (delivery,) = await outbox.claim(now=NOW + HOUR, limit=1, lease=LEASE)
    failed = put_off(delivery, NOW + 2 * HOUR, attempt=tried(-1))
    await outbox.settle(failed, now=NOW + HOUR)
    after = await SqlCensus(database).census(now=NOW + HOUR)

    oldest = [
        {queue.name: queue.oldest for queue in census.queues}["delivery/person"]
        for census in (before, after)
    ]
    assert oldest == [None, NOW + HOUR]


async def test_an_empty_store_counts_to_nothing(database: Database) -> None:
    census = await SqlCensus(database).census(now=NOW)

    assert (census.kinds, census.faults, census.tickets) == ((), (), {})
    assert await SqlCensus(database).answers()
