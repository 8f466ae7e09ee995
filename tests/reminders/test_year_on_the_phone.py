"""The same year with everything on real sockets: what the phone of the user shows in the end."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.clock import FakeClock
from tests.house import daemon, wechat
from tests.reminders.remembering import at, draft
from tests.reminders.test_year import BEGIN, END, YEAR
from tests.sending.town import PUBLIC, TEMPLATE, Town, settled_in
from wechat_scheduler.audience.model import Template
from wechat_scheduler.daemon.reminders import LEASE

SHOWN = Template(template_id=TEMPLATE, fields={"keyword1": "{title}", "keyword2": "{time}"})
SETTINGS: dict[str, Any] = {"server__public_url": PUBLIC}


async def test_each_occurrence_of_a_year_is_on_the_phone_once(tmp_path: Path) -> None:
    clock = FakeClock(BEGIN)
    async with wechat(clock) as weixin:
        async with daemon(tmp_path, weixin.url, clock=clock, **SETTINGS) as caller:
            town = await settled_in(weixin, caller, clock)
            uid = await begin(town)

        while clock.now() < END:
            async with daemon(tmp_path, weixin.url, clock=clock, **SETTINGS) as caller:
                town.caller = caller
                await live(town, clock)
                shown = await town.arrived(uid)

    told = Counter((one.fields["keyword1"], one.fields["keyword2"]) for one in shown)
    assert told == Counter((title, time) for title, (*_, times) in YEAR.items() for time in times)


async def begin(town: Town) -> str:
    uid = await town.follow()
    await town.directory.change_app(
        town.app.id, lambda app: replace(app, templates={"reminder": SHOWN})
    )
    for title, (rule, start, zone, _) in YEAR.items():
        where = zone or "Asia/Shanghai"
        planned = draft(at(start, where), title=title, rule=rule, zone=where, owner=uid)
        await town.desk.create(replace(planned, app_id=town.app.id))
    return uid


async def live(town: Town, clock: FakeClock) -> None:
    """Runs for a while, and ends with a reminder and a delivery claimed."""
    due, cores = town.stores.due, town.cores
    for _ in range(10):
        clock.advance_to(min(await due.next_due() or END, END))
        await town.caller.settle()
    clock.advance_to(min(await due.next_due() or END, END))
    await cores.reminders.clockwork.run_once()
    await town.stores.outbox.claim(now=clock.now(), limit=10, lease=LEASE)
    clock.advance(timedelta(minutes=1))
    await due.claim(now=clock.now(), limit=10, lease=LEASE)
