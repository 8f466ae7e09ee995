"""`/qr/{capability}.jpg`: QR codes as pictures.

The picture of a lasting code changes from time to time and its address does not, so apps show the
address.
"""

import asyncio
from typing import Final

from aiohttp import hdrs, web

from wechat_scheduler.access.links import Links
from wechat_scheduler.audience.model import App, Scene
from wechat_scheduler.audience.qrcodes import QrCode
from wechat_scheduler.errors import NotFoundError, WeChatError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.kit.route import Proof, Route
from wechat_scheduler.web.kit.services import SERVICES, Services
from wechat_scheduler.web.pages.qr import qr_jpeg
from wechat_scheduler.web.pages.responses import named, no_code, paged

PURPOSE: Final = "qr"


def qr_path(links: Links, scene_id: str) -> str:
    return f"/qr/{links.capability(PURPOSE, scene_id)}.jpg"


async def image(request: web.Request) -> web.Response:
    """`GET /qr/{capability}.jpg`."""
    services = request.app[SERVICES]
    scene_id = named(services.links.name_in(PURPOSE, request.match_info["capability"]))
    app, scene = await _scene(services, scene_id)
    code = await drawn(services, app, scene)
    picture = await asyncio.to_thread(qr_jpeg, code.url)
    headers = {hdrs.CACHE_CONTROL: "private, max-age=60", "X-Robots-Tag": "noindex"}
    return web.Response(body=picture, content_type="image/jpeg", headers=headers)


async def drawn(services: Services, app: App, scene: Scene) -> QrCode:
    """The code as it can be scanned now. Raises UnavailableError."""
    try:
        return await services.codes.current(app, scene)
    except WeChatError as error:
        raise no_code(error) from error


async def _scene(services: Services, scene_id: str) -> tuple[App, Scene]:
    """Raises NotFoundError for a code that has expired or is unknown."""
    scene = await services.codes.scene(scene_id)
    app = services.directory.app(scene.app_id) if scene else None
    has_ended = scene and scene.expires_at and scene.expires_at <= services.clock.now()
    if scene is None or app is None or has_ended:
        raise NotFoundError("this code has ended", reason=Reason.ROUTE_UNKNOWN)
    return app, scene


ROUTES = (Route(hdrs.METH_GET, "/qr/{capability}.jpg", paged(image), Proof.CAPABILITY),)
