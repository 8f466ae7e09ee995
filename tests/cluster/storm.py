"""Three daemons on one PostgreSQL in a storm: `python -m tests.cluster.storm --help`.

Jobs rotate, messages and reminders are sent, and daemons are killed, frozen and started at random, or lose
PostgreSQL. The sandbox, a process of its own, says what it was asked and which values were dead.
"""

import argparse
import asyncio
import itertools
import json
import tempfile
from collections import Counter
from pathlib import Path

import aiohttp
import uvloop

from tests.cluster.arena import BLOWS, WIRED, Arena, arena, now, pause
from tests.cluster.commands import tell_commands
from tests.cluster.costs import tell_sizes, used
from tests.cluster.ledger import open_ledger, read_ledger
from tests.cluster.mail import Mail
from tests.cluster.rotation import Rotation
from tests.cluster.verdict import Verdict, shown
from tests.cluster.weixin import ENDPOINT, ENDPOINTS
from tests.program import SHORT_CLAIMS

PEOPLE = 1000
# Seconds after the last blow in which reads go on.
CALM = 15
# Lines of each event that are shown.
FEW = 2


def asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=10_000)
    parser.add_argument("--life", type=float, default=90.0, help="seconds that a token lives")
    parser.add_argument("--readers", type=int, default=2, help="of each daemon")
    parser.add_argument("--templates", type=int, default=0)
    parser.add_argument("--reminders", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long the blows fall")
    parser.add_argument("--blows", nargs="*", choices=list(BLOWS), default=["kill", "freeze"])
    parser.add_argument("--ahead", nargs="*", type=float, default=[0, 0, 0], help="of each clock")
    parser.add_argument("--endpoint", choices=list(ENDPOINTS), default="token")
    parser.add_argument("--commands", action="store_true", help="run nodes and doctor half-way")
    parser.add_argument("--log", type=Path, help="write the daemons' logs there")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


async def main(given: argparse.Namespace) -> None:
    wires = bool(WIRED & set(given.blows))
    with tempfile.TemporaryDirectory(prefix="storm") as folder:
        async with arena(
            Path(folder), aheads=given.ahead, life=given.life, people=PEOPLE, seed=given.seed, wires=wires,
            standby="failover" in given.blows,
            environ={**SHORT_CLAIMS, ENDPOINT: given.endpoint},
        ) as field:  # fmt: skip
            headers = {"Authorization": f"Bearer {field.key}"}
            async with aiohttp.ClientSession(
                headers=headers,
                timeout=aiohttp.ClientTimeout(total=30),
                connector=aiohttp.TCPConnector(limit=0),
            ) as http:
                await _storm(field, http, given)


async def _storm(field: Arena, http: aiohttp.ClientSession, given: argparse.Namespace) -> None:
    await open_ledger(field.pool)
    rotation = Rotation(field, http, jobs=given.jobs, life=given.life, readers=given.readers)
    mail = Mail(field, http, PEOPLE)
    if given.jobs:
        await rotation.register()
        await rotation.warm()
        print(f"{given.jobs} jobs are registered, {given.life:.0f} s each", flush=True)
    if given.templates or given.reminders:
        await mail.open_shop()
    before, began = used(field), now()
    async with asyncio.TaskGroup() as group:
        if given.jobs:
            group.create_task(rotation.watch())
        if mail.is_open:
            group.create_task(mail.send(given.templates, given.reminders, given.seconds))
        if given.commands:
            group.create_task(_look(field, given.seconds / 2))
        await field.rage(given.blows, given.seconds)
        await pause(CALM)
        rotation.stop()
    spent, took = used(field), now() - began
    print("blows:", dict(Counter(blow.what for blow in field.blows)))
    if given.jobs:
        await _tell_of_jobs(field, rotation, given.life, began)
    if mail.is_open:
        await mail.settle()
        _tell_of_mail(mail)
    print(f"processor time in {took:.0f} s: {spent.since(before)}")
    await tell_sizes(field)
    _tell_logs(field)
    if given.log:
        _write_logs(field, given.log)


async def _look(field: Arena, after: float) -> None:
    await pause(after)
    await tell_commands(field)


async def _tell_of_jobs(field: Arena, rotation: Rotation, life: float, began: float) -> None:
    issued = await rotation.issued()
    verdict = Verdict(issued, field.blows, life, await read_ledger(field.pool, field.daemons))
    refreshes = sum(token.at >= began for tokens in issued.values() for token in tokens)
    print(f"{refreshes} refreshes")
    print(
        f"{verdict.periods} periods; twice in one: {dict(verdict.twice)}; "
        f"after the end of a life: {dict(verdict.late)}; longest {verdict.longest:.1f} s"
    )
    print("unexplained:", verdict.unexplained[:10])
    print("late for no reason that is noted:", verdict.unexplained_late[:10])
    print("stored after the end of the claim:", verdict.slow[:10])
    print("from the end of a dead claim to the refresh:", shown(verdict.takeovers))
    print(
        "reads:",
        dict(rotation.reads),
        "failed:",
        dict(rotation.failures),
        "why:",
        dict(rotation.refusals),
    )
    print("slowest read by daemon:", {n: round(t, 2) for n, t in rotation.slowest.items()})
    print(
        f"from a commit to the first answer with it, {len(rotation.seen)} times:",
        shown(rotation.seen),
    )
    print("to the last answer without it:", shown(rotation.stale))
    print("until this program had heard of it and read it:", shown(rotation.heard))
    print(f"dead values handed out: {len(rotation.dead)}", rotation.dead[:10])
    print(f"values that died while the answer was under way: {rotation.maybe}")
    if rotation.dead or verdict.unexplained or verdict.unexplained_late:
        for blow in field.blows:
            print(f"   {blow.what} {blow.daemon} from {blow.began:.2f} to {blow.ended:.2f}")
    wrong = await rotation.overwritten()
    print(f"jobs of which a daemon hands out what was replaced: {len(wrong)}", wrong[:10])


def _tell_of_mail(mail: Mail) -> None:
    print(f"{mail.shown.total()} of {mail.wanted.total()} messages on the phones", end="; ")
    print(
        f"lost: {(mail.wanted - mail.shown).total()}, twice or unasked: {(mail.shown - mail.wanted).total()}"
    )
    print(
        f"requests said again: {mail.retried}, {mail.crashed} after a 500; reminders after their time:",
        shown(mail.late),
    )


def _tell_logs(field: Arena) -> None:
    events: Counter[str] = Counter()
    for log in itertools.chain.from_iterable(place.logs for place in field.places):
        for one in log.events:
            if one["level"] in ("warning", "error"):
                seen, events[one["event"]] = (
                    events[one["event"]],
                    events[one["event"]] + one.get("count", 1),
                )
                if seen < FEW:
                    print("  ", json.dumps(one, ensure_ascii=False))
        if log.others:
            print("without a form:", log.others)
    print("warnings:", dict(events))


def _write_logs(field: Arena, path: Path) -> None:
    """One event a line, with the number of its daemon."""
    with path.open("w") as file:
        for place in field.places:
            for event in itertools.chain.from_iterable(log.events for log in place.logs):
                file.write(f"{place.number} {json.dumps(event, ensure_ascii=False)}\n")


if __name__ == "__main__":
    began = now()
    uvloop.run(main(asked()))
    print(f"took {now() - began:.0f} s")
