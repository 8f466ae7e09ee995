"""The bot keeps sentences as reminders, and asks before it keeps one that may be meant for others."""

import hashlib
import re
from collections.abc import Sequence
from typing import Final

import structlog

from wechat_scheduler.engine.records import dataclass, replace
from wechat_scheduler.reasons import Reason
from wechat_scheduler.reminders import texts
from wechat_scheduler.reminders.bot.acts import BotActs, BotTurn
from wechat_scheduler.reminders.bot.answers import (
    TAKES_BACK,
    agrees,
    completed,
    ends_tomorrow,
    errand,
    is_nameless,
    without_its_end,
)
from wechat_scheduler.reminders.bot.commands import read_command
from wechat_scheduler.reminders.bot.replies import (
    BotReply,
    asked,
    helped,
    offered,
    refused,
    told,
    unnamed,
)
from wechat_scheduler.reminders.bot.snoozing import SOURCE
from wechat_scheduler.reminders.conversation import UNDO, BotQuestion
from wechat_scheduler.reminders.language.acts import is_a_timer, is_an_act, is_an_answer
from wechat_scheduler.reminders.language.non_requests import is_to_others
from wechat_scheduler.reminders.language.normalise import cleaned, normalise
from wechat_scheduler.reminders.language.parse import parse_all, without_times
from wechat_scheduler.reminders.language.parsed import Parsed
from wechat_scheduler.reminders.language.policy import Policy
from wechat_scheduler.reminders.language.refused_sentences import (
    EndlessError,
    LanguageError,
    UnsureError,
    VagueError,
)
from wechat_scheduler.reminders.model import Reminder
from wechat_scheduler.reminders.planning import UNTITLED, as_said
from wechat_scheduler.reminders.refused_reminders import PastError, ReminderError, RuleError

log = structlog.get_logger(__name__)

_NO: Final = re.compile(r"(?:算了|不是|不用|不要|不必|没事|别|不|取消)(?:提醒|设)?[了吧啊哦的]*")
_LONG_AGO: Final = re.compile(r"昨|前[天晚]|上(?:个?[周月]|个?星期|个?礼拜|次|回)|去年|刚|过$")
_CHAT: Final = (
    Reason.SENTENCE_NOTHING,
    Reason.SENTENCE_TOO_LONG,
    Reason.SENTENCE_COMMAND,
    Reason.SENTENCE_PAST,
)
_UNTIMED: Final = (Reason.SENTENCE_NOTHING, Reason.SENTENCE_CHAT, Reason.SENTENCE_COMMAND)
_QUESTIONS: Final = (Reason.SENTENCE_AMBIGUOUS, Reason.SENTENCE_UNREAD)


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceDesk:
    """Makes reminders of sentences to the bot. Each method returns None if the message is not for the bot."""

    acts: BotActs
    policy: Policy

    async def read(self, turn: BotTurn, *, asks: bool) -> BotReply | None:
        """`asks` means that the message has a word such as 提醒我."""
        try:
            readings = self._parsed(turn.text, turn)
        except UnsureError as error:
            return await self._offer(error.reading, turn)
        except EndlessError as error:
            return await self._ask_until_when(error, turn, asks=asks)
        except VagueError as error:
            return await self._ask_when(error, turn)
        except LanguageError as error:
            if error.reason is Reason.SENTENCE_NOTHING and asks and (what := errand(turn.text)):
                await self._ask(turn.text, turn)
                return asked(texts.when(what))
            if error.reason is Reason.SENTENCE_PAST and _is_late(turn):
                return refused(f"/:no{error.sentence}")
            if error.reason is Reason.SENTENCE_AMBIGUOUS:
                await self._ask(turn.text, turn)
            return _misunderstood(error, turn, asks=asks)
        plain = normalise(cleaned(turn.text)).strip(" 。.!~")
        if ends_tomorrow(readings[0], plain, turn.at):
            await self._ask_for_its_end(turn)
            return refused(texts.ENDS_PAST)
        if is_nameless(turn.text) and not any(each.title for each in readings):
            await self._ask(turn.text, turn)
            return unnamed(readings[0], turn.teller)
        if asks or is_a_timer(plain) or any(each.title for each in readings):
            return await self._keep(readings, turn)
        return None if is_an_answer(plain) else await self._offer(readings[0], turn)

    async def answered(self, turn: BotTurn) -> BotReply | None:
        """The reply to a message that answers what `read` asked."""
        question = turn.conversation.question
        if question is None or question.ids or turn.teller.now - question.at > UNDO:
            return None
        plain = normalise(cleaned(turn.text)).strip(" 。.!~,")
        if _NO.fullmatch(plain):
            await self.acts.keep(turn, replace(turn.conversation, question=None))
            return asked(texts.NOT_KEPT)
        is_yes = agrees(plain)
        if not is_yes and (TAKES_BACK.match(turn.text) or read_command(turn.text)):
            return None
        # A yes means the sentence as it was said; 半小时后 counts from the answer.
        said = replace(turn, at=question.at) if is_yes else turn
        try:
            readings = completed(question.command, plain, lambda text: self._parsed(text, said))
        except EndlessError as error:
            whole = replace(turn, text=f"{plain} {question.command}")
            return await self._ask_until_when(error, whole, asks=True)
        if not readings and is_yes and (what := _what(question.command, turn)):
            return asked(texts.when(what))
        if readings and ends_tomorrow(readings[0], plain, turn.at):
            return asked(texts.UNTIL_PAST)
        return await self._keep(readings, turn) if readings else None

    def is_timed(self, turn: BotTurn) -> bool:
        """Whether a reminder can be read from a message, or be asked about."""
        try:
            self._parsed(turn.text, turn)
        except LanguageError as error:
            return error.reason not in _UNTIMED
        return True

    def _parsed(self, text: str, turn: BotTurn) -> Sequence[Parsed]:
        return parse_all(text, now=turn.at, zone=turn.teller.zone, policy=self.policy)

    async def _ask_until_when(
        self, error: EndlessError, turn: BotTurn, *, asks: bool
    ) -> BotReply | None:
        try:
            self._parsed(turn.text + error.ALWAYS, turn)
        except LanguageError as worse:  # too often, whenever it ends
            return _misunderstood(worse, turn, asks=asks)
        await self._ask(turn.text, turn)
        return asked(f"{error.every}{texts.UNTIL_WHEN}")

    async def _ask_for_its_end(self, turn: BotTurn) -> None:
        """到明天晚上10点 answers that the end is past today."""
        sentence = without_its_end(turn.text)
        try:
            self._parsed(sentence, turn)
        except EndlessError:
            await self._ask(sentence, turn)
        except LanguageError:
            return

    async def _ask_when(self, error: VagueError, turn: BotTurn) -> BotReply:
        """The answer is for what the sentence asks, without the vague word."""
        if errand(error.rest) or error.reason is Reason.SENTENCE_UNREAD:
            await self._ask(error.rest, turn)
        return asked(error.sentence)

    async def _offer(self, reading: Parsed, turn: BotTurn) -> BotReply:
        await self._ask(reading.understood, turn)
        return offered(reading, turn.teller)

    async def _ask(self, sentence: str, turn: BotTurn) -> None:
        question = BotQuestion(at=turn.teller.now, command=sentence, ids=())
        await self.acts.keep(turn, replace(turn.conversation, question=question))

    async def _keep(self, readings: Sequence[Parsed], turn: BotTurn) -> BotReply:
        reminders = [_reminder(each, turn, place) for place, each in enumerate(readings)]
        try:
            half_assumed = any(each.half_assumed for each in readings)
            act = await self.acts.create(reminders, turn, half_assumed=half_assumed)
            return told(act, turn.teller, [each.assumed for each in readings])
        except ReminderError as error:
            log.info("bot.refused", uid=turn.teller.uid, field=error.field)
            return refused(_why(error, turn))


def _is_late(turn: BotTurn) -> bool:
    """Whether something was to be done today, and its time is past: 今天3点开会. 昨天开会 is told of."""
    if _LONG_AGO.search(normalise(cleaned(turn.text))):
        return False
    title = without_times(turn.text, now=turn.at, zone=turn.teller.zone)
    return bool(title) and is_an_act(title)


def _what(sentence: str, turn: BotTurn) -> str:
    """What is to be done; empty if it is not named."""
    return errand(sentence) or without_times(sentence, now=turn.at, zone=turn.teller.zone)


def _misunderstood(error: LanguageError, turn: BotTurn, *, asks: bool) -> BotReply | None:
    said = f"/:no{error.sentence}"
    asks = asks and not is_to_others(normalise(cleaned(turn.text)))
    if error.reason is Reason.SENTENCE_CHAT or (error.reason in _CHAT and not asks):
        return None
    if error.reason is Reason.SENTENCE_COMMAND:
        return asked(texts.ONE_THING)
    if error.reason is Reason.SENTENCE_NOTHING:
        unknown = TAKES_BACK.match(turn.text)
        return helped(texts.UNKNOWN if unknown else texts.PUZZLED)
    return asked(said) if error.reason in _QUESTIONS else refused(said)


def _reminder(parsed: Parsed, turn: BotTurn, place: int) -> Reminder:
    nameless = Reminder(
        id=_id_of(turn, place),
        app_id=turn.app.id if turn.app else 0,
        source=SOURCE,
        owner=turn.teller.uid,
        title=UNTITLED,
        start=parsed.time,
        zone=str(turn.teller.zone),
        created_at=turn.teller.now,
    )
    return as_said(nameless, parsed)


def _id_of(turn: BotTurn, place: int) -> str:
    """The same id each time that the same event comes."""
    event = f"bot/{turn.event}/{turn.at.isoformat()}" + (f"/{place}" if place else "")
    return hashlib.sha256(event.encode()).hexdigest()[:32]


def _why(error: ReminderError, turn: BotTurn) -> str:
    match error:
        case PastError():
            return turn.teller.past(error.at)
        case RuleError():
            return texts.TOO_OFTEN
    return texts.REFUSED
