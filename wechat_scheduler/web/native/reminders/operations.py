"""What the handlers of reminders take and give; see `operations.py`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Literal

from wechat_scheduler.web.kit.route import Handler
from wechat_scheduler.web.native.operation import Operation, Parameter
from wechat_scheduler.web.native.reminders import reminders, sentences
from wechat_scheduler.web.native.reminders.bodies import (
    PlanResult,
    ReminderBody,
    ReminderChange,
    ReminderResult,
    UnfitResult,
)
from wechat_scheduler.web.native.reminders.sentences import SentenceBody, SentenceResult

Success = Literal["success"]

REMINDER_PARAMETERS: Final[Mapping[str, Parameter]] = {
    "reminder": Parameter(
        "path", "The id of a reminder.", {"type": "string", "pattern": "^[0-9a-f]{32}$"}
    ),
    "?n": Parameter(
        "query",
        "How many times.",
        {
            "type": "integer",
            "minimum": 1,
            "maximum": reminders.LONGEST_PREVIEW,
            "default": reminders.PREVIEW,
        },
    ),
    # A second mark sets it apart from the state of a delivery.
    "??state": Parameter("query", "Only in this state.", {"enum": list(reminders.STATES)}),
}
_UNFIT: Final = {422: UnfitResult}

REMINDER_OPERATIONS: Final[Mapping[Handler, Operation]] = {
    reminders.create: Operation(
        "Remind people at a time, once or again and again.",
        result=ReminderResult,
        results=_UNFIT,
        body=ReminderBody,
        takes=("Idempotency-Key",),
        gives=("Idempotency-Replayed",),
        errors=(404, 409),
    ),
    reminders.listed: Operation(
        "What is kept, by id.",
        result=list[ReminderResult],
        takes=("?app", "??state", "?after", "?limit"),
        gives=("Link",),
        errors=(404,),
    ),
    sentences.understand: Operation(
        "What a Chinese sentence says of when, how often, and of what; nothing is kept.",
        result=SentenceResult,
        results=_UNFIT,
        body=SentenceBody,
    ),
    reminders.planned: Operation(
        "What would be kept, and when it would be said; nothing is kept.",
        result=PlanResult,
        results=_UNFIT,
        body=ReminderBody,
        takes=("?n",),
        errors=(404,),
    ),
    reminders.shown: Operation("A reminder, and what is next.", result=ReminderResult),
    reminders.change: Operation(
        "What is left out stays as it is; another time makes it active again.",
        result=ReminderResult,
        results=_UNFIT,
        body=ReminderChange,
        errors=(409,),
    ),
    reminders.remove: Operation("Forget it; what it said already arrives.", result=Success),
    reminders.pause: Operation(
        "Leave out what falls due, until it is resumed.", result=ReminderResult, errors=(409,)
    ),
    reminders.resume: Operation(
        "Go on with the next occurrence that is ahead.", result=ReminderResult, errors=(409,)
    ),
    reminders.cancel: Operation(
        "Say it no more; it stays visible.", result=ReminderResult, errors=(409,)
    ),
    reminders.preview: Operation(
        "When it is said the next times, in its zone.", result=list[datetime], takes=("?n",)
    ),
}
