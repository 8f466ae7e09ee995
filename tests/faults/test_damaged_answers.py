"""A wrong value in any column of any table: each GET of each API answers, in the words of that API."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import pytest
from structlog.testing import capture_logs

from tests.faults.asked import OTHERS, Asked, asked
from tests.faults.cellar import ODD, WRONG, Cellar
from tests.house import Answer, in_memory
from tests.sending.town import Town, town
from tests.stores.memory import MemoryDatabase, memory_database
from wechat_scheduler.storage.database import Row
from wechat_scheduler.web.compat.passthrough.routes import FAMILIES
from wechat_scheduler.web.console.routes import CONSOLE
from wechat_scheduler.web.pages.responses import TROUBLE
from wechat_scheduler.web.routes import all_routes

# A part takes about a second.
PARTS: Final = 3
WORD: Final = re.compile(r"(?:FROM|JOIN|,)\s+(\w+)")
# What a caller reads of a damaged row: in an API, on a page.
SAID: Final = ("the stored row cannot be read", "the stored one cannot be read", TROUBLE[0])
# A reminder whose app is another number has none.
LOST: Final = "the app of this reminder is gone"


class ReadDatabase(MemoryDatabase):
    """Keeps the words of all statements, the names of tables among them."""

    def __init__(self) -> None:
        super().__init__()
        memory_database().pour_into(self)
        self.words: set[str] = set()

    async def read(self, sql: str, *params: object) -> Sequence[Row]:
        self.words.update(WORD.findall(sql))
        return await super().read(sql, *params)

    def cellar(self) -> Cellar:
        return Cellar(self._connection)

    def changed_elsewhere(self, table: str) -> None:
        """What is remembered of its rows is not believed any more."""
        self._versions[table] += 1


@pytest.mark.parametrize("part", range(PARTS))
async def test_a_damaged_row_ends_no_list_and_no_get_in_a_crash(tmp_path: Path, part: int) -> None:
    database, wrong = ReadDatabase(), []

    async def opener(url: str, **_: Any) -> MemoryDatabase:
        return database

    async with town(tmp_path, opener=opener, compat__wecron_pictures=0) as place:
        requests = [
            (one, await read_by(place, one, database)) for one in (await asked(place)).values()
        ]
        cellar = database.cellar()
        for column in [*cellar.columns()][part::PARTS]:
            # Half of the texts are of another type, and half no text: both in each takes twice as long.
            value = (WRONG if column.kind == "TEXT" and column.number % 2 else ODD)[column.kind]
            with cellar.damaged({column: value}, alone=True):
                database.changed_elsewhere(column.table)
                for one, words in requests:
                    if column.table in words:
                        found = await faults(place, one)
                        wrong += [f"{column.table}.{column.name}: {each}" for each in found]
            database.changed_elsewhere(column.table)

    assert not wrong, "\n".join(wrong)


async def read_by(place: Town, one: Asked, database: ReadDatabase) -> set[str]:
    """The words of the statements that answer it while all rows are whole."""
    database.words.clear()
    answer = await get(place, one)
    # 400: it wants a query. Such a route may have its line in `asked`.
    assert answer.status in (200, 302, 400), f"{one}: {answer.json}"
    assert one.marker in str(answer.json), f"{one}: {answer.json}"
    return set(database.words)


async def faults(place: Town, one: Asked) -> list[str]:
    """What is wrong with the answer while a row is damaged."""
    with capture_logs() as logs:
        answer = await get(place, one)
    text = str(answer.json)
    told = answer.status < 500 or any(each in text for each in (*SAID, LOST))
    found = [f"{one.path}: {log['event']}" for log in logs if log["event"].endswith("crashed")]
    found += [] if told else [f"{one.path}: {answer.status} {text[:200]}"]
    if one.marker and not (answer.status == 200 and one.marker in text):
        found += [f"{one.path} lacks {one.marker}: {answer.status} {text[:200]}"]
    return found


async def get(place: Town, one: Asked) -> Answer:
    return await place.call("GET", one.path, headers=one.headers, follow=False)


async def test_every_get_is_asked_or_reads_no_row(tmp_path: Path) -> None:
    # The console reads through the routes of our own API only.
    asking = [route for route in all_routes() if route not in CONSOLE]
    gets = {route.path for route in asking if route.method == "GET"}
    # They hand tokens out from memory, or pass calls on to WeChat.
    of_wechat = {path for path in gets if path.split("/")[1] in {*FAMILIES, "{family}"}}

    async with town(tmp_path, opener=in_memory) as place:
        requests = await asked(place)

    assert requests.keys() | OTHERS == gets - of_wechat
    assert not requests.keys() & OTHERS
