"""Reads from a query which reminders a list shows."""

from aiohttp import web

from wechat_scheduler.reminders.ports import ReminderScope
from wechat_scheduler.web.kit.query import id_of
from wechat_scheduler.web.native.reach import reachable_app, reachable_apps, reaches_all


async def scope_of(request: web.Request) -> ReminderScope:
    """What `app` and `uid` of the query choose, within what the key reaches. Raises InvalidRequestError, and
    NotFoundError for an app that the key does not reach."""
    uid = request.query.get("uid", "")
    if app_id := id_of(request, "app"):
        return ReminderScope(((await reachable_app(request, app_id)).id,), uid)
    if reaches_all(request):
        return ReminderScope(None, uid)
    return ReminderScope(tuple(app.id for app in reachable_apps(request)), uid)
