"""Deliveries that wait after WeChat refused them, as the alerts count them."""

from tests.stores.mailing import Mail
from wechat_scheduler.storage.alerts.facts import SqlAlertFacts
from wechat_scheduler.storage.database import Database, Statement, rows_of


async def test_deliveries_that_wait_after_a_refusal_are_counted_by_account_and_errcode(
    mail: Mail, database: Database
) -> None:
    facts = SqlAlertFacts(database)
    await mail.put(mail.target("amy"), mail.target("bob"))
    assert await facts.waiting_deliveries(limit=9) == []
    refused = Statement("UPDATE deliveries SET errcode = 48001, error = 'unauthorized'")
    await database.write(lambda: rows_of(refused))

    (waiting,) = await facts.waiting_deliveries(limit=9)
    (some,) = await facts.waiting_deliveries(limit=1)
    await database.write(lambda: rows_of(Statement("UPDATE deliveries SET state = 'dead'")))

    assert (waiting.errcode, waiting.deliveries, waiting.error) == (48001, 2, "unauthorized")
    assert waiting.appid == mail.app.appid
    assert some.deliveries == 1
    assert await facts.waiting_deliveries(limit=9) == []
