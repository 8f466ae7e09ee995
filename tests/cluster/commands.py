"""What an operator reads in a storm: `wechat-scheduler nodes` and `doctor`, as programs of their own."""

import asyncio
import sys

from tests.cluster.arena import Arena
from tests.warm import ENVIRONMENT


async def tell_commands(field: Arena) -> None:
    """Print what both say at a daemon that nothing befalls."""
    place = field.up()[0]
    for words in (
        ("nodes", "--url", place.url, "--key", field.key),
        ("doctor", "--state", str(place.folder), "--database", place.database),
    ):
        print(f"$ wechat-scheduler {words[0]}", flush=True)
        print(await _said(*words), flush=True)


async def _said(*words: str) -> str:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "wechat_scheduler", *words,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={**ENVIRONMENT, "COLUMNS": "200"},
    )  # fmt: skip
    said, _ = await process.communicate()
    return said.decode().rstrip()
