"""Reads an event of a platform, or an action of a user, from the elements of a message."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

import msgspec

from wechat_scheduler.audience.use_counts import UseChange, UseReport
from wechat_scheduler.audience.user_acts import UserAct, UserActKind
from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.errors import RefusedPushError
from wechat_scheduler.pushes import sentences
from wechat_scheduler.pushes.model import MSG_TYPE, Event, InfoType, PushedMessage
from wechat_scheduler.pushes.replays import WINDOW

# The ids of accounts, users and templates. An appid becomes part of a path.
_WECHAT_ID = pattern(r"[A-Za-z0-9_-]{1,128}")
# Seconds since 1970 as programs write them, or milliseconds.
_SECONDS = pattern(r"[0-9]{1,13}(?:\.[0-9]{1,9})?(?:[eE]\+?[0-9]{1,2})?")
_MILLISECONDS_FROM = 100_000_000_000
_NAME = pattern(r"[A-Za-z0-9_]{1,64}")

# The names of a receipt's message in WeChat's pages and pushes.
_MSGIDS = ("MsgID", "MSGID", "MsgId")

# Of a code whose end WeChat does not name.
CODE_LIFETIME = timedelta(hours=1)

# `subscribe` puts this before the scene of the QR code that was scanned; `SCAN` puts nothing.
_SCENE = "qrscene_"

_EVENTS = {
    "subscribe": UserActKind.FOLLOW,
    "SCAN": UserActKind.SCAN,
    "unsubscribe": UserActKind.UNFOLLOW,
    "CLICK": UserActKind.CLICK,
    "TEMPLATESENDJOBFINISH": UserActKind.RECEIPT,
    "subscribe_msg_popup_event": UserActKind.USES,
    "subscribe_msg_change_event": UserActKind.USES,
    "subscribe_msg_sent_event": UserActKind.USES,
}
# What the user chose, by the event. A refused popup takes nothing back that was allowed before.
_CHOICES = {
    ("subscribe_msg_popup_event", "accept"): UseChange.GRANTED,
    ("subscribe_msg_change_event", "accept"): UseChange.SWITCHED_ON,
    ("subscribe_msg_change_event", "reject"): UseChange.SWITCHED_OFF,
}
_ACCEPTED = "accept"
_SENT_EVENT = "subscribe_msg_sent_event"
_TAKEN = "0"
_REFUSED = "43101"
_MESSAGES = {"text": UserActKind.TEXT, "voice": UserActKind.VOICE}
# The elements with the text of a message; a voice message without text was not understood.
_WORDS = {
    UserActKind.TEXT: "Content",
    UserActKind.VOICE: "Recognition",
    UserActKind.CLICK: "EventKey",
}


def read_event(appid: str, message: PushedMessage, *, now: datetime) -> Event:
    """The event in a message with an `InfoType`. Raises RefusedPushError if a field is missing that cannot
    be done without."""
    name, at = _matching(message, "InfoType", _NAME), _happened_at(message, now)
    account, code, until = "", "", at
    match name:
        case InfoType.AUTHORIZED | InfoType.UPDATED:
            account = _matching(message, "AuthorizerAppid", _WECHAT_ID)
            code = message.text("AuthorizationCode")
            until = _instant(message.text("AuthorizationCodeExpiredTime")) or at + CODE_LIFETIME
        case InfoType.UNAUTHORIZED:
            account = _matching(message, "AuthorizerAppid", _WECHAT_ID)
        case InfoType.REGISTERED if message.text("status") == "0" and message.text("appid"):
            account = _matching(message, "appid", _WECHAT_ID)
            code, until = message.text("auth_code"), at + CODE_LIFETIME
    return Event(
        appid=appid, name=name, authorizer=account, code=code, code_until=until, happened_at=at
    )


def read_heard(appid: str, message: PushedMessage, *, now: datetime) -> UserAct:
    """The action of a user in a message with a `MsgType`. Raises RefusedPushError if it names no user, or
    no message of a receipt.

    Sources: 接收普通消息, 接收事件推送, 模板消息 事件推送 for receipts, 订阅通知 事件推送 for uses.
    """
    kind = _kind(message)
    return UserAct(
        event_id=_event_id(appid, message),
        appid=appid,
        openid=_matching(message, "FromUserName", _WECHAT_ID),
        kind=kind,
        name=_act_name(message),
        scene=_scene(kind, message),
        text=message.text(_WORDS[kind]) if kind in _WORDS else "",
        msgid=_msgid(message) if kind is UserActKind.RECEIPT else "",
        status=message.text("Status") if kind is UserActKind.RECEIPT else "",
        uses=tuple(_uses(message)) if kind is UserActKind.USES else (),
        at=_happened_at(message, now),
    )


def _kind(message: PushedMessage) -> UserActKind:
    msgtype = message.text(MSG_TYPE)
    if msgtype == "event":
        return _EVENTS.get(message.text("Event"), UserActKind.OTHER)
    return _MESSAGES.get(msgtype, UserActKind.MEDIA)


def _act_name(message: PushedMessage) -> str:
    """WeChat's name of the event, or of the type of message; empty if it is none."""
    msgtype = message.text(MSG_TYPE)
    name = message.text("Event") if msgtype == "event" else msgtype
    return name if _NAME.fullmatch(name) else ""


def _event_id(appid: str, message: PushedMessage) -> str:
    """The same for the repeats of a push only. WeChat names fields for this (MsgId; FromUserName and
    CreateTime), but has sent one MsgId for two senders, and an event may happen twice in a second."""
    parts = (appid, sorted(message.fields.items()))
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()


def _scene(kind: UserActKind, message: PushedMessage) -> str:
    key = message.text("EventKey")
    if kind is UserActKind.SCAN:
        return key
    return key.removeprefix(_SCENE) if kind is UserActKind.FOLLOW and key.startswith(_SCENE) else ""


def _uses(message: PushedMessage) -> Iterator[UseReport]:
    """One for each entry of the event's list that changes a count."""
    event = message.text("Event")
    for entry in message.items:
        template_id = entry.get("TemplateId", "")
        choice = entry.get("SubscribeStatusString", "")
        if choice.startswith(_ACCEPTED):  # also acceptWithAudio and the like
            choice = _ACCEPTED
        if not _WECHAT_ID.fullmatch(template_id):
            continue
        if event == _SENT_EVENT:
            yield _sent(template_id, entry)
        elif (change := _CHOICES.get((event, choice))) is not None:
            yield UseReport(template_id=template_id, change=change)


def _sent(template_id: str, entry: Mapping[str, str]) -> UseReport:
    code, words, msgid = (entry.get(name, "") for name in ("ErrorCode", "ErrorStatus", "MsgID"))
    change = {_TAKEN: UseChange.SENT, _REFUSED: UseChange.NONE_LEFT}.get(code, UseChange.FAILED)
    failure = "" if change is UseChange.SENT else f"{code} {words}".strip() or "failed"
    return UseReport(
        template_id=template_id,
        change=change,
        msgid=msgid if _NAME.fullmatch(msgid) else "",
        failure=failure,
    )


def _msgid(message: PushedMessage) -> str:
    name = next(filter(message.text, _MSGIDS), _MSGIDS[0])
    return _matching(message, name, _NAME)


def _happened_at(message: PushedMessage, now: datetime) -> datetime:
    """WeChat's CreateTime; `now` for one that is missing, or that has not come."""
    at = _instant(message.text("CreateTime"))
    return at if at is not None and at <= now + WINDOW else now


def _instant(text: str) -> datetime | None:
    """The time; None if it is not a time before the year 10000."""
    if not _SECONDS.fullmatch(text):
        return None
    number = float(text)
    seconds = number / 1000 if number >= _MILLISECONDS_FROM else number
    return datetime.fromtimestamp(int(seconds), UTC) if seconds < _MILLISECONDS_FROM else None


def _matching(message: PushedMessage, name: str, form: re.Pattern[str]) -> str:
    text = message.text(name)
    if not form.fullmatch(text):
        raise RefusedPushError(sentences.FIELD_ODD.fill(name=name))
    return text
