"""A daemon that starts does not wait for what its first sentence or its first poster needs."""

import sys

from tests.cli.commands import execute

LATER = {"wechat_scheduler.reminders.language.grammar", "PIL"}


async def test_the_grammar_and_pillow_are_not_loaded_with_the_daemon() -> None:
    script = "import sys, wechat_scheduler.daemon.opening; print(*sys.modules)"

    ended = await execute(sys.executable, "-c", script)

    loaded = set(ended.out.split())
    assert "wechat_scheduler.reminders.language.parse" in loaded
    assert not LATER & loaded
