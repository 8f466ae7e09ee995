"""`python -m tests.benchmarks [NAME] [--json]`: each target beside its baseline."""

import argparse
import gc
import os
import sys

from rich.console import Console

from tests.benchmarks import (
    creates,
    fetch,
    messages,
    readers,
    refresh,
    reminders,
    start,
    turns,
    wxpusher,
)
from tests.benchmarks.harness import LOAD_CORE, Bench, as_json, show
from wechat_scheduler.log.setup import configure

BENCHMARKS = {
    "fetch": fetch.run,
    "creates": creates.run,
    "readers": readers.run,
    "refresh": refresh.run,
    "messages": messages.run,
    "reminders": reminders.run,
    "start": start.run,
    "wxpusher": wxpusher.run,
}
# It takes minutes: run by name only.
ASKED_FOR = {"reminders-100000": reminders.run_great, "turns": turns.run}


def main() -> None:
    options = _parser().parse_args()
    # As in a daemon: the garbage collector does not look at what was imported.
    gc.freeze()
    # What the program says while it is measured goes there too, at `warning`: as it says each single
    # delivery at `debug`, that is off here as it is in a daemon.
    configure(level="warning", format="text", stream=sys.stderr)
    # Progress goes where it cannot mix with what a machine reads.
    bench = Bench(rounds=options.rounds, seconds=options.seconds, console=Console(stderr=True))
    os.sched_setaffinity(0, {LOAD_CORE})
    names = [options.name] if options.name else list(BENCHMARKS)
    results = [result for name in names for result in (BENCHMARKS | ASKED_FOR)[name](bench)]
    if options.json:
        print(as_json(results))
        return
    for result in results:
        show(result, Console(width=None if sys.stdout.isatty() else 120))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument(
        "name", nargs="?", choices=list(BENCHMARKS | ASKED_FOR), help="only this one"
    )
    parser.add_argument("--json", action="store_true", help="print results for machines")
    parser.add_argument("--rounds", type=int, default=5, help="how often to go round")
    parser.add_argument(
        "--seconds", type=float, default=1.0, help="how long each measurement takes"
    )
    return parser


if __name__ == "__main__":
    main()
