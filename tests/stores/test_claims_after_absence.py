"""After the database was away, deliveries of other processes are taken over once these could store what came of them."""

from datetime import timedelta

import pytest

from tests.clock import FakeClock
from tests.stores.mailing import mailing
from tests.stores.samples import LEASE, NOW, SECOND
from tests.stores.test_late_outcomes import AbsentDatabase, absent
from wechat_scheduler.delivery.model import DeliveryState, Settled
from wechat_scheduler.errors import StorageError
from wechat_scheduler.storage.claims import SETTLED_WITHIN

__all__ = ["absent"]

LATER = NOW + LEASE + timedelta(minutes=1)


async def test_a_message_that_was_sent_before_the_database_went_away_is_left_to_its_sender(
    absent: AbsentDatabase,
) -> None:
    mail = await mailing(absent, FakeClock())
    sent = await mail.put_one("amy")
    (claimed,) = await mail.elsewhere.claim(now=NOW, limit=5, lease=LEASE)
    waiting = await mail.put_one("bob")
    absent.is_away = True
    with pytest.raises(StorageError):
        await mail.claim(at=NOW + SECOND)
    absent.is_away = False

    at_once = await mail.claim(at=LATER)
    next_at = await mail.outbox.next_due()
    await mail.elsewhere.settle(
        Settled(delivery=claimed, state=DeliveryState.ACCEPTED), now=LATER + SECOND
    )
    later = await mail.claim(at=LATER + SETTLED_WITHIN)

    assert [one.id for one in at_once] == [waiting]
    assert next_at == LATER + SETTLED_WITHIN
    assert later == []
    assert (await mail.shown(sent)).state is DeliveryState.ACCEPTED


async def test_a_message_whose_sender_died_meanwhile_is_taken_over(absent: AbsentDatabase) -> None:
    mail = await mailing(absent, FakeClock())
    left = await mail.put_one("amy")
    await mail.elsewhere.claim(now=NOW, limit=5, lease=LEASE)
    absent.is_away = True
    with pytest.raises(StorageError):
        await mail.claim(at=NOW + SECOND)
    absent.is_away = False

    at_once = await mail.claim(at=LATER)
    later = await mail.claim(at=LATER + SETTLED_WITHIN)

    assert at_once == []
    assert [one.id for one in later] == [left]


async def test_a_process_that_only_asked_what_is_due_meanwhile_leaves_it_too(
    absent: AbsentDatabase,
) -> None:
    mail = await mailing(absent, FakeClock())
    await mail.put_one("amy")
    await mail.elsewhere.claim(now=NOW, limit=5, lease=LEASE)
    absent.is_away = True
    with pytest.raises(StorageError):
        await mail.outbox.next_due()
    absent.is_away = False

    assert await mail.claim(at=LATER) == []
    assert len(await mail.claim(at=LATER + SETTLED_WITHIN)) == 1
