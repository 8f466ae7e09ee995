"""The sandbox as a web application."""

import random

from aiohttp import web

from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.sandbox.control import add_control
from wechat_scheduler.sandbox.gateway import add_gateway
from wechat_scheduler.sandbox.options import AccountReceiver, PlatformReceiver, SandboxOptions
from wechat_scheduler.sandbox.sandbox import Sandbox
from wechat_scheduler.sandbox.screen import add_screen

__all__ = ["SANDBOX", "AccountReceiver", "PlatformReceiver", "SandboxOptions", "create_sandbox"]

SANDBOX = web.AppKey("SANDBOX", Sandbox)


def create_sandbox(options: SandboxOptions, *, clock: Clock, rng: random.Random) -> web.Application:
    """A WeChat that is ready to be served; `app[SANDBOX]` has its verbs.

    Its pushes are made by `app[SANDBOX].run()`, an essential service of whoever serves it, which
    the application's shutdown stops. Raises ConfigError, InvalidRequestError.
    """
    app = web.Application()
    app[SANDBOX] = sandbox = Sandbox(options, clock=clock, rng=rng)
    add_control(app, sandbox)
    add_screen(app, sandbox)
    add_gateway(app, sandbox)
    app.on_shutdown.append(_stop)
    return app


async def _stop(app: web.Application) -> None:
    app[SANDBOX].stop()
