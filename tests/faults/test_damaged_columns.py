"""A wrong value in any column of any table: the daemon goes on, shows the rest, and `doctor` names the row."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import groupby, zip_longest
from operator import attrgetter
from pathlib import Path
from typing import Final

from structlog.testing import capture_logs

from tests.faults.cellar import ODD, OTHER, WRONG, Cellar, Column, filled
from tests.house import APPID
from tests.sending.town import AES_KEY, Town, town
from wechat_scheduler.config.loading import DATABASE_NAME
from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.doctor import store

NUMBER: Final = attrgetter("number")
PATHS: Final = ("/readyz", "/metrics")
# What is read of people is read without these.
OF_CREDENTIALS: Final = {
    "account_names", "accounts", "aliases", "answers", "api_keys", "audit", "bound_jobs", "callbacks", "consumers", "events",
    "jobs", "page_origins", "pushes", "refresh_tokens", "registrations", "tokens",
}  # fmt: skip
# What is read of the daemon itself is read without both.
OF_ITSELF: Final = {
    "alerts", "egress", "feed", "feed_head", "gateway_uses", "meta", "nodes", "refused_pushes", "sessions", "statistics",
}  # fmt: skip


def apart(columns: Iterable[Column]) -> Iterator[list[Column]]:
    """All columns, a few at once: those whose tables are read apart from one another."""
    found: tuple[list[Column], ...] = [], [], []
    for column in columns:
        found[(column.table in OF_CREDENTIALS) + 2 * (column.table in OF_ITSELF)].append(column)
    for several in zip_longest(*found):
        yield [column for column in several if column is not None]


async def seen(place: Town) -> list[str]:
    """What is wrong with the answers; the loops do not end."""
    wrong = []
    for loop in place.caller.daemon.loops:
        if loop.turn is not None:
            await loop.turn()
    await place.cores.pulse.run_once()
    for path in PATHS:
        answer = await place.caller.call("GET", path)
        if answer.status >= 500:
            wrong.append(f"{path}: {answer.json}")
    return wrong


async def test_no_value_in_any_column_ends_a_loop_or_the_metrics(tmp_path: Path) -> None:
    wrong: list[str] = []
    async with town(tmp_path / "state") as place:
        await filled(place)
        cellar = Cellar.of_file(place.caller.daemon.ground.config.state.dir / DATABASE_NAME)
        with closing(cellar.database), capture_logs():
            for columns in apart(cellar.columns()):
                # Half of each: both together take twice as long.
                values = {it: (WRONG, ODD)[it.number % 2][it.kind] for it in columns}
                with cellar.damaged(values):
                    found = await seen(place)
                wrong += [f"{columns}: {each}" for each in found]

    assert wrong == []


async def test_doctor_names_a_wrong_value_in_any_column(tmp_path: Path) -> None:
    unnamed: list[Column] = []
    async with town(tmp_path / "state") as place:
        await filled(place)
        state = place.caller.daemon.ground.config.state
        cellar = Cellar.of_file(state.dir / DATABASE_NAME)
        with closing(cellar.database):
            async with store.opened(state, clock=place.clock) as opened:
                assert opened.database is not None
                assert opened.vault is not None
                # One column of each table at once.
                for _, columns in groupby(sorted(cellar.columns(), key=NUMBER), key=NUMBER):
                    broken = list(columns)
                    with cellar.damaged({each: WRONG[each.kind] for each in broken}):
                        found = store.damaged(opened.database, opened.vault)
                        said = " ".join([each.says async for each in found])
                    unnamed += [each for each in broken if f"the table {each.table} " not in said]

    assert unnamed == []


async def test_the_first_caller_of_a_job_that_cannot_be_read_learns_it_at_once(
    tmp_path: Path,
) -> None:
    async with town(tmp_path / "state") as place:
        await filled(place)
        database = sqlite3.connect(tmp_path / "state" / DATABASE_NAME, isolation_level=None)
        with closing(database), capture_logs():
            database.execute("UPDATE jobs SET version = 'word' WHERE kind = 'jsapi_ticket'")
            await place.cores.credentials.manager.refresh(JobKey(OTHER, "jsapi_ticket"))

            turning = place.caller.daemon.ground.supervisor.contained("turn", place.caller.settle())
            answer = await place.caller.fetch(f"{OTHER}/1")
            await turning

    assert answer.status == 503
    assert "the stored row cannot be read" in answer.json["message"]
    assert "register it again" in answer.json["message"]


async def test_pushes_to_an_endpoint_whose_secrets_cannot_be_read_are_answered_with_the_reason(
    tmp_path: Path,
) -> None:
    path = f"/wechat/callback/{APPID}?signature=x&timestamp=1&nonce=1&echostr=1"
    async with town(tmp_path / "state") as place:
        database = sqlite3.connect(tmp_path / "state" / DATABASE_NAME, isolation_level=None)
        with closing(database), capture_logs() as logs:
            database.execute("UPDATE callbacks SET secrets = 's1.x'")
            damaged = await place.call("GET", path, key="")
            secrets = {"token": "other", "encoding_aes_key": AES_KEY}
            await place.call("PUT", f"/callbacks/{APPID}", secrets)
            mended = await place.call("GET", path, key="")

    assert (damaged.status, damaged.json["reason"]) == (500, "row.damaged")
    assert [log["row"] for log in logs if log["event"] == "store.row_unreadable"] == [APPID]
    assert mended.status == 403  # the signature is wrong


async def test_doctor_finds_nothing_in_rows_of_every_table_that_are_whole(tmp_path: Path) -> None:
    async with town(tmp_path / "state") as place:
        await filled(place)
        state = place.caller.daemon.ground.config.state
        async with store.opened(state, clock=place.clock) as opened:
            assert opened.database is not None
            assert opened.vault is not None
            found = store.damaged(opened.database, opened.vault)
            said = [each.says async for each in found]

    assert said == []
