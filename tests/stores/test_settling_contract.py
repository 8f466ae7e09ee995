"""Deliveries that are sent at the same time, and their outcomes: the statements for all of them."""

from collections.abc import Awaitable, Sequence
from dataclasses import replace
from datetime import datetime

from structlog.testing import capture_logs

from tests.clock import FakeClock
from tests.stores.mailing import Mail, accepted, dead, mailing, put_off, tried
from tests.stores.memory import MemoryDatabase, memory_database
from tests.stores.samples import APPID, LEASE, NOW, SECOND
from wechat_scheduler.audience.text_windows import ENCOUNTER, WINDOW, texts_end
from wechat_scheduler.delivery.model import Delivery, DeliveryState
from wechat_scheduler.engine.supervisor import together
from wechat_scheduler.errors import StorageError
from wechat_scheduler.storage.database import Row

LATER = NOW + SECOND


async def claimed(mail: Mail, many: int) -> list[Delivery]:
    for _ in range(many):
        await mail.put_one()
    found = await mail.claim(limit=many)
    return sorted(found, key=lambda delivery: delivery.id)


async def is_stored(settling: Awaitable[str]) -> bool:
    try:
        await settling
    except Exception:  # noqa: BLE001 - each driver has its own
        return False
    return True


async def test_of_those_that_depart_together_only_the_claimed_may_go(mail: Mail) -> None:
    ours = await claimed(mail, 5)
    lost = replace(ours[2], claim="another")

    gone = await together(
        mail.outbox.depart(one, repeats=False, now=NOW, lease=LEASE)
        for one in (*ours[:2], lost, ours[3], ours[3], ours[4])
    )

    assert gone == [True, True, False, True, True, True]
    await mail.outbox.release(now=LATER)
    assert {one.id: one.doubts for one in await mail.claim(at=LATER)} == {
        one.id: int(one.id != lost.id) for one in ours
    }


class ReadlessDatabase(MemoryDatabase):
    """Loses its reads while it is `readless`, and stores what is written."""

    readless = False

    async def read(self, sql: str, *params: object) -> Sequence[Row]:
        if self.readless:
            raise StorageError("the database is down")
        return await super().read(sql, *params)


async def test_outcomes_are_stored_even_if_what_waits_for_their_receiver_cannot_be_cancelled() -> (
    None
):
    database = ReadlessDatabase()
    memory_database().pour_into(database)
    mail = await mailing(database, FakeClock())
    refused, told = await claimed(mail, 2)
    waiting = await mail.put_one()
    await mail.deliveries.receipt("wx1", "o-amy", "m2", "failed:user block", now=NOW)

    database.readless = True
    with capture_logs() as logs:
        failures = await together(
            mail.outbox.settle(one, now=LATER)
            for one in (dead(refused, 43004, unreachable=True), accepted(told, "m2"))
        )
    database.readless = False

    assert failures == [None, "failed:user block"]
    assert [(one["event"], one["people"]) for one in logs] == [("delivery.not_cancelled", 1)]
    states = [(await mail.shown(one)).state for one in (refused.id, told.id, waiting)]
    assert states == [DeliveryState.DEAD, DeliveryState.DEAD, DeliveryState.PENDING]


async def test_outcomes_that_are_stored_together_stay_apart(mail: Mail) -> None:
    taken, told, refused, later, lost = await claimed(mail, 5)
    await mail.deliveries.receipt("wx1", "o-amy", "m2", "failed:user block", now=NOW)
    before = (tried(43004), tried(45015))

    outcomes = (
        accepted(taken, "m1", before=before),
        accepted(told, "m2"),
        dead(refused, 40037),
        put_off(later, LATER, attempt=tried(-1)),
        dead(replace(lost, claim="another")),
    )
    failures = await together(mail.outbox.settle(one, now=LATER) for one in outcomes)

    assert failures == [None, "failed:user block", None, None, None]
    shown = [await mail.shown(one.id) for one in (taken, told, refused, later, lost)]
    assert [view.state for view in shown] == [
        DeliveryState.ACCEPTED,
        DeliveryState.DEAD,
        DeliveryState.DEAD,
        DeliveryState.PENDING,
        DeliveryState.SENDING,
    ]
    assert [[attempt.errcode for attempt in view.attempts] for view in shown] == [
        [43004, 45015, None],
        [None],
        [40037],
        [-1],
        [],
    ]


async def test_of_two_outcomes_of_one_delivery_the_one_with_the_claim_counts(mail: Mail) -> None:
    (ours,) = await claimed(mail, 1)
    lost = replace(ours, claim="another")

    await together(mail.outbox.settle(one, now=LATER) for one in (dead(lost), accepted(ours)))

    shown = await mail.shown(ours.id)
    assert shown.state is DeliveryState.ACCEPTED
    assert len(shown.attempts) == 1


async def test_an_outcome_that_the_database_refuses_harms_no_other(mail: Mail) -> None:
    deliveries = await claimed(mail, 3)
    versions = (0, 2**70, 0)

    stored = await together(
        is_stored(mail.outbox.settle(accepted(one, version=version), now=LATER))
        for one, version in zip(deliveries, versions, strict=True)
    )

    assert stored == [True, False, True]
    states = [(await mail.shown(one.id)).state for one in deliveries]
    assert states == [DeliveryState.ACCEPTED, DeliveryState.SENDING, DeliveryState.ACCEPTED]


async def test_a_refusal_as_too_late_ends_the_texts_until_the_user_does_something(
    mail: Mail,
) -> None:
    async def ends() -> list[datetime | None]:
        users = [await mail.subscribers.by_uid(mail.uids[name]) for name in ("amy", "bob")]
        return [one and texts_end(one) for one in users]

    for name, acted_at in (("amy", NOW - SECOND), ("bob", NOW + SECOND)):  # bob since the attempt
        await mail.subscribers.follow(APPID, f"o-{name}", uid="", now=acted_at)
    amy = await mail.put_one("amy")
    await mail.put_one("bob")
    for one in await mail.claim():
        late = tried(45015, texts_ended=True)
        await mail.outbox.settle(
            accepted(one, before=(late,)) if one.id == amy else dead(one, attempt=late), now=LATER
        )
    refused = await ends()
    await mail.subscribers.follow(APPID, "o-amy", uid="", now=LATER, window=ENCOUNTER)

    assert refused == [NOW - SECOND, NOW + SECOND + WINDOW]
    assert (await ends())[0] == LATER + ENCOUNTER
