"""A daemon that starts does not wait for what its first sentence or its first poster needs."""

import importlib
import sys

from tests.cli.commands import execute
from wechat_scheduler.cli.late_loading import LATER

NEVER_AT_START = {*LATER, "PIL", "segno", "wechat_scheduler.reminders.bot.command_patterns"}
STARTED = """
import sys, wechat_scheduler.cli.serve
print(*sys.modules)
"""
FIRST_SENTENCE = """
from datetime import datetime, timezone
from zoneinfo import ZoneInfo
from wechat_scheduler.engine import patterns
from wechat_scheduler.reminders.language import grammar
from wechat_scheduler.reminders.language.parse import parse
compiled = lambda: sum("match" in vars(each) for each in patterns._PATTERNS)
loaded = compiled()
parse("明天下午3点开会", now=datetime(2026, 11, 18, 10, 30, tzinfo=timezone.utc), zone=ZoneInfo("Asia/Shanghai"))
read = compiled()
patterns.compile_all()
print(loaded, read, compiled())
"""


async def test_a_start_loads_nothing_for_later_and_a_sentence_compiles_only_what_it_needs() -> None:
    ended = await execute(sys.executable, "-c", STARTED + FIRST_SENTENCE)

    started, counted = ended.out.splitlines()
    modules = set(started.split())
    loaded, read, every = map(int, counted.split())
    assert "wechat_scheduler.reminders.desk" in modules
    assert not NEVER_AT_START & modules
    assert loaded == 0
    assert 0 < read < every * 2 / 3
    assert (ended.code, ended.err) == (0, "")


def test_what_is_loaded_later_is_there() -> None:
    assert [importlib.import_module(each).__name__ for each in LATER] == [*LATER]
