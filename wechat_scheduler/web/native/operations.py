"""What each handler takes and gives, for people and programs that read `/openapi.json`."""

from collections.abc import Mapping
from typing import Final, Literal

from wechat_scheduler.access.audit import Action
from wechat_scheduler.web.kit.kinds import SCHEMA
from wechat_scheduler.web.kit.paging import LARGEST_PAGE, PAGE
from wechat_scheduler.web.kit.route import Handler
from wechat_scheduler.web.native import (
    audit,
    callbacks,
    health,
    keys,
    metrics,
    openapi,
    platforms,
    reports,
    tasks,
)
from wechat_scheduler.web.native.audit import EntryResult
from wechat_scheduler.web.native.health import Readiness
from wechat_scheduler.web.native.jobs import JobResult
from wechat_scheduler.web.native.keys import KeyBody, KeyResult, MadeResult
from wechat_scheduler.web.native.operation import Operation, Parameter
from wechat_scheduler.web.native.platforms import CallbackBody, CallbackResult
from wechat_scheduler.web.native.registration import NAME, RegistrationBody
from wechat_scheduler.web.native.reminders.operations import (
    REMINDER_OPERATIONS,
    REMINDER_PARAMETERS,
)
from wechat_scheduler.web.native.reports import Report
from wechat_scheduler.web.native.sending.operations import (
    SENDING_HEADERS,
    SENDING_OPERATIONS,
    SENDING_PARAMETERS,
)

Success = Literal["success"]
JSON: Final = "application/json"
TEXT: Final = "text/plain"
XML: Final = "text/xml"

PARAMETERS: Final[Mapping[str, Parameter]] = {
    "appid": Parameter("path", "An account, or a third-party platform.", NAME),
    "type": Parameter("path", "The number or the name of a credential type.", SCHEMA),
    "subject": Parameter("path", "The user's openid, or the authorizer's appid.", NAME),
    "id": Parameter("path", "The id of an API key."),
    "?appid": Parameter("query", "Only of this account."),
    "?type": Parameter("query", "Only of this type, by number or name."),
    "?subject": Parameter("query", "Only with this subject."),
    "?key": Parameter("query", "Only by the API key of this id."),
    "?action": Parameter("query", "Only this.", {"enum": [action.value for action in Action]}),
    "?object": Parameter(
        "query", "Only about this, or what lies below it: `wx1111`, `wx1111/access_token`."
    ),
    "?limit": Parameter(
        "query",
        "The size of a page.",
        {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": PAGE},
    ),
    "?after": Parameter("query", "Where a page begins; from the `Link` of the one before."),
    "?before": Parameter(
        "query",
        "Where a page begins; from the `Link` of the one before.",
        {"type": "string", "pattern": "^[0-9]{1,18}$"},
    ),
    "If-None-Match": Parameter("header", "An `ETag`: if it is still the newest, 304."),
    "?timestamp": Parameter("query", "WeChat's, in seconds."),
    "?nonce": Parameter("query", "WeChat's."),
    "?signature": Parameter("query", "WeChat's, of token, timestamp and nonce."),
    "?msg_signature": Parameter("query", "WeChat's, of the same and the sealed message."),
    "?echostr": Parameter("query", "What WeChat's console wants to hear."),
    **SENDING_PARAMETERS,
    **REMINDER_PARAMETERS,
}
HEADERS: Final[Mapping[str, str]] = {
    "ETag": "The version, in quotes.",
    "Cache-Control": "How long the value may be kept without asking again.",
    "X-Credential-Expires": "The true expiry, RFC 3339 in UTC.",
    "Link": "Names the next page, where there may be one.",
    **SENDING_HEADERS,
}
_VALUE = ("ETag", "Cache-Control", "X-Credential-Expires")
_SIGNED = ("?timestamp", "?nonce", "?signature")

OPERATIONS: Final[Mapping[Handler, Operation]] = {
    openapi.document: Operation("This document.", plain=JSON),
    health.healthz: Operation("Is the process there, and does its event loop turn?", plain=TEXT),
    health.readyz: Operation(
        "Can it do its work? Without a key it says yes or no, with one also why.",
        result=Readiness,
        results={503: Readiness},
        plain=TEXT,
        errors=(401, 403, 429),
    ),
    metrics.metrics: Operation("What Prometheus reads.", plain=TEXT),
    tasks.register: Operation(
        "Have credentials kept; the same again changes nothing.",
        result=Success,
        body=RegistrationBody,
    ),
    tasks.tasks: Operation(
        "Every task with its state, its last error, and what happens next and when.",
        result=list[JobResult],
        takes=("?appid", "?type", "?subject", "?after", "?limit"),
        gives=("Link",),
    ),
    tasks.fetch: Operation(
        "The current value. Without a subject it is that of the one task of this type.",
        result=str,
        takes=("If-None-Match",),
        gives=_VALUE,
        errors=(304, 409),
    ),
    tasks.remove: Operation(
        "Keep it no more; an admin key does so for everybody.", result=Success, errors=(409,)
    ),
    tasks.refresh: Operation("Ask WeChat now.", result=Success, errors=(409,)),
    reports.invalid: Operation(
        "WeChat takes this value no more: one refresh, however many report it.",
        result=Literal["refreshing", "ignored"],
        body=Report,
        errors=(409,),
    ),
    keys.create: Operation("A new key, shown this once.", result=MadeResult, body=KeyBody),
    keys.keys: Operation("Every key there ever was, without its text.", result=list[KeyResult]),
    keys.revoke: Operation("From now on it opens nothing.", result=Success),
    audit.audit: Operation(
        "Who read and changed what, the newest first.",
        result=list[EntryResult],
        takes=("?key", "?action", "?object", "?before", "?limit"),
        gives=("Link",),
    ),
    platforms.listed: Operation(
        "Whose pushes are expected, and how they fare.", result=list[CallbackResult]
    ),
    platforms.put: Operation(
        "Accept pushes that are made with this token and key; without a key, plain ones.",
        result=dict[str, str],
        body=CallbackBody,
    ),
    platforms.remove: Operation(
        "Accept nothing more, and forget its tickets.", result=Success
    ),
    callbacks.verify: Operation(
        "WeChat's console asks whether we know the token.",
        plain=TEXT,
        takes=(*_SIGNED, "?echostr"),
        errors=(403,),
    ),
    callbacks.receive: Operation(
        "What WeChat pushes; `success` once it is stored.",
        plain=TEXT,
        body=XML,
        takes=(*_SIGNED, "?msg_signature"),
        errors=(403,),
    ),
    **SENDING_OPERATIONS,
    **REMINDER_OPERATIONS,
}  # fmt: skip
