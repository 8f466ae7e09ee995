"""Notes on what is taken and cannot be sent at present."""

from aiohttp import web

from wechat_scheduler.delivery.model import Way
from wechat_scheduler.web.kit.services import SERVICES


async def account_notes(request: web.Request, app_id: int, way: Way) -> list[str]:
    """Why nothing can be sent through the app's account, if that is so; a webhook needs none. Raises StorageError."""
    services = request.app[SERVICES]
    app = services.directory.app(app_id)
    if app is None or way is Way.WEBHOOK:
        return []
    lack = await services.accounts.lack_at_once(app.appid)
    return [lack] if lack else []
