"""Damaged rows in every column of every table at once: for hours all that is healthy goes on."""

from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.faults.cellar import ODD, OTHER, WRONG, Cellar, filled
from tests.house import APPID
from tests.sending.town import Town, town
from wechat_scheduler.config.loading import DATABASE_NAME
from wechat_scheduler.delivery.model import Content, DeliveryState

STEP = timedelta(minutes=10)
# So long that each credential is renewed.
STEPS = 14

HEALTHY = (f"appid={APPID}&type=0", f"appid={OTHER}&type=0")


async def turned(place: Town) -> None:
    """All that is due now is done; a loop that finds damaged rows again and again would not end."""
    for loop in place.caller.daemon.loops:
        for _ in range(20):
            if loop.turn is None or not await loop.turn():
                break
        else:
            raise AssertionError(f"{loop.name} is never done")
    await place.cores.pulse.run_once()
    await place.cores.rounds.run_once()


async def message_arrives(place: Town, uid: str) -> bool:
    order = await place.sending.prepare(place.app, Content(title="hello"), names=[uid])
    await place.sending.put(order)
    await turned(place)
    states = [each.state for each in await place.deliveries(message_id=order.message.id)]
    return states == [DeliveryState.ACCEPTED]


@pytest.mark.parametrize("values", [WRONG, ODD], ids=["wrong", "odd"])
async def test_beside_a_damaged_row_for_each_column_credentials_stay_fresh_and_messages_arrive(
    tmp_path: Path, values: dict[str, str]
) -> None:
    late: list[str] = []
    async with town(tmp_path / "state") as place:
        await filled(place)
        uid = await place.follow("o_cat")
        cellar = Cellar.of_file(place.caller.daemon.ground.config.state.dir / DATABASE_NAME)
        with closing(cellar.database), capture_logs():
            damaged = cellar.copies(values)

            for step in range(STEPS):
                place.clock.advance(STEP)
                await turned(place)
                jobs = [await place.caller.job(each) for each in HEALTHY]
                late += [
                    f"{step} {job['appid']} is {job['state']}"
                    for job in jobs
                    if job["state"] != "fresh"
                ]
                if not await message_arrives(place, uid):
                    late.append(f"{step} a message did not arrive")
            versions = [job["version"] for job in jobs]

    assert damaged > 100
    assert late == []
    assert versions == [2, 2]
