"""An app pays for no more of the client than it uses."""

import asyncio
import sys

OURS = {"client", "engine", "errors", "reasons"}
DAEMONS = {"structlog", "cryptography", "aiosqlite", "click", "tenacity"}


async def imported(scripts: list[str]) -> list[set[str]]:
    """The modules of a new interpreter after each script."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "; ".join(("import sys", *(f"{script}; print(*sys.modules)" for script in scripts))),
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()
    return [set(line.split()) for line in out.decode().splitlines()]


STEPS = [
    ("import wechat_scheduler.client", {"aiohttp", "asyncio", "msgspec", "ssl"}),
    ("from wechat_scheduler.client import SyncClient", {"aiohttp", "asyncio", "yarl"}),
    ("from wechat_scheduler.client import Client", set[str]()),
]


async def test_a_business_app_does_not_import_the_daemon_with_the_client() -> None:
    snapshots = await imported([script for script, _ in STEPS])

    for (script, without), found in zip(STEPS, snapshots, strict=True):
        ours = {name.split(".")[1] for name in found if name.startswith("wechat_scheduler.")}
        assert ours <= OURS, script
        assert not found & (DAEMONS | without), script
