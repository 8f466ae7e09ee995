"""A daemon that starts does not wait for what its first sentence or its first poster needs."""

import sys

from tests.cli.commands import execute
from wechat_scheduler.cli.serve import LATER

NEVER_AT_START = {*LATER, "PIL", "segno", "wechat_scheduler.reminders.command_patterns"}


async def test_what_the_first_sentence_and_the_first_code_need_is_not_loaded_with_the_daemon() -> (
    None
):
    script = "import sys, wechat_scheduler.cli.serve; print(*sys.modules)"

    ended = await execute(sys.executable, "-c", script)

    loaded = set(ended.out.split())
    assert "wechat_scheduler.reminders.language.parse" in loaded
    assert not NEVER_AT_START & loaded


async def test_each_module_that_the_daemon_loads_once_it_serves_exists() -> None:
    script = f"import importlib; [importlib.import_module(each) for each in {LATER}]"

    ended = await execute(sys.executable, "-c", script)

    assert (ended.code, ended.err) == (0, "")
