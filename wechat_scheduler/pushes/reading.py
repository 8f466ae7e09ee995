"""From the elements of a message to the event that it tells."""

import re
from datetime import UTC, datetime

from wechat_scheduler.errors import RefusedPushError
from wechat_scheduler.pushes.model import Event, InfoType, Message

# What an appid is made of; it becomes part of a path.
_APPID = re.compile(r"[A-Za-z0-9_-]{1,128}")
# Seconds since 1970, until the year 5138.
_SECONDS = re.compile(r"[0-9]{1,11}")
_NAME = re.compile(r"[A-Za-z0-9_]{1,64}")
_ACTED_ON = frozenset(InfoType)


def read_event(appid: str, message: Message) -> Event:
    """The event in a message with an `InfoType`. Raises RefusedPushError."""
    name = _matching(message, "InfoType", _NAME)
    happened_at = _instant(message, "CreateTime")
    if name not in _ACTED_ON:
        return Event(
            appid=appid,
            name=name,
            authorizer="",
            code="",
            code_until=happened_at,
            happened_at=happened_at,
        )
    is_grant = name != InfoType.UNAUTHORIZED
    return Event(
        appid=appid,
        name=name,
        authorizer=_matching(message, "AuthorizerAppid", _APPID),
        code=message.get("AuthorizationCode", "") if is_grant else "",
        code_until=_instant(message, "AuthorizationCodeExpiredTime") if is_grant else happened_at,
        happened_at=happened_at,
    )


def _instant(message: Message, name: str) -> datetime:
    return datetime.fromtimestamp(int(_matching(message, name, _SECONDS)), UTC)


def _matching(message: Message, name: str, form: re.Pattern[str]) -> str:
    text = message.get(name, "")
    if not form.fullmatch(text):
        raise RefusedPushError(f"its {name} is missing, or not of the form that WeChat documents")
    return text
