"""A WeChat that takes and gives files: `python -m tests.benchmarks.files MEGABYTES` prints `ready PORT`."""

import asyncio
import re
import sys

import uvloop

CHUNK = b"x" * (1 << 20)
TAKEN = (
    b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n{"errcode":0}'
)
LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    if head.startswith(b"POST"):
        await take(reader, head)
        writer.write(TAKEN)
    else:
        await give(writer, int(sys.argv[1]))
    await writer.drain()
    writer.close()


async def take(reader: asyncio.StreamReader, head: bytes) -> None:
    found = LENGTH.search(head)
    left = int(found[1]) if found else 0
    while left:
        left -= len(await reader.read(min(left, 1 << 20)))


async def give(writer: asyncio.StreamWriter, megabytes: int) -> None:
    size = megabytes * len(CHUNK)
    writer.write(
        f"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: {size}\r\n\r\n".encode()
    )
    for _ in range(megabytes):
        writer.write(CHUNK)
        await writer.drain()


async def main() -> None:
    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=1 << 20)
    print(f"ready {server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main())
