"""A Redis of the tests' own, on a socket in a folder; gone at the end of the block."""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from redis.asyncio import Redis

PROGRAM = shutil.which("redis-server")
needs_redis = pytest.mark.skipif(
    PROGRAM is None, reason="needs redis-server: apt-get install redis-server"
)


@asynccontextmanager
async def redis_server(folder: Path, *options: str) -> AsyncIterator[str]:
    """Its URL."""
    assert PROGRAM is not None
    path = folder / "redis.sock"
    process = await asyncio.create_subprocess_exec(
        *(PROGRAM, "--port", "0", "--unixsocket", str(path), "--save", "", "--dir", str(folder)),
        *options,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        async for line in process.stdout:
            if b"eady to accept connections" in line:
                break
        yield f"unix://{path}"
    finally:
        process.kill()
        await process.communicate()


@asynccontextmanager
async def reading(url: str) -> AsyncIterator["Redis"]:
    client = Redis.from_url(url, decode_responses=True)
    try:
        yield client
    finally:
        await client.aclose()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
