"""Serves pages of any origin what WeChat's app gives to those inside it: a JS-SDK, and the check of a signature.

The check tells nothing but whether a signature fits, and changes nothing.
"""

from importlib.resources import files
from typing import Final

import msgspec
from aiohttp import hdrs, web
from msgspec.json import Decoder

from wechat_scheduler.access.origins import located
from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.sandbox.control_bodies import Body, read
from wechat_scheduler.sandbox.handlers import on_its_sandbox
from wechat_scheduler.sandbox.page_signatures import ConfiguredPage
from wechat_scheduler.sandbox.sandbox import Sandbox

SCRIPT: Final = "/_sandbox/jweixin.js"
VERIFY: Final = "/_sandbox/jssdk/verify"
# Of pages of other origins, too.
FOR_ANY_PAGE: Final = (("GET", SCRIPT), ("POST", VERIFY))
_SHARED: Final = {hdrs.ACCESS_CONTROL_ALLOW_ORIGIN: "*"}


class ConfiguredBody(Body, rename="camel"):
    app_id: str
    timestamp: int | str
    nonce_str: str
    signature: str
    url: str


def add_jssdk(router: web.UrlDispatcher) -> None:
    router.add_get(SCRIPT, _script)
    router.add_post(VERIFY, on_its_sandbox(_verify))


async def _script(request: web.Request) -> web.Response:
    script = (files(__package__) / "jweixin.js").read_text("utf-8")
    return web.Response(text=script, content_type="text/javascript", headers=_SHARED)


async def _verify(sandbox: Sandbox, request: web.Request) -> web.Response:
    try:
        body = await read(request, Decoder(ConfiguredBody))
    except InvalidRequestError as error:
        return _answer({"error": str(error)}, error.status)
    fields = msgspec.structs.asdict(body) | {"timestamp": str(body.timestamp)}
    if not _is_there(request, body.url):
        return _answer({"errMsg": "config:invalid url domain"})
    return _answer({"errMsg": sandbox.config_errmsg(ConfiguredPage(**fields))})


def _is_there(request: web.Request, url: str) -> bool:
    """Whether a page that asks is of the origin that it names: WeChat's app knows where it is."""
    origin, place = request.headers.get(hdrs.ORIGIN), located(url)
    return place is not None and origin in (None, place.origin)


def _answer(result: object, status: int = 200) -> web.Response:
    body = msgspec.json.encode(result) + b"\n"
    return web.Response(body=body, status=status, content_type="application/json", headers=_SHARED)
