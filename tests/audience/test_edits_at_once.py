"""Edits of one thing at once: each changes what it names, and none is lost."""

import asyncio
from dataclasses import replace

from tests.audience.people import UID, People, an_app
from tests.clock import START, FakeClock
from tests.reminders.remembering import DAY, Memory, draft
from tests.stores.suite import VAULT
from wechat_scheduler.audience.model import Token, TokenKind
from wechat_scheduler.audience.openids import Openids
from wechat_scheduler.reminders.ports import ReminderScope, ReminderSearch
from wechat_scheduler.storage.audience.apps import SqlApps
from wechat_scheduler.storage.database import Database
from wechat_scheduler.storage.reminders.reminder_lists import SqlReminderLists

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


async def test_of_tokens_that_are_made_at_once_one_opens(database: Database) -> None:
    store = SqlApps(database, VAULT)
    await store.add_app(APP, [], once=None)
    tokens = [
        Token(hash=f"h{number}", kind=TokenKind.APP, app_id=APP.id, created_at=START)
        for number in range(6)
    ]

    async with asyncio.TaskGroup() as group:
        for token in tokens:
            group.create_task(store.replace_token(token))

    assert len(await store.all_tokens()) == 1


async def test_of_reports_that_come_at_once_one_stays(database: Database) -> None:
    people, memory = People(database), Memory(database, FakeClock())
    await people.aliases.bind(APP, {"7": ("o1", UID, 1)}, now=START)
    reports = [
        [
            memory.desk.plan(draft(START + DAY, app_id=APP.id, owner=UID, source="report"))
            for _ in range(3)
        ]
        for _ in range(5)
    ]

    async with asyncio.TaskGroup() as group:
        for report in reports:
            group.create_task(memory.store.replace_slots(APP.id, UID, "report", report, now=START))

    lists = SqlReminderLists(database)
    found = await lists.find(ReminderSearch(limit=99, scope=ReminderScope((APP.id,))))
    assert {each.id for each in found.reminders} in [
        {each.id for each in report} for report in reports
    ]
