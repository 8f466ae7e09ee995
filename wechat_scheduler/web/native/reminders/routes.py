"""The routes of reminders."""

from aiohttp import hdrs

from wechat_scheduler.access.model import Scope
from wechat_scheduler.web.kit.route import Route
from wechat_scheduler.web.native.reminders import reminders, sentences

ONE = "/v1/reminders/{reminder}"

REMINDER_ROUTES = (
    Route(hdrs.METH_POST, "/v1/reminders", reminders.create, Scope.PUSH),
    Route(hdrs.METH_GET, "/v1/reminders", reminders.listed, Scope.PUSH),
    Route(hdrs.METH_POST, "/v1/reminders/parse", sentences.understand, Scope.PUSH),
    Route(hdrs.METH_POST, "/v1/reminders/preview", reminders.planned, Scope.PUSH),
    Route(hdrs.METH_GET, ONE, reminders.shown, Scope.PUSH),
    Route(hdrs.METH_PATCH, ONE, reminders.change, Scope.PUSH),
    Route(hdrs.METH_DELETE, ONE, reminders.remove, Scope.PUSH),
    Route(hdrs.METH_POST, f"{ONE}/pause", reminders.pause, Scope.PUSH),
    Route(hdrs.METH_POST, f"{ONE}/resume", reminders.resume, Scope.PUSH),
    Route(hdrs.METH_POST, f"{ONE}/cancel", reminders.cancel, Scope.PUSH),
    Route(hdrs.METH_GET, f"{ONE}/preview", reminders.preview, Scope.PUSH),
)
