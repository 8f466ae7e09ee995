"""Hours in which everything that can hang hangs in turn, and what the healthy ones miss: nothing."""

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path

from tests.day_loop import DayLoop, LoopClock, run
from tests.documents import PACKAGE
from tests.unfair.day import a_day
from tests.unfair.hangs import CODES, HANGS, TOGETHER
from tests.unfair.needs import NEEDS, a_qr_code
from wechat_scheduler.daemon.ground import Guarded

# A path of WeChat that is called.
WECHATS = re.compile(r'"(/(?:cgi-bin|sns|wxaapi)/\w+(?:/\w+)*)"')

# Files that name paths which only callers of the gateway call.
PASSED_ON = {"passage.py", "relay.py", "secrets.py"}

# Programs beside the daemon.
OTHERS = {"sandbox", "client", "cli", "demo", "doctor", "upkeep"}


def test_hours_in_which_everything_hangs_in_turn_harms_nothing_healthy(
    tmp_path: Path,
) -> None:
    late = late_in_a_day(tmp_path, TOGETHER, turn_takes=timedelta(minutes=2))

    assert late == []
    assert sorted(name for turn in TOGETHER for name in turn) == sorted(HANGS)


def late_in_a_day(
    state: Path, turns: Iterable[Sequence[str]], *, turn_takes: timedelta
) -> list[str]:
    """What healthy neighbours did not get in time; `turns` name what hangs at once."""
    clock = LoopClock()
    loop = DayLoop(clock)

    async def day() -> list[str]:
        async with a_day(state, loop, clock, turn_takes=turn_takes) as played:
            for names in turns:
                needs = [need for need in NEEDS if not (CODES in names and need == a_qr_code)]
                await played.turn({name: HANGS[name] for name in names}, needs)
            await played.turn({}, NEEDS)
            return played.late

    return run(loop, day)


def test_each_outgoing_path_has_its_turn() -> None:
    sources = {path: path.read_text() for path in PACKAGE.rglob("*.py")}
    daemon = {path: text for path, text in sources.items() if not OTHERS & set(path.parts)}

    paths = {
        found
        for path, text in daemon.items()
        if path.name != "errcodes.py" and path.name not in PASSED_ON
        for found in WECHATS.findall(text)
    }
    sessions = {path.name for path, text in daemon.items() if "ClientSession(" in text}

    assert paths | {"gateway"} | set(Guarded._fields) <= set(HANGS)
    assert sessions == {"client.py", "session.py"}
