"""Edits of one thing at once: each changes what it names, and none is lost."""

import asyncio
from dataclasses import replace

from tests.audience.people import UID, People, an_app
from tests.clock import FakeClock
from tests.stores.suite import VAULT
from wechat_scheduler.audience.openids import Openids
from wechat_scheduler.storage.apps import SqlApps
from wechat_scheduler.storage.database import Database

APP = an_app("shop")


async def test_edits_of_an_app_are_made_one_after_the_other(database: Database) -> None:
    store = SqlApps(database, VAULT)
    app = an_app("shop")
    await store.add_app(app, [], once=None)

    async with asyncio.TaskGroup() as group:
        for _ in range(9):
            group.create_task(
                store.change_app(app.id, lambda app: replace(app, per_minute=app.per_minute + 1))
            )
            group.create_task(
                store.change_app(
                    app.id, lambda app: replace(app, link_generation=app.link_generation + 1)
                )
            )

    (found,) = await store.all_apps()
    assert (found.per_minute, found.link_generation) == (9, 9)


async def test_a_user_who_logs_in_and_consents_at_once_has_one_openid(database: Database) -> None:
    people = People(database)
    await people.aliases.bind(APP, {"7": ("o1", UID, 1)}, now=FakeClock().now())
    openids = Openids(people.aliases, clock=FakeClock())

    async with asyncio.TaskGroup() as group:
        logins = [group.create_task(openids.log_in(APP, UID)) for _ in range(5)]
        consents = [group.create_task(openids.consent(APP, UID)) for _ in range(5)]

    (name,) = {each.result().openid for each in logins} | {each.result().name for each in consents}
    alias = await openids.known(APP, name)
    assert alias is not None
    assert alias.consented
    assert sum(openids.opens(alias, each.result().openkey) for each in logins) == 1
