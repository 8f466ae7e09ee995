"""A row in every table that holds something sealed, written by the stores themselves."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from importlib.resources.abc import Traversable
from typing import Any

from tests.stores.samples import HOUR, LEASE, LIFE, NOW, TOKEN, USER, registration, rotated, task
from wechat_scheduler.access.once import Once
from wechat_scheduler.audience.directory import draft_app
from wechat_scheduler.delivery.model import Content, Message
from wechat_scheduler.pushes.model import TICKET, Event, InfoType
from wechat_scheduler.storage.access.keys import SqlKeys
from wechat_scheduler.storage.access.link_secrets import link_secret
from wechat_scheduler.storage.audience.apps import SqlApps
from wechat_scheduler.storage.credentials.credentials import SqlCredentials
from wechat_scheduler.storage.database import Database, Script, Statement
from wechat_scheduler.storage.delivery.messages import SqlMessages, secret_place
from wechat_scheduler.storage.feed import SqlFeed
from wechat_scheduler.storage.pushes.events import SqlEvents, code_place
from wechat_scheduler.storage.pushes.pushes import SqlPushes
from wechat_scheduler.storage.rows import Vault
from wechat_scheduler.storage.sealing import Sealer
from wechat_scheduler.storage.stored_responses import SqlStoredResponses
from wechat_scheduler.storage.upkeep.sealed import COLUMNS

GRANT = Event(
    appid="wx1",
    name=InfoType.AUTHORIZED,
    authorizer="wx2",
    code="code",
    code_until=NOW + HOUR,
    happened_at=NOW,
)
APP = replace(draft_app("shop", "wx1", now=NOW), callback="http://x/c?key=1")
TOKEN_GIVEN = Message(id=7, app_id=0, content=Content(), secret="SPT_token", created_at=NOW)
ONCE = Once(scope="apps", key="k", digest="d", response="answer")


async def plant(database: Database, sealer: Sealer) -> None:
    """Fill the tables: an account, jobs with credentials, addresses, a push, a key."""
    vault = Vault(sealer)
    store = credentials(database, sealer)
    wanted = (
        task(USER, notify="http://x/n?key=1", params="http://x/p?key=1"),
        task(TOKEN, notify="http://x/n?key=2"),
    )
    await store.register(registration(*wanted), now=NOW)
    for number in range(2):
        for job in await store.claim(now=NOW + LIFE * number, limit=10, lease=LEASE):
            outcome = rotated(job, f"value-{number}", refresh_token=f"refresh-{number}")
            await store.save(outcome, now=NOW + LIFE * number)
    inbox = SqlPushes(database, vault, tell=store.tell)
    await inbox.put_secrets("wx1", token="token", aes_key="key", now=NOW)
    await inbox.put_ticket("wx1", "ticket", now=NOW)
    await SqlEvents(database, vault, worker="here", tell=store.tell).put(GRANT, now=NOW)
    await SqlKeys(database, vault).put_admin("hash", now=NOW)
    await SqlApps(database, vault).add_app(APP, [], once=ONCE)
    await link_secret(database, vault)
    await SqlMessages(database, vault).put(TOKEN_GIVEN, [], once=None, now=NOW)


async def read_back(database: Database, sealer: Sealer) -> list[Any]:
    """What the daemon would read of it."""
    store, vault = credentials(database, sealer), Vault(sealer)
    views = await store.view(limit=10)
    snapshots = [await store.load(view.key) for view in views]
    notices = await database.read("SELECT target FROM deliveries ORDER BY target")
    given = await database.read("SELECT secret FROM message_secrets")
    codes = await database.read("SELECT code FROM events WHERE id = $1", GRANT.id)
    return [
        [(view.key, view.receivers) for view in views],
        [snapshot.credential if snapshot else None for snapshot in snapshots],
        [await store.notification(row["target"]) for row in notices],
        [await store.earlier(view.key) for view in views],
        await store.pushed("wx1", TICKET),
        await SqlPushes(database, vault, tell=store.tell).secrets("wx1"),
        [vault.open(row["code"], code_place(GRANT.id)) for row in codes],
        await SqlApps(database, vault).all_apps(),
        await SqlStoredResponses(database, vault).find(ONCE.scope, ONCE.key, ONCE.digest),
        await link_secret(database, vault),
        [vault.open(row["secret"], secret_place(TOKEN_GIVEN.id)) for row in given],
    ]


def credentials(database: Database, sealer: Sealer) -> SqlCredentials:
    kinds = frozenset(("access_token",))
    return SqlCredentials(
        database, Vault(sealer), worker="here", secret_kinds=kinds, feed=SqlFeed(database)
    )


async def sealed_texts(database: Database) -> dict[str, list[str]]:
    """By column, whatever looks sealed in any column that is in the registry."""
    found: dict[str, list[str]] = {}
    for column in COLUMNS:
        rows = await database.read(f"SELECT {column.column} AS text FROM {column.table}")
        found[str(column)] = [row["text"] for row in rows if row["text"]]
    return found


def called_sealed(migrations: Traversable) -> Iterator[str]:
    """The columns beside which a migration says so."""
    for file in migrations.iterdir():
        table = ""
        for line in file.read_text("utf-8").splitlines() if file.name.endswith(".sql") else ():
            if named := re.match(r"(?:CREATE|ALTER) TABLE (?:IF NOT EXISTS )?(\w+)", line):
                table = named[1]
            words = re.sub(r"^ALTER TABLE \w+", "", line).split("--")
            column = re.match(r"\s*(?:ADD (?:COLUMN )?)?(\w+)\s", words[0])
            if len(words) == 2 and column and words[1].strip().startswith("sealed"):
                yield f"{table}.{column[1]}"


async def run(database: Database, sql: str, *params: object) -> Sequence[Any]:
    def script() -> Script[Sequence[Any]]:
        return (yield Statement(sql, params))

    return await database.write(script)
