"""The handles of the sandbox over HTTP: a thin translation of its verbs.

No key: a developer's toy, meant for loopback.
"""

from typing import Any

import msgspec
from aiohttp import web

from wechat_scheduler.sandbox.handling import Body, Verb, handler, read
from wechat_scheduler.sandbox.options import PlatformReceiver
from wechat_scheduler.sandbox.page import PAGE
from wechat_scheduler.sandbox.people_control import PEOPLE_ROUTES
from wechat_scheduler.sandbox.sandbox import Sandbox


class FaultScript(Body):
    endpoint: str
    errcode: int | None = None
    status: int | None = None
    garbage: bool = False
    hang: bool = False
    drop: bool = False
    lose: bool = False
    times: int | None = 1
    appid: str | None = None
    errmsg: str | None = None


class UserConsent(Body, tag_field="kind", tag="oauth2"):
    appid: str
    openid: str | None = None
    component_appid: str = ""


class AuthorizerConsent(Body, tag_field="kind", tag="authorizer"):
    component_appid: str
    authorizer_appid: str


class UserRevocation(Body, tag_field="kind", tag="oauth2"):
    appid: str
    openid: str
    component_appid: str = ""


class AuthorizerRevocation(Body, tag_field="kind", tag="authorizer"):
    component_appid: str
    authorizer_appid: str


class Kill(Body):
    value: str


class PlatformAddress(Body):
    component_appid: str
    url: str
    token: str
    encoding_aes_key: str


SCRIPT = msgspec.json.Decoder(FaultScript)
GRANT: msgspec.json.Decoder[UserConsent | AuthorizerConsent] = msgspec.json.Decoder(
    UserConsent | AuthorizerConsent
)
REVOCATION: msgspec.json.Decoder[UserRevocation | AuthorizerRevocation] = msgspec.json.Decoder(
    UserRevocation | AuthorizerRevocation
)
KILL = msgspec.json.Decoder(Kill)
PUSH = msgspec.json.Decoder(PlatformAddress)


def add_control(app: web.Application, sandbox: Sandbox) -> None:
    """Serve `/` and everything below `/_sandbox`."""
    app.router.add_get("/", _show_page)
    for method, path, verb in ROUTES:
        app.router.add_route(method, path, handler(sandbox, verb))


async def add_script(sandbox: Sandbox, request: web.Request) -> Any:
    script = await read(request, SCRIPT)
    sandbox.script(**msgspec.structs.asdict(script))
    return {"scripted": script.endpoint}


async def clear_scripts(sandbox: Sandbox, request: web.Request) -> Any:
    return {"cleared": sandbox.clear_scripts()}


async def grant(sandbox: Sandbox, request: web.Request) -> Any:
    body = await read(request, GRANT)
    if isinstance(body, UserConsent):
        user = sandbox.grant_user(body.appid, body.openid, component_appid=body.component_appid)
        return user._asdict()
    return sandbox.grant_authorizer(body.component_appid, body.authorizer_appid)._asdict()


async def revoke(sandbox: Sandbox, request: web.Request) -> Any:
    body = await read(request, REVOCATION)
    if isinstance(body, UserRevocation):
        sandbox.revoke_user(body.appid, body.openid, component_appid=body.component_appid)
        return {"revoked": body.openid}
    sandbox.revoke_authorizer(body.component_appid, body.authorizer_appid)
    return {"revoked": body.authorizer_appid}


async def show_ticket(sandbox: Sandbox, request: web.Request) -> Any:
    ticket = sandbox.ticket(request.match_info["component_appid"])
    return {
        "component_verify_ticket": ticket.value,
        "expires_in": ticket.expires_in(sandbox.now()),
    }


async def add_push(sandbox: Sandbox, request: web.Request) -> Any:
    """Registers, and pushes whatever is due to anybody; tells how many pushes were accepted."""
    body = await read(request, PUSH)
    sandbox.register_platform(PlatformReceiver(**msgspec.structs.asdict(body)))
    return {"accepted": await sandbox.push_once()}


async def kill(sandbox: Sandbox, request: web.Request) -> Any:
    return {"killed": sandbox.kill((await read(request, KILL)).value)}


async def show_calls(sandbox: Sandbox, request: web.Request) -> Any:
    return {"calls": sandbox.call_counts()}


ROUTES: tuple[tuple[str, str, Verb], ...] = (
    ("POST", "/_sandbox/script", add_script),
    ("DELETE", "/_sandbox/script", clear_scripts),
    ("POST", "/_sandbox/grants", grant),
    ("POST", "/_sandbox/revoke", revoke),
    ("GET", "/_sandbox/tickets/{component_appid}", show_ticket),
    ("POST", "/_sandbox/pushes", add_push),
    ("POST", "/_sandbox/kill", kill),
    ("GET", "/_sandbox/calls", show_calls),
    *PEOPLE_ROUTES,
)


async def _show_page(request: web.Request) -> web.Response:
    return web.Response(text=PAGE, content_type="text/plain")
