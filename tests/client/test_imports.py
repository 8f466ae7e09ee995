"""An app pays for no more of the client than it uses."""

import asyncio
import sys

import pytest

OURS = {"client", "engine", "errors", "reasons"}
DAEMONS = {"structlog", "cryptography", "aiosqlite", "click", "tenacity"}


async def imported(script: str) -> set[str]:
    """The modules of a new interpreter after the script."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        f"import sys; {script}; print(*sys.modules)",
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()
    return set(out.decode().split())


@pytest.mark.parametrize(
    ("script", "without"),
    [
        ("import wechat_scheduler.client", {"aiohttp", "asyncio", "msgspec", "ssl"}),
        ("from wechat_scheduler.client import SyncClient", {"aiohttp", "asyncio", "yarl"}),
        ("from wechat_scheduler.client import Client", set[str]()),
    ],
)
async def test_a_business_app_does_not_import_the_daemon_with_the_client(
    script: str, without: set[str]
) -> None:
    found = await imported(script)

    ours = {name.split(".")[1] for name in found if name.startswith("wechat_scheduler.")}
    assert ours <= OURS
    assert not found & (DAEMONS | without)
