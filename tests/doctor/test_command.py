"""`wechat-scheduler doctor`."""

import asyncio
import json
from pathlib import Path

from tests.cli.commands import Ended, invoke
from tests.house import WeChat
from wechat_scheduler.config.settings import Config


async def doctor(*words: str) -> Ended:
    """Runs the command in a thread: the sandbox runs in this one."""
    return await asyncio.to_thread(invoke, "doctor", *words)


def words(config: Config, weixin: WeChat) -> list[str]:
    return ["--state", str(config.state.dir), "--wechat-api", weixin.url]


async def test_where_nothing_fails_it_exits_with_0(config: Config, weixin: WeChat) -> None:
    ended = await doctor(*words(config, weixin))

    assert (ended.code, ended.err) == (0, "")
    assert {line.split()[0] for line in ended.out.splitlines()} == {"ok", "warn"}
    assert ended.out.splitlines()[0].split(maxsplit=1)[1].startswith("configuration ")


async def test_a_failure_exits_with_1_and_programs_get_json(config: Config, weixin: WeChat) -> None:
    (config.state.dir / "admin.key").chmod(0o644)

    ended = await doctor("--json", *words(config, weixin))

    findings = json.loads(ended.out)
    assert ended.code == 1
    assert [it["check"] for it in findings if it["level"] == "FAIL"] == ["state"]
    assert findings[2]["advice"] == f"chmod go= {config.state.dir / 'admin.key'}"


async def test_a_configuration_that_is_wrong_fails_with_a_line_for_each_mistake(
    tmp_path: Path,
) -> None:
    file = tmp_path / "config.toml"
    file.write_text("[server]\nprot = 1\nport = 'x'\n")

    ended = await doctor("--config", str(file))

    assert ended.code == 1
    assert [line.split()[:2] for line in ended.out.splitlines()] == [["FAIL", "configuration"]] * 2
