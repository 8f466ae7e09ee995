"""Names of accounts are stored beside the credentials that are kept for them."""

from typing import Any

from structlog.testing import capture_logs

from tests.stores.memory import memory_database
from tests.stores.samples import NOW, TOKEN, registration
from tests.stores.suite import VAULT, Stores
from wechat_scheduler.credentials.model import Account, JobKey, Registration, Task
from wechat_scheduler.storage.credentials.account_names import ACCOUNTS, HAS_OWN, IS_SUBJECT
from wechat_scheduler.storage.credentials.job_lists import SqlListedJobs
from wechat_scheduler.storage.database import Statement, rows_of

THEIRS = JobKey("wx1", "authorizer_access_token", "wx2")


async def test_accounts_are_listed_with_their_names(stores: Stores) -> None:
    lists = SqlListedJobs(stores.database, VAULT)
    await stores.credentials.register(registration(TOKEN, THEIRS), now=NOW)

    changes = [await lists.name_account("wx2", name) for name in ("晨报", "晨报", "晚报")]
    listed = await lists.accounts(limit=9)
    some = await lists.accounts(appids=["wx2", "wx3", "wx4"], limit=9)
    after = await lists.accounts(after="wx1", limit=9)
    names = await lists.names(["wx1", "wx2", "wx3"])
    (view,) = await lists.view(subject="wx2", limit=9, now=NOW)

    assert changes == [True, False, True]
    assert [(one.appid, one.name, one.kept) for one in listed] == [
        ("wx1", "", True),
        ("wx2", "晚报", True),
    ]
    assert some == after == listed[1:]
    assert await lists.accounts(appids=[], limit=9) == []
    assert names == {"wx2": "晚报"}
    assert (view.name, view.subject_name) == ("", "晚报")


async def test_an_account_that_has_a_name_keeps_it_against_a_first_one(stores: Stores) -> None:
    lists = SqlListedJobs(stores.database, VAULT)

    changes = [await lists.name_unnamed("wx1", name) for name in ("晨报", "晚报")]

    assert changes == [True, False]
    assert await lists.names(["wx1"]) == {"wx1": "晨报"}


async def test_accounts_are_listed_that_have_a_job_of_some_kinds(stores: Stores) -> None:
    lists = SqlListedJobs(stores.database, VAULT)
    ticket = JobKey("wx1", "jsapi_ticket", "wx2")
    await stores.credentials.register(registration(TOKEN, THEIRS, ticket), now=NOW)
    other = Registration(
        account=Account(appid="wx3", secret="secret"),
        owner="erp",
        tasks=(Task(key=JobKey("wx3", "access_token")),),
    )
    await stores.credentials.register(other, now=NOW)

    async def found(*kinds: str, **wanted: Any) -> list[str]:
        return [one.appid for one in await lists.accounts(kinds=kinds, limit=9, **wanted)]

    assert await found() == ["wx1", "wx2", "wx3"]
    assert await found("access_token") == ["wx1", "wx3"]
    assert await found("jsapi_ticket") == ["wx1", "wx2"]
    assert await found(THEIRS.kind, "wx_card_ticket") == ["wx1", "wx2"]
    assert await found("wx_card_ticket") == []
    assert await found("access_token", after="wx1") == ["wx3"]
    assert await found("access_token", appids=["wx2", "wx3"]) == ["wx3"]


async def test_a_name_is_forgotten_with_the_last_credential_and_the_secret(stores: Stores) -> None:
    lists = SqlListedJobs(stores.database, VAULT)
    ticket = JobKey("wx1", "jsapi_ticket", "wx2")
    await stores.credentials.register(registration(TOKEN, THEIRS, ticket), now=NOW)
    await lists.name_account("wx1", "own")
    await lists.name_account("wx2", "theirs")
    seen = []

    for key in (THEIRS, ticket, TOKEN):
        await stores.credentials.remove(key, owner="", now=NOW)
        seen.append(await lists.names(["wx1", "wx2"]))
    await lists.forget_account("wx1")

    assert seen == [{"wx1": "own", "wx2": "theirs"}, {"wx1": "own"}, {"wx1": "own"}]
    assert await lists.names(["wx1", "wx2"]) == {}
    assert await stores.database.read("SELECT 1 FROM account_names") == []


async def test_a_name_that_cannot_be_read_leaves_the_lists_readable(stores: Stores) -> None:
    lists = SqlListedJobs(stores.database, VAULT)
    await stores.credentials.register(registration(TOKEN, THEIRS), now=NOW)
    if stores.database.dialect.name == "sqlite":
        damage = (
            "INSERT INTO account_names VALUES ('wx1', x'ff00fe'), ('wx2', CAST(x'5bff' AS TEXT))"
        )
        await stores.database.write(lambda: rows_of(Statement(damage)))

    with capture_logs():
        listed = await lists.accounts(limit=9)
        found = await lists.view(search="晨", limit=9, now=NOW)
        views = await lists.view(limit=9, now=NOW)
        names = await lists.names(["wx1"])

    assert [one.appid for one in listed] == ["wx1", "wx2"]
    assert found == []
    assert len(views) == 2
    assert names == {}
    assert await lists.name_account("wx1", "晨报")
    assert await lists.names(["wx1"]) == {"wx1": "晨报"}


async def test_some_of_very_many_accounts_are_found_by_index() -> None:
    sql = ACCOUNTS.format(own="a.appid IN ($1)", theirs="j.subject IN ($1)", limit="$2")

    plan = await memory_database().read(f"EXPLAIN QUERY PLAN {sql}", "wx1", 9)

    assert not [row["detail"] for row in plan if row["detail"].startswith(("SCAN a ", "SCAN j "))]


async def test_whether_an_account_has_a_job_of_some_kinds_is_found_by_index() -> None:
    own, theirs = f"({HAS_OWN} OR {IS_SUBJECT})", IS_SUBJECT
    sql = ACCOUNTS.format(
        own=own.format(column="a.appid", kinds="$1"),
        theirs=theirs.format(column="j.subject", kinds="$1"),
        limit="$2",
    )

    plan = await memory_database().read(f"EXPLAIN QUERY PLAN {sql}", "access_token", 9)

    details = [row["detail"] for row in plan if " k " in row["detail"]]
    assert details
    assert not [detail for detail in details if detail.startswith("SCAN")]
