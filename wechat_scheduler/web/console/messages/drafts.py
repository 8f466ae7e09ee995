"""A message as it is written into the form: empty, or filled from one that was sent before."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.web.console.keyword_lines import read_keywords
from wechat_scheduler.web.console.messages.to_whom import MessageReceivers
from wechat_scheduler.web.console.typed_fields import TypedFields
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.wall_times import NO_TIME, instant_of
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.kit.ids import ID
from wechat_scheduler.web.native.sending.message_requests import read_message
from wechat_scheduler.web.native.sending.messages import MessageResult

W = Words

NO_APP = W("choose the app that sends", "请选择发送的应用")
PAST = W(
    "must not be past; leave it empty to send the message now",
    "已经过去；留空就现在发送",
)
# Those that are typed; `again` is the message that was the pattern.
FIELDS: Final = (
    "app", "to", "topic", "channel", "title", "text", "template", "data", "url", "priority", "not_before",
)  # fmt: skip
# A field has no seconds: the minute that goes on is not past.
_MINUTE: Final = timedelta(minutes=1)
HIDDEN: Final = ("again",)


async def begun(visit: Visit) -> Mapping[str, str]:
    """The form as a link opens it."""
    query = visit.request.query
    if not ID.fullmatch(query.get("again", "")):
        return query
    one = await _pattern(visit, query["again"])
    given = {"app": str(one.app), "again": str(one.id), "to": query.get("to", "")}
    return given if one.retracted else given | _texts(one)


def _texts(one: MessageResult) -> dict[str, str]:
    return {
        "channel": one.channel,
        "title": one.title,
        "text": one.text,
        "template": one.template,
        "data": "\n".join(f"{keyword}: {text}" for keyword, text in one.data.items()),
        "url": one.url,
        "priority": one.priority,
    }


async def _pattern(visit: Visit, number: str) -> MessageResult:
    return await visit.api.get("/v1/messages/{message}", MessageResult, message=number)


def written_in(given: Mapping[str, str]) -> dict[str, str]:
    """What a form says of the message."""
    return {name: given.get(name, "").strip() for name in (*FIELDS, *HIDDEN)}


async def body_of(visit: Visit, whom: MessageReceivers) -> dict[str, Any]:
    """The message of our API to them. Raises InvalidRequestError, which tells of each field that is wrong."""
    given, typed = visit.form, TypedFields(visit)
    told = written_in(given)
    with typed.wrong:
        if not ID.fullmatch(told["app"]):
            raise InvalidRequestError(visit.say(NO_APP), field="app")
    body: dict[str, Any] = {
        "app": int(told["app"]) if not typed.wrong else 0,
        "to": [],
        "channel": told["channel"] or "auto",
        "priority": told["priority"] or "normal",
        "title": told["title"],
        "text": given.get("text", ""),
        "template": told["template"],
        "url": told["url"],
    }
    with typed.wrong:
        body["to"] = whom.receivers(visit)
    with typed.wrong:
        body["data"] = read_keywords(visit, told["data"], field="data")
    with typed.wrong:
        if told["not_before"]:
            body["not_before"] = _ahead(visit, told["not_before"])
    if ID.fullmatch(told["again"]):
        body |= await _unseen(visit, told["again"], body["app"])
    typed.check(lambda: read_message(msgspec.json.encode(body), now=visit.now))
    return body


def _ahead(visit: Visit, text: str) -> str:
    """Raises InvalidRequestError for a time that is past: the message would be sent at once."""
    at = instant_of(text, field="not_before", trouble=visit.say(NO_TIME))
    if datetime.fromisoformat(at) < visit.now - _MINUTE:
        raise InvalidRequestError(visit.say(PAST), field="not_before")
    return at


async def _unseen(visit: Visit, number: str, app: int) -> dict[str, Any]:
    """What the form has no fields for stays as it was. A message of the same app corrects the other."""
    one = await _pattern(visit, number)
    page = {"miniprogram": one.miniprogram} if one.miniprogram else {}
    corrects = {"corrects": one.id} if one.app == app else {}
    return {"format": one.format, **corrects, **page}
