"""The Node client, with Node, if the machine has it."""

import asyncio
import shutil
from collections.abc import AsyncIterator

import pytest

from tests.business import status
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


SENTENCES = f"""
import {{ Client }} from '{CLIENT.as_uri()}';
const [url, away] = process.argv.slice(1);
for (const [args, ...name] of [
  [[url, 'wsk_x'], 'wx1', 0],
  [[url, 'wsk_x\\n'], 'wx1', 0],
  [[away, 'wsk_x'], 'wx1', 0],
  [['127.0.0.1:9001', 'wsk_x'], 'wx1', 0],
  [['http://x:secret@h', 'wsk_x'], 'wx1', 0],
  [[undefined, 'wsk_x'], 'wx1', 0],
  [[url, undefined], 'wx1', 0],
  [[url, 'wsk_x'], 'wx1'],
  [[url, 'wsk_x']],
]) {{
  const asked = async () => {{
    const wechat = new Client(...args);
    return await wechat.credential(...name).finally(() => wechat.close());
  }};
  console.log(await asked().catch((error) => error.message));
}}
const closed = new Client(url, 'wsk_x');
closed.close();
console.log(await closed.credential('wx1', 0).catch((error) => error.message));
const refused = new Client(url, 'wsk_x'), instant = performance.now();
performance.now = () => instant;
for (const appid of ['none', 'none', 'none']) {{
  console.log(await refused.credential(appid, 0).catch((error) => `${{error.status}} ${{error.reason}}`));
}}
refused.close();
"""


async def test_the_node_client_says_in_a_sentence_what_is_wrong(daemon: Told) -> None:
    url, away = daemon.business.url().rstrip("/"), "http://127.0.0.1:9"
    daemon.business.script(status(502, b"<html>Bad Gateway"))

    process = await asyncio.create_subprocess_exec(
        str(NODE), "--input-type=module", "-e", SENTENCES, url, away, stdout=asyncio.subprocess.PIPE
    )
    said = (await process.communicate())[0].decode().splitlines()

    place = "the daemon's URL is written like http://127.0.0.1:9001, without a name and a password"
    assert said == [
        f"{url} answered 502 and is no wechat-scheduler; correct the URL",
        "token-1",
        f"no daemon answers at {away}: bad port; start it, or correct the URL",
        *[place] * 3,
        "the API key is a text like wsk_…; set its environment variable",
        "kind: must be a type such as access_token, or its number, not undefined",
        "appid: must be a text like wx1111111111111111, not undefined",
        "this Client is closed: make one for the whole program",
        *["404 task.unknown"] * 3,
    ]
    paths = [call.path for call in daemon.business.calls]
    assert paths.count("/task/none/0") == 1


def test_the_node_client_is_small() -> None:
    assert len(CLIENT.read_text("utf-8").splitlines()) < 150
