"""`python -m tests.benchmarks [NAME] [--json]`: each target beside its baseline."""

import argparse
import gc
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final

from rich.console import Console

from tests.benchmarks import (
    console,
    creates,
    events,
    fetch,
    gateway,
    instructions,
    messages,
    readers,
    refresh,
    reminders,
    report,
    restart,
    soak,
    start,
    storm,
    turns,
    wxpusher,
)
from tests.benchmarks.harness import LOAD_CORE, Bench
from tests.benchmarks.results import Result, as_json, show
from wechat_scheduler.engine.garbage import YOUNG
from wechat_scheduler.log.setup import configure

Run = Callable[[Bench], Sequence[Result]]

# A new one is one line here, and in the README once that is written anew.
BENCHMARKS: Final[Mapping[str, Run]] = {
    "fetch": fetch.run,
    "creates": creates.run,
    "readers": readers.run,
    "storm": storm.run,
    "refresh": refresh.run,
    "messages": messages.run,
    "reminders": reminders.run,
    "restart": restart.run,
    "start": start.run,
    "wxpusher": wxpusher.run,
}
# They take minutes: run by name only, and the first of them for the README too.
GREAT: Final[Mapping[str, Run]] = {"reminders-100000": reminders.run_great}
ASKED_FOR: Final[Mapping[str, Run]] = {
    **GREAT,
    "console": console.run,
    "events": events.run,
    "gateway": gateway.run,
    "instructions": instructions.run,
    "start-10000000": start.run_great,
    "turns": turns.run,
}
SOAK: Final = "soak"


def main() -> None:
    options = _parser().parse_args()
    # As in a daemon: the garbage collector does not look at what was imported, and seldom at what is new.
    gc.freeze()
    gc.set_threshold(YOUNG, *gc.get_threshold()[1:])
    # What the program says while it is measured goes there too, at `warning`: as it says each single
    # delivery at `debug`, that is off here as it is in a daemon.
    configure(level="warning", format="text", stream=sys.stderr)
    # Progress goes where it cannot mix with what a machine reads.
    bench = Bench(rounds=options.rounds, seconds=options.seconds, console=Console(stderr=True))
    os.sched_setaffinity(0, {LOAD_CORE})
    # Else each daemon that starts compiles all modules first.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    results = [
        result for name, run in _chosen(options).items() for result in _timed(name, run, bench)
    ]
    if options.write_readme:
        report.write_readme(results, rounds=options.rounds)
    if options.json:
        print(as_json(results))
        return
    for result in results:
        show(result, Console(width=None if sys.stdout.isatty() else 160))


def _chosen(options: argparse.Namespace) -> Mapping[str, Run]:
    if options.name == SOAK:
        return {SOAK: partial(soak.run, minutes=options.minutes)}
    if options.name:
        return {options.name: {**BENCHMARKS, **ASKED_FOR}[options.name]}
    return {**BENCHMARKS, **(GREAT if options.write_readme else {})}


def _timed(name: str, run: Run, bench: Bench) -> Sequence[Result]:
    began = time.perf_counter()
    results = run(bench)
    bench.console.print(f"{name}: {time.perf_counter() - began:.0f} s")
    return results


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument(
        "name", nargs="?", choices=[*BENCHMARKS, *ASKED_FOR, SOAK], help="only this one"
    )
    parser.add_argument("--json", action="store_true", help="print results for machines")
    parser.add_argument(
        "--write-readme", action="store_true", help="write the README's section from this run"
    )
    parser.add_argument("--rounds", type=int, default=5, help="how often to go round")
    parser.add_argument(
        "--seconds", type=float, default=1.0, help="how long each measurement takes"
    )
    parser.add_argument("--minutes", type=float, default=30, help="how long a soak takes")
    return parser


if __name__ == "__main__":
    main()
