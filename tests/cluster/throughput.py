"""What one, two and three daemons do on one PostgreSQL: `python -m tests.cluster.throughput --help`.

All share the cores of this machine with PostgreSQL, the sandbox and this program, so the processor time of each says
more than the ratios.
"""

import argparse
import tempfile
from pathlib import Path

import aiohttp
import uvloop

from tests.cluster.arena import Arena, arena, now, pause
from tests.cluster.costs import tell_sizes, used
from tests.cluster.mail import Mail
from tests.cluster.rotation import Rotation
from tests.cluster.weixin import ENDPOINT
from wechat_scheduler.storage.postgres.change_listener import CHANNEL

PEOPLE = 1000
# Longer than any run.
LIFE = 7200.0
DUE = "UPDATE jobs SET due_at = 0"
UNSENT = "SELECT count(*) FROM deliveries WHERE state = 'pending'"
LEFT = "SELECT count(*) FROM jobs WHERE due_at < (extract(epoch FROM now()) * 1e6 + 60e6)::bigint"


def asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=5000)
    parser.add_argument("--templates", type=int, default=20_000)
    parser.add_argument("--daemons", type=int, nargs="*", default=[1, 2, 3])
    return parser.parse_args()


async def main(given: argparse.Namespace) -> None:
    for daemons in given.daemons:
        with tempfile.TemporaryDirectory(prefix="through") as folder:
            await _measure(Path(folder), daemons, given)


async def _measure(folder: Path, daemons: int, given: argparse.Namespace) -> None:
    async with (
        arena(
            folder, aheads=[0] * daemons, life=LIFE, people=PEOPLE, seed=1, environ={ENDPOINT: "token"}
        ) as field,
        aiohttp.ClientSession(
            headers={"Authorization": f"Bearer {field.key}"},
            timeout=aiohttp.ClientTimeout(total=60),
        ) as http,
    ):  # fmt: skip
        await _refreshes(field, http, given.jobs)
        await _deliveries(field, http, given.templates)
        await tell_sizes(field)


async def _refreshes(field: Arena, http: aiohttp.ClientSession, jobs: int) -> None:
    await Rotation(field, http, jobs=jobs, life=0, readers=0).register()
    await _none(field, LEFT)
    before, began = used(field), now()
    await field.pool.execute(DUE)
    await field.pool.execute("SELECT pg_notify($1, '')", CHANNEL)
    await _none(field, LEFT)
    _tell(field, "refreshes", jobs, now() - began, used(field).since(before))


async def _deliveries(field: Arena, http: aiohttp.ClientSession, templates: int) -> None:
    mail = Mail(field, http, PEOPLE)
    await mail.open_shop()
    before, began = used(field), now()
    await mail.send(templates, 0, 0)
    await _none(field, UNSENT)
    _tell(field, "deliveries", templates, now() - began, used(field).since(before))


async def _none(field: Arena, count: str) -> None:
    while await field.pool.fetchval(count):
        await pause(0.05)


def _tell(field: Arena, what: str, number: int, took: float, spent: str) -> None:
    print(
        f"{len(field.places)} daemons: {number} {what} in {took:.1f} s, {number / took:.0f} a second; "
        f"processor time: {spent}",
        flush=True,
    )


if __name__ == "__main__":
    began = now()
    uvloop.run(main(asked()))
    print(f"took {now() - began:.0f} s")
