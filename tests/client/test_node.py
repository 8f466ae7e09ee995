"""The Node client, with Node, if the machine has it."""

import asyncio
import shutil
from collections.abc import AsyncIterator

import pytest

from tests.client.told import Told, told
from tests.documents import ROOT
from wechat_scheduler.engine.clock import SystemClock

NODE = shutil.which("node")
CLIENT = ROOT / "contrib" / "node" / "wechat-scheduler.mjs"
PATH = "wx1/access_token"
# Reads the token at each line, or reports the value that the line has.
PROGRAM = f"""
import {{ createInterface }} from 'node:readline';
import {{ Client }} from '{CLIENT.as_uri()}';
const wechat = new Client(process.argv[1], 'wsk_x');
for await (const line of createInterface({{ input: process.stdin }})) {{
  const asked = line ? wechat.invalid('wx1', 'access_token', line) : wechat.credential('wx1', 'access_token');
  console.log(await asked.catch((error) => `${{error.status}} ${{error.reason}}`));
}}
wechat.close();
"""

pytestmark = pytest.mark.skipif(NODE is None, reason="Node is not installed")


class Program:
    """A Node program with the client."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def say(self, line: str = "") -> str:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{line}\n".encode())
        return (await self.process.stdout.readline()).decode().strip()

    async def reads(self, value: str) -> None:
        """Wait until it does."""
        while await self.say() != value:
            pass


@pytest.fixture
async def daemon() -> AsyncIterator[Told]:
    async with told(SystemClock()) as opened:
        await opened.rotate(PATH, "token-1")
        yield opened


@pytest.fixture
async def program(daemon: Told) -> AsyncIterator[Program]:
    process = await asyncio.create_subprocess_exec(
        str(NODE), "--input-type=module", "-e", PROGRAM, daemon.business.url(),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    yield Program(process)
    assert process.stdin is not None
    process.stdin.close()
    assert await process.wait() == 0


async def test_a_node_program_reads_its_token_from_memory_and_is_told_rotations(
    daemon: Told, program: Program
) -> None:
    first = await program.say()
    await daemon.listened()
    before = daemon.asked()
    await daemon.rotate(PATH, "token-2")
    await program.reads("token-2")
    asked = daemon.asked() - before

    await daemon.stop()
    away = {await program.say() for _ in range(20)}
    await daemon.start()
    refreshing = asyncio.create_task(program.say("token-2"))  # noqa: TID251
    await daemon.business.called(len(daemon.business.calls) + 1)
    await daemon.rotate(PATH, "token-3")

    assert first == "token-1"
    assert asked <= 1
    assert away == {"token-2"}
    assert await refreshing == "token-3"


async def test_a_node_program_learns_what_the_daemon_refuses(
    daemon: Told, program: Program
) -> None:
    await daemon.remove(PATH)

    assert await program.say() == "404 task.unknown"


def test_the_node_client_is_small() -> None:
    assert len(CLIENT.read_text("utf-8").splitlines()) < 150
