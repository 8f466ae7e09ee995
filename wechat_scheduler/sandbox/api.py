"""WeChat's API over HTTP: all paths, and the faults that need a connection."""

from datetime import timedelta
from typing import Final, assert_never
from urllib.parse import quote

import msgspec
from aiohttp import hdrs, web

from wechat_scheduler.sandbox.calls import ApiCall, Endpoint, Reply
from wechat_scheduler.sandbox.endpoints import ENDPOINTS
from wechat_scheduler.sandbox.errcodes import RefusedError
from wechat_scheduler.sandbox.faults import FaultKind, ScriptedFault
from wechat_scheduler.sandbox.handlers import on_its_sandbox
from wechat_scheduler.sandbox.qrcodes import picture
from wechat_scheduler.sandbox.sandbox import Sandbox
from wechat_scheduler.sandbox.uploads import SandboxFile

PREFIXES: Final = ("/cgi-bin/", "/sns/", "/wxa/", "/customservice/", "/datacube/", "/card/")

# How soon a call that hangs notices that the client has gone.
HEARTBEAT = timedelta(seconds=1)
GARBAGE = b'<html><head><title>\xe5\xbe\xae\xe4\xbf\xa1</title></head><body>\xff\x00 {"errcode":'


def add_api(router: web.UrlDispatcher) -> None:
    """Serves all endpoints; other paths of WeChat's API answer 40066."""
    for endpoint in ENDPOINTS:
        router.add_route("*", endpoint.path, on_its_sandbox(_answer, endpoint))
    router.add_get("/cgi-bin/showqrcode", on_its_sandbox(_show_qrcode))
    for prefix in PREFIXES:
        router.add_route("*", prefix + "{path:.*}", on_its_sandbox(_refuse_path))


async def _answer(sandbox: Sandbox, endpoint: Endpoint, request: web.Request) -> web.Response:
    call = await _read(request, sandbox)
    if call is None:
        return _too_large(sandbox, request)
    outcome = sandbox.call_handler.answer(endpoint, call)
    if isinstance(outcome, ScriptedFault):
        return await _play(outcome, request, sandbox)
    if isinstance(outcome, SandboxFile):
        return _send(outcome)
    return _respond(outcome, endpoint.content_type)


async def _show_qrcode(sandbox: Sandbox, request: web.Request) -> web.Response:
    """The picture of a code, without a token. WeChat serves it at mp.weixin.qq.com, as a JPEG with
    the type `image/jpg`; this is a PNG."""
    qrcode = sandbox.qrcode(request.query.get("ticket", ""))
    if qrcode is None:
        raise web.HTTPNotFound
    return web.Response(body=picture(qrcode), content_type="image/png")


async def _refuse_path(sandbox: Sandbox, request: web.Request) -> web.Response:
    call = await _read(request, sandbox)
    if call is None:
        return _too_large(sandbox, request)
    return _respond(sandbox.call_handler.refuse(call, RefusedError(40066)), "application/json")


def _too_large(sandbox: Sandbox, request: web.Request) -> web.Response:
    call = _call(request, sandbox, b"")
    return _respond(sandbox.call_handler.refuse(call, RefusedError(45001)), "application/json")


async def _read(request: web.Request, sandbox: Sandbox) -> ApiCall | None:
    """None if the body is larger than any that WeChat takes."""
    try:
        return _call(request, sandbox, await request.read())
    except web.HTTPRequestEntityTooLarge:
        return None


def _call(request: web.Request, sandbox: Sandbox, body: bytes) -> ApiCall:
    return ApiCall(
        path=request.path,
        method=request.method,
        query=request.query,
        body=body,
        client_ip=request.remote or "",
        now=sandbox.now(),
        content_type=request.headers.get(hdrs.CONTENT_TYPE, ""),
    )


def _respond(reply: Reply, content_type: str) -> web.Response:
    return web.Response(body=msgspec.json.encode(reply), content_type=content_type, charset="utf-8")


def _send(file: SandboxFile) -> web.Response:
    """As WeChat sends media."""
    name = file.name.replace('"', "")
    headers = {"Content-disposition": f'attachment; filename="{quote(name)}"'}
    return web.Response(body=file.data, headers=headers | {hdrs.CONTENT_TYPE: file.content_type})


async def _play(fault: ScriptedFault, request: web.Request, sandbox: Sandbox) -> web.Response:
    match fault.kind:
        case FaultKind.STATUS:
            return web.Response(
                status=fault.number, text=f"<h1>{fault.number}</h1>", content_type="text/html"
            )
        case FaultKind.GARBAGE:
            return web.Response(body=GARBAGE, content_type="text/plain")
        case FaultKind.HANG:
            await _hang(request, sandbox)
        case FaultKind.DROP | FaultKind.LOSE:
            pass
        case FaultKind.ERRCODE:
            raise AssertionError("the call handler plays it")
        case _:
            assert_never(fault.kind)
    return _cut(request)


async def _hang(request: web.Request, sandbox: Sandbox) -> None:
    """Waits until the client has gone or the sandbox stops. aiohttp tells a handler neither."""
    while request.transport is not None and not request.transport.is_closing():
        if await sandbox.clock.wait(sandbox.stopped, HEARTBEAT):
            return


def _cut(request: web.Request) -> web.Response:
    """Cuts the connection. aiohttp requires a response, but none is sent."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
