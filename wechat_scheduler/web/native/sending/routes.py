"""The routes of sending: apps and who belongs to them, messages and what becomes of them."""

from aiohttp import hdrs

from wechat_scheduler.access.model import Scope
from wechat_scheduler.web.kit.route import Route
from wechat_scheduler.web.native.sending import (
    apps,
    deliveries,
    messages,
    openids,
    qrcodes,
    subscribers,
    topics,
)

APP = "/v1/apps/{app}"
SUBSCRIBER = f"{APP}/subscribers/{{name}}"
DELIVERY = "/v1/deliveries/{delivery}"

SENDING_ROUTES = (
    Route(hdrs.METH_POST, "/v1/apps", apps.create, Scope.ADMIN),
    Route(hdrs.METH_GET, "/v1/apps", apps.listed, Scope.PUSH),
    Route(hdrs.METH_GET, APP, apps.shown, Scope.PUSH),
    Route(hdrs.METH_PATCH, APP, apps.change, Scope.ADMIN),
    Route(hdrs.METH_DELETE, APP, apps.remove, Scope.ADMIN),
    Route(hdrs.METH_POST, f"{APP}/token", apps.reset_token, Scope.ADMIN),
    Route(hdrs.METH_POST, f"{APP}/topics", topics.create, Scope.PUSH),
    Route(hdrs.METH_GET, f"{APP}/topics", topics.listed, Scope.PUSH),
    Route(hdrs.METH_DELETE, f"{APP}/topics/{{topic}}", topics.remove, Scope.PUSH),
    Route(hdrs.METH_GET, f"{APP}/subscribers", subscribers.listed, Scope.PUSH),
    Route(hdrs.METH_POST, f"{APP}/subscribers", subscribers.bind_all, Scope.PUSH),
    Route(hdrs.METH_PUT, SUBSCRIBER, subscribers.bind, Scope.PUSH),
    Route(hdrs.METH_PATCH, SUBSCRIBER, subscribers.change, Scope.PUSH),
    Route(hdrs.METH_DELETE, SUBSCRIBER, subscribers.remove, Scope.PUSH),
    Route(hdrs.METH_POST, f"{SUBSCRIBER}/token", subscribers.user_token, Scope.ADMIN),
    Route(hdrs.METH_POST, f"{SUBSCRIBER}/spt", subscribers.simple_token, Scope.ADMIN),
    Route(hdrs.METH_POST, f"{SUBSCRIBER}/openid", openids.log_in, Scope.PUSH),
    Route(hdrs.METH_POST, f"{APP}/qrcodes", qrcodes.create, Scope.PUSH),
    Route(hdrs.METH_POST, "/v1/messages", messages.send, Scope.PUSH),
    Route(hdrs.METH_GET, "/v1/messages/{message}", messages.shown, Scope.PUSH),
    Route(hdrs.METH_GET, "/v1/deliveries", deliveries.listed, Scope.PUSH),
    Route(hdrs.METH_POST, "/v1/deliveries/replay", deliveries.replay_all, Scope.PUSH),
    Route(hdrs.METH_POST, "/v1/deliveries/cancel", deliveries.cancel_all, Scope.PUSH),
    Route(hdrs.METH_GET, DELIVERY, deliveries.shown, Scope.PUSH),
    Route(hdrs.METH_POST, f"{DELIVERY}/replay", deliveries.replay, Scope.PUSH),
    Route(hdrs.METH_POST, f"{DELIVERY}/cancel", deliveries.cancel, Scope.PUSH),
)
