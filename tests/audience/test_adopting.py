"""Reminders of an account without an app belong to its app once there is one, on both databases."""

from dataclasses import replace

import pytest

from tests.audience.people import People, an_app
from tests.clock import START
from tests.reminders.remembering import DAY, draft
from tests.stores.suite import VAULT
from wechat_scheduler.audience.ids import new_subscription
from wechat_scheduler.audience.model import App
from wechat_scheduler.delivery.sending_app import ACCOUNT
from wechat_scheduler.reminders.model import Reminder
from wechat_scheduler.storage.audience import adopting
from wechat_scheduler.storage.database import Database
from wechat_scheduler.storage.reminders.reminders import SqlReminders


class Accounts:
    """Users of two accounts, with reminders that belong to no app."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.people = People(database)
        self.reminders = SqlReminders(database, VAULT)

    async def remind(self, openid: str, appid: str = "wx1") -> Reminder:
        uid = f"UID_{openid}"
        await self.people.subscribers.follow(appid, openid, uid=uid, now=START)
        made = draft(START + DAY, app_id=ACCOUNT, owner=uid)
        await self.reminders.add(made, (), once=None)
        return made

    async def mute(self, app: App, uid: str) -> None:
        wanted = new_subscription(app.id, uid, at=START)
        subscription, _ = await self.people.subscriptions.subscribe(wanted)
        await self.people.subscriptions.set_muted(subscription.id, muted=True)

    async def app_of(self, reminder: Reminder) -> int:
        found = await self.reminders.reminder(reminder.id)
        assert found is not None
        return found.app_id


@pytest.fixture
def accounts(database: Database) -> Accounts:
    return Accounts(database)


async def test_the_first_app_of_an_account_takes_its_reminders_and_no_others(
    accounts: Accounts,
) -> None:
    ours, theirs = await accounts.remind("o1"), await accounts.remind("o2", "wx2")
    app = an_app()

    await accounts.people.apps.add_app(app, [], once=None)

    assert await accounts.app_of(ours) == app.id
    assert await accounts.app_of(theirs) == ACCOUNT


async def test_a_reminder_that_was_made_without_the_app_goes_to_the_oldest_that_its_owner_did_not_mute(
    accounts: Accounts,
) -> None:
    apps = [
        replace(an_app(name), id=number, created_at=START + number * DAY)
        for number, name in enumerate(("first", "second", "third"), start=1)
    ]
    for app in reversed(apps):
        await accounts.people.apps.add_app(app, [], once=None)
    plain, muting, alone = [
        await accounts.remind("o1"), await accounts.remind("o2"), await accounts.remind("o3", "wx2")
    ]  # fmt: skip
    await accounts.mute(apps[0], muting.owner)

    given = [await adopting.adopt(accounts.database, START, 9) for _ in range(2)]

    assert given == [2, 0]
    assert [await accounts.app_of(one) for one in (plain, muting, alone)] == [1, 2, ACCOUNT]


async def test_more_than_one_transaction_takes_wait_for_the_housekeeping(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adopting, "PART", 1)
    made = [await accounts.remind(openid) for openid in ("o1", "o2")]
    app = an_app()

    await accounts.people.apps.add_app(app, [], once=None)
    at_once = {await accounts.app_of(one) for one in made}
    rest = await adopting.adopt(accounts.database, START, 9)

    assert (at_once, rest) == ({app.id, ACCOUNT}, 1)
    assert {await accounts.app_of(one) for one in made} == {app.id}
