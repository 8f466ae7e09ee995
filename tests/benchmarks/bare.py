"""The least aiohttp server: one route. `python -m tests.benchmarks.bare` prints `ready PORT`."""

import asyncio

import uvloop
from aiohttp import web


async def answer(request: web.Request) -> web.Response:
    return web.Response(text="ok\n")


async def serve() -> None:
    app = web.Application()
    app.router.add_get("/healthz", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print("ready", site.port, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(serve())
