"""A daemon that starts does not wait for what its first sentence or its first poster needs."""

import sys

from tests.cli.commands import execute
from wechat_scheduler.cli.serve import LATER

NEVER_AT_START = {*LATER, "PIL", "segno", "wechat_scheduler.reminders.bot.command_patterns"}


async def test_what_the_first_sentence_and_the_first_code_need_is_there_and_not_loaded_at_a_start() -> (
    None
):
    script = f"""
import importlib, sys, wechat_scheduler.cli.serve
print(*sys.modules)
for each in {LATER}: importlib.import_module(each)
"""

    ended = await execute(sys.executable, "-c", script)

    loaded = set(ended.out.split())
    assert "wechat_scheduler.reminders.language.parse" in loaded
    assert not NEVER_AT_START & loaded
    assert (ended.code, ended.err) == (0, "")
