"""The bot: users write or say a sentence to the account, and it becomes a reminder of theirs."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

import structlog

from wechat_scheduler.audience.model import App, Subscriber
from wechat_scheduler.audience.user_acts import UserAct, UserActKind
from wechat_scheduler.errors import ConflictError, NotFoundError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.reminders import bot_texts
from wechat_scheduler.reminders.bot_texts import Teller
from wechat_scheduler.reminders.desk import ReminderDesk
from wechat_scheduler.reminders.language.parse import parse
from wechat_scheduler.reminders.language.parsed import Parsed
from wechat_scheduler.reminders.language.policy import DEFAULT_POLICY
from wechat_scheduler.reminders.language.refusals import LanguageError
from wechat_scheduler.reminders.model import Reminder
from wechat_scheduler.reminders.overview import Day, chosen, on_day, standing
from wechat_scheduler.reminders.planning import UNTITLED, as_said
from wechat_scheduler.reminders.refusals import PastError, ReminderError, RuleError
from wechat_scheduler.reminders.replies import Replies

log = structlog.get_logger(__name__)

# Marks the reminders that people make by writing to the account.
SOURCE: Final = "bot"

_DAYS: Final[Mapping[str, int]] = {"今天": 0, "明天": 1, "后天": 2}
_ALL: Final = frozenset(("全部", "我的提醒"))
_HELP: Final = frozenset(("帮助", "help"))
_CANCEL: Final = re.compile(r"(?:取消|删除)(?:提醒)?\s*(\S.*)")
_TAKES_BACK: Final = re.compile(r"\s*(?:取消|删除|退出)")
_ASKS: Final = re.compile(r"提醒|闹钟|叫我|通知我")
# WeChat ends the text of a voice message with a full stop.
_STOPS: Final = " \n。.！!？?"
_UNCLEAR: Final = (Reason.SENTENCE_NOTHING, Reason.SENTENCE_TOO_LONG, Reason.SENTENCE_COMMAND)


class Bot:
    """An `audience.user_acts.Listener`. Reminders are sent in the name of an app of the account. An account
    without apps sends them itself, which WeChat allows for 48 hours after the user's last message."""

    def __init__(self, desk: ReminderDesk, replies: Replies) -> None:
        self._desk = desk
        self._replies = replies

    async def take(self, act: UserAct, subscriber: Subscriber) -> bool:
        """Takes written and spoken messages, and commands from the account's menu as well."""
        if act.kind not in (UserActKind.TEXT, UserActKind.VOICE, UserActKind.CLICK):
            return False
        app = await self._replies.speaker(subscriber)
        reply = await self._reply(act, self._replies.teller(subscriber, app), app)
        if reply:
            event_id = f"{act.event_id}/bot"
            await self._replies.send(subscriber, reply, event_id=event_id, app=app)
        return bool(reply)

    async def _reply(self, act: UserAct, teller: Teller, app: App | None) -> str:
        """Empty if the message is not for the bot."""
        reply = await self._command(act.text.strip(_STOPS), teller)
        if reply or act.kind is UserActKind.CLICK:
            return reply
        return await self._reminder(act, teller, app)

    async def _command(self, text: str, teller: Teller) -> str:
        if text in _DAYS:
            there: date = teller.now.astimezone(teller.zone).date()
            day = Day(date=there + timedelta(days=_DAYS[text]), zone=teller.zone)
            return teller.day(text, await on_day(self._desk, teller.uid, day, now=teller.now))
        if text in _ALL:
            return teller.all(await standing(self._desk, teller.uid))
        if text.lower() in _HELP:
            return bot_texts.HELP
        found = _CANCEL.fullmatch(text)
        return await self._cancel(found[1].strip(), teller) if found else ""

    async def _cancel(self, name: str, teller: Teller) -> str:
        """Empty if the user has no such reminder: 取消订单 is for an app."""
        listed = await standing(self._desk, teller.uid)
        own = [one.reminder for one in listed if one.reminder.owner == teller.uid]
        match chosen(own, name):
            case [reminder]:
                return await self._cancel_one(reminder, teller)
            case [_, *_] as several:
                return teller.several(several)
            case _:
                return ""

    async def _cancel_one(self, reminder: Reminder, teller: Teller) -> str:
        try:
            return teller.cancelled(await self._desk.cancel(reminder.id))
        except (NotFoundError, ConflictError):
            return bot_texts.OVER

    async def _reminder(self, act: UserAct, teller: Teller, app: App | None) -> str:
        policy = replace(DEFAULT_POLICY, shortest=self._desk.shortest)
        try:
            parsed = parse(act.text, now=act.at, zone=teller.zone, policy=policy)
        except LanguageError as error:
            return _misunderstood(error, act)
        return await self._keep(parsed, act, teller, app)

    async def _keep(self, parsed: Parsed, act: UserAct, teller: Teller, app: App | None) -> str:
        try:
            reminder = await self._desk.create(_reminder(parsed, act, teller, app))
        except ReminderError as error:
            log.info("bot.refused", uid=teller.uid, field=error.field)
            return _refused(error, teller)
        return teller.kept(reminder)


def _reminder(parsed: Parsed, act: UserAct, teller: Teller, app: App | None) -> Reminder:
    nameless = Reminder(
        id=_id_of(act),
        app_id=app.id if app else 0,
        source=SOURCE,
        owner=teller.uid,
        title=UNTITLED,
        start=parsed.time,
        zone=str(teller.zone),
        created_at=teller.now,
    )
    return as_said(nameless, parsed)


def _id_of(act: UserAct) -> str:
    """The same id each time that the same event comes."""
    event = f"bot/{act.event_id}/{act.at.isoformat()}"
    return hashlib.sha256(event.encode()).hexdigest()[:32]


def _misunderstood(error: LanguageError, act: UserAct) -> str:
    if error.reason is Reason.SENTENCE_CHAT:
        return ""
    if error.reason not in _UNCLEAR:
        return f"/:no{error.sentence}"
    if not (act.unclaimed or _ASKS.search(act.text)):
        return ""
    if _TAKES_BACK.match(act.text):
        return bot_texts.UNKNOWN
    return bot_texts.PUZZLED if error.reason is Reason.SENTENCE_NOTHING else f"/:no{error.sentence}"


def _refused(error: ReminderError, teller: Teller) -> str:
    match error:
        case PastError():
            return teller.past(error.at)
        case RuleError():
            return bot_texts.TOO_OFTEN
    return bot_texts.REFUSED
