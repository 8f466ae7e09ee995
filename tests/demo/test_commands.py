"""The commands `demo` and `sandbox`."""

import asyncio
import io
import os
import re
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from click.testing import CliRunner
from rich.console import Console

from tests import warm
from tests.cli.commands import run_warm
from tests.demo.scenes import snapshot
from wechat_scheduler.cli.demo import conclude
from wechat_scheduler.cli.main import program
from wechat_scheduler.demo.setup import CREDENTIALS
from wechat_scheduler.errors import CallError
from wechat_scheduler.sandbox.banner import banner
from wechat_scheduler.sandbox.options import PlatformReceiver, SandboxOptions

URL = "http://127.0.0.1:9002"


class Command:
    """A process, its standard output read line by line."""

    def __init__(self, process: warm.Piped) -> None:
        self.process = process
        self.said: list[str] = []

    async def line_with(self, words: str) -> str:
        """The next line with `words` in it."""
        async for line in self.process.stdout:
            self.said.append(line.decode().rstrip())
            if words in self.said[-1]:
                return self.said[-1]
        raise AssertionError(f"it never said {words!r} but {self.said}")

    async def end(self, number: signal.Signals) -> tuple[int, str, str]:
        """The exit code, and what else it said, after that signal."""
        self.process.send_signal(number)
        out, err = await self.process.communicate()
        return self.process.returncode or 0, out.decode(), err.decode()


@asynccontextmanager
async def command(*words: str, temporary: Path) -> AsyncIterator[Command]:
    async with asyncio.timeout(60), warm.piped(*words, TMPDIR=str(temporary)) as process:
        yield Command(process)


@pytest.mark.parametrize(
    ("number", "notified"), [(signal.SIGINT, 8), (signal.SIGTERM, 1), (signal.SIGHUP, 1)]
)
async def test_a_signal_ends_the_demo_cleanly(
    tmp_path: Path, number: signal.Signals, notified: int
) -> None:
    async with command("demo", temporary=tmp_path) as running:
        for _ in range(notified):
            await running.line_with("notified")

        code, out, err = await running.end(number)

    assert (code, err) == (0, "")
    assert re.match(r"8 credentials, \d+ rotations, ", out.splitlines()[-1])
    assert os.listdir(tmp_path) == []


def test_seconds_that_are_none_are_refused_with_a_sentence() -> None:
    for seconds in ("abc", "0", "-1", "nan", "inf"):
        result = CliRunner().invoke(program, ["demo", "--seconds", seconds])

        assert result.exit_code == 2
        assert f"'{seconds}' is not a number of seconds above 0" in result.output


async def test_the_demo_ends_quietly_when_its_reader_has_gone(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    async with asyncio.timeout(60), warm.pipe() as (errors, to_errors):
        process = await warm.start(
            "demo",
            environ={**warm.ENVIRONMENT, "TMPDIR": str(tmp_path)},
            streams=(0, writer, to_errors),
        )
        os.close(writer)
        os.close(to_errors)
        err = await errors.read()
        code = await process.wait()

    assert (code, err) == (0, b"")
    assert os.listdir(tmp_path) == []


def test_a_credential_that_never_became_fresh_is_named() -> None:
    console = Console(file=io.StringIO())
    last = snapshot()
    stuck = type(last)(
        **{name: getattr(last, name) for name in last.__slots__ if name != "never_fresh"},
        never_fresh=CREDENTIALS[1:3],
    )

    with pytest.raises(
        CallError, match=r"^never became fresh: jsapi_ticket of wx_tea, wx_card_ticket of wx_tea$"
    ):
        conclude(console, stuck)


async def test_the_sandbox_serves_until_a_signal_ends_it(tmp_path: Path) -> None:
    async with command(
        "sandbox", "-p", "0", "--account", "wx_mine:my-secret", temporary=tmp_path
    ) as running:
        url = (await running.line_with("http://")).split()[-1]
        query = {"grant_type": "client_credential", "appid": "wx_mine", "secret": "my-secret"}
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"{url}/cgi-bin/token", params=query) as response,
        ):
            answer = await response.json()

        code, _, err = await running.end(signal.SIGTERM)

    assert answer["expires_in"] == 7200
    assert (code, err) == (0, "")


async def test_a_port_in_use_is_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = await run_warm("-p", str(port), "sandbox")

    assert (ended.code, ended.sentence) == (
        1,
        f"wechat-scheduler: cannot listen on 127.0.0.1 port {port}: it is in use; "
        "choose another with -p",
    )


async def test_an_address_of_another_machine_is_one_sentence() -> None:
    ended = await run_warm("-p", "0", "sandbox", "--host", "203.0.113.7")

    assert (ended.code, ended.sentence) == (
        1,
        "wechat-scheduler: cannot listen on 203.0.113.7: this machine has no such address; "
        "give one of its own with --host",
    )


def test_a_wrong_option_of_the_sandbox_is_explained() -> None:
    cases = [
        (["--account", "wx_mine"], "'--account': must be APPID:SECRET"),
        (["--push-tickets", "wx_hub"], "'--push-tickets': must be COMPONENT_APPID=URL"),
        (["--push-tickets", "wx_hub=ftp://x"], "--push-tickets: must be http:// or https://"),
        (
            ["--push-tickets", "wx_hub=http://x", "--push-aes-key", "short"],
            "--push-aes-key: must be 43 letters and digits",
        ),
        (["--quota", "/cgi-bin/token=many"], "--quota: 'many' is not a number of calls"),
        (["--token-lifetime", "soon"], "'soon' is not a duration such as 30s, 15m or 1h30m"),
    ]

    for words, complaint in cases:
        result = CliRunner().invoke(program, ["sandbox", *words])

        assert result.exit_code == 2, words
        assert complaint in result.output


def test_the_banner_says_how_to_use_it() -> None:
    said = "\n".join(banner(URL, SandboxOptions(token_lifetime=timedelta(seconds=20))))

    assert "sandbox-secret" in said
    assert len(re.findall(rf"^  curl .*{URL}/", said, re.MULTILINE)) == 3
    assert f"  wechat-scheduler --wechat-api {URL}" in said.splitlines()
    assert "Tokens live 20s." in said


def test_the_banner_names_accounts_and_receivers_without_their_secrets() -> None:
    push = PlatformReceiver(
        component_appid="wx_hub", url="http://127.0.0.1:8000/events?key=hidden",
        token="push-token", encoding_aes_key="k" * 43,
    )  # fmt: skip

    said = "\n".join(
        banner(URL, SandboxOptions(accounts={"wx_mine": "hidden"}, platform_receivers=(push,)))
    )

    assert "wx_mine" in said
    assert "wx_hub are pushed to http://127.0.0.1:8000/events." in said
    assert "hidden" not in said


def test_a_sandbox_that_all_can_reach_says_so_and_where_to_reach_it() -> None:
    said = "\n".join(banner("http://0.0.0.0:9002", SandboxOptions()))

    assert f"{URL}/cgi-bin/token" in said
    assert "everyone who can reach this machine can use it" in said
