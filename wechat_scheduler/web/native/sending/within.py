"""Limits lists to what the caller's key reaches."""

from dataclasses import replace

from aiohttp import web

from wechat_scheduler.delivery.views import DeliveryFilter
from wechat_scheduler.web.native.reach import reachable_app, reachable_apps, reaches_all


def within_reach(request: web.Request, wanted: DeliveryFilter) -> DeliveryFilter:
    """The filter, limited to the apps that the key reaches. Raises NotFoundError for an app that it
    does not reach."""
    if reaches_all(request):
        return wanted
    if wanted.app_id:
        reachable_app(request, wanted.app_id)
        return wanted
    return replace(wanted, within=tuple(app.id for app in reachable_apps(request)))
