"""A stored rule that this version cannot read: its reminder is shown, and mended through every API."""

from pathlib import Path
from typing import Any

import pytest

from tests.sending.town import Town, town
from tests.stores.memory import MemoryDatabase, memory_database
from tests.web.compat.remembering import Client, client
from wechat_scheduler.storage.database import Statement, rows_of

DAMAGED = "FREQ=NEVER"


@pytest.fixture
def database() -> MemoryDatabase:
    return memory_database()


@pytest.fixture
async def place(tmp_path: Path, database: MemoryDatabase) -> Any:
    async def opener(url: str, **_: Any) -> MemoryDatabase:
        return database

    async with town(tmp_path, opener=opener, bot=True) as settled:
        yield settled


async def damaged(wecron: Client, database: MemoryDatabase) -> str:
    reminder: str = (await wecron.make(title="浇花", repeat={"day": 1}))["id"]
    spoil = "UPDATE reminders SET rule = $1 WHERE id = $2"
    await database.write(lambda: rows_of(Statement(spoil, (DAMAGED, reminder))))
    return reminder


async def test_our_api_says_what_is_wrong_and_takes_another(
    place: Town, database: MemoryDatabase
) -> None:
    path = f"/v1/reminders/{await damaged(await client(place), database)}"

    shown = await place.call("GET", path)
    preview = await place.call("GET", f"{path}/preview")
    mended = await place.call("PATCH", path, {"rule": "FREQ=DAILY"})

    assert shown.result["rule"] == DAMAGED
    assert (preview.status, preview.json["reason"]) == (500, "row.damaged")
    assert preview.json["message"].startswith("rule: the stored one cannot be read")
    assert mended.result["rule"] == "FREQ=DAILY"


async def test_wecron_lists_it_beside_the_others_and_takes_another(
    place: Town, database: MemoryDatabase
) -> None:
    wecron = await client(place)
    path = f"/reminds/api/{await damaged(wecron, database)}/"
    await wecron.make(title="开会")

    titles = {one["title"]: one["repeat"] for one in (await wecron("GET")).json["results"]}
    mended = await wecron("PATCH", path, {"repeat": {"week": 1}})

    assert titles == {"浇花": {}, "开会": {}}
    assert mended.json["repeat"] == {"week": 1}


async def test_the_bot_lists_it_as_it_is_stored(place: Town, database: MemoryDatabase) -> None:
    wecron = await client(place)
    await damaged(wecron, database)
    place.people.write(place.app.appid, await place.openid(wecron.uid), "我的提醒")

    await place.tell()

    assert "浇花" in (await place.arrived(wecron.uid))[-1].text
