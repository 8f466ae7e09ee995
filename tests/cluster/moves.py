"""A store that moves to PostgreSQL and back while SIGKILL ends the command again and again.

`python -m tests.cluster.moves --help`. A daemon is killed while it sends; then `migrate-store` moves what it left,
with a row in every table. What comes back is compared with what left, and a daemon on it sends the rest.
"""

import argparse
import asyncio
import random
import sqlite3
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import NamedTuple

import aiohttp
import asyncpg
import uvloop

from tests.cluster.arena import Arena, Place, now
from tests.cluster.mail import Mail
from tests.house import APPID
from tests.postgres import PostgresServer, server
from tests.upkeep.test_moving import content, fill
from tests.warm import ENVIRONMENT
from wechat_scheduler.config.loading import DATABASE_NAME

PEOPLE = 1000
BACK = "back.db"
# A run of the command is killed after that many seconds.
ALONE = (0.3, 1.0)
HAS_MOVED = "SELECT value FROM meta WHERE name = 'moved'"


class Ended(NamedTuple):
    code: int
    said: str


def asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--templates", type=int, default=4000)
    parser.add_argument("--reminders", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=8, help="of each of the two moves")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


async def main(given: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory(prefix="moves") as name, server() as postgres:
        async with lone_place(Path(name), postgres, given.seed) as field:
            place = field.places[0]
            await place.start()
            async with aiohttp.ClientSession(
                headers={"Authorization": f"Bearer {field.key}"},
                timeout=aiohttp.ClientTimeout(total=30),
            ) as http:
                await _move_both_ways(field, place, Mail(field, http, PEOPLE), given)


async def _move_both_ways(
    field: Arena, place: Place, mail: Mail, given: argparse.Namespace
) -> None:
    await mail.open_shop()
    await mail.send(given.templates, given.reminders, 10)
    await place.end()
    fill(place.folder / DATABASE_NAME)
    before = content(place.folder / DATABASE_NAME)
    print(
        f"{sum(map(len, before.values()))} rows in {len(before)} tables, {min(map(len, before.values()))} at least"
    )
    start, back = (f"sqlite://{place.folder / name}" for name in (DATABASE_NAME, BACK))
    for source, target in ((start, field.url), (field.url, back)):
        await _move(field, place, source, target, given.kills)
    print("what came back is what left:", content(place.folder / BACK) == before)
    place.database = back
    await place.start()
    await mail.settle()
    print(
        f"{mail.shown.total()} of {mail.wanted.total()} messages on the phones; "
        f"lost: {(mail.wanted - mail.shown).total()}, "
        f"twice or unasked: {(mail.shown - mail.wanted).total()}"
    )


async def _move(field: Arena, place: Place, source: str, target: str, kills: int) -> None:
    """Kill the command that often at any moment, then let it go on to its end, if it has not come there before."""
    began, killed, midst = now(), 0, 0
    while True:
        within = field.rng.uniform(*ALONE) if killed < kills else None
        ended = await _command(place, "migrate-store", source, target, within=within)
        if ended.code >= 0:
            break
        killed += 1
        if not await _has_moved(
            field, place, source
        ):  # else a daemon would start on the copy, and change it
            started = await _command(place, "serve", "-p", "0", "--database", target, within=20)
            midst += "incomplete copy" in started.said
    way = "there" if target == field.url else "back"
    print(
        f"{way}: {killed} kills in {now() - began:.0f} s, {midst} with an incomplete copy, on which no daemon starts"
    )
    print(f"   exit {ended.code}: {[line for line in ended.said.splitlines() if 'moved' in line]}")


async def _has_moved(field: Arena, place: Place, source: str) -> bool:
    if source != field.url:
        with closing(sqlite3.connect(place.folder / DATABASE_NAME)) as connection:
            return bool(connection.execute(HAS_MOVED).fetchall())
    async with asyncpg.create_pool(source, min_size=0, max_size=1) as pool:
        return bool(await pool.fetch(HAS_MOVED))


async def _command(place: Place, *words: str, within: float | None = None) -> Ended:
    """With SIGKILL after that many seconds."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "wechat_scheduler", *words, "--state", str(place.folder),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=ENVIRONMENT,
    )  # fmt: skip
    async with asyncio.TaskGroup() as group:
        saying = group.create_task(process.communicate())
        await asyncio.wait([saying], timeout=within)
        if not saying.done():
            process.kill()
    assert process.returncode is not None
    return Ended(process.returncode, saying.result()[0].decode())


@asynccontextmanager
async def lone_place(folder: Path, postgres: PostgresServer, seed: int) -> AsyncIterator[Arena]:
    """A place for one daemon on SQLite, a sandbox, and an empty database to move to."""
    weixin = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.cluster.weixin", "1", "7200", "300", APPID, str(PEOPLE),
        stdout=asyncio.subprocess.PIPE,
        env=ENVIRONMENT,
    )  # fmt: skip
    assert weixin.stdout is not None
    port = (await weixin.stdout.readline()).decode().split()[1]
    state = folder / "state"
    place = Place(
        number=0, folder=state, database=f"sqlite://{state / DATABASE_NAME}", wire=None, ahead=0,
        weixin=f"http://127.0.0.1:{port}", environ={}, logs=[],
    )  # fmt: skip
    async with postgres.fresh_database() as url:
        try:
            yield Arena([place], postgres, url, random.Random(seed), weixin.pid)
        finally:
            await place.end()
            weixin.kill()


if __name__ == "__main__":
    began = now()
    uvloop.run(main(asked()))
    print(f"took {now() - began:.0f} s")
