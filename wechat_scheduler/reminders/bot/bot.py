"""The bot: users write or say a sentence to the account, and it becomes a reminder of theirs."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final, Literal, TypeAlias

import structlog

from wechat_scheduler.audience.app_events import BotDeed, BotDeedKind
from wechat_scheduler.audience.model import Subscriber
from wechat_scheduler.audience.user_acts import UserAct, UserActKind
from wechat_scheduler.engine.records import replace
from wechat_scheduler.reminders import texts
from wechat_scheduler.reminders.bot.acts import ENDED, BotActs, BotTurn
from wechat_scheduler.reminders.bot.answers import TAKES_BACK
from wechat_scheduler.reminders.bot.command_desk import CommandDesk
from wechat_scheduler.reminders.bot.commands import (
    AgainCommand,
    MoveCommand,
    PickCommand,
    UndoCommand,
    read_command,
)
from wechat_scheduler.reminders.bot.halves import other_half
from wechat_scheduler.reminders.bot.replies import BotReply, helped, listed, refused, told
from wechat_scheduler.reminders.bot.sentence_desk import SentenceDesk
from wechat_scheduler.reminders.conversation import HELP_AGAIN, UNDO
from wechat_scheduler.reminders.language.non_requests import ASKS
from wechat_scheduler.reminders.language.normalise import cleaned, normalise
from wechat_scheduler.reminders.language.policy import DEFAULT_POLICY, Policy
from wechat_scheduler.reminders.overview import Period, standing, within
from wechat_scheduler.reminders.refused_reminders import ReminderError
from wechat_scheduler.reminders.replies import Replies

log = structlog.get_logger(__name__)

BotMode: TypeAlias = Literal["asked", "on"]

_PROMISES: Final = (BotDeedKind.CREATED, BotDeedKind.MOVED, BotDeedKind.REPEATED)
_DAYS: Final[Mapping[str, int]] = {"今天": 0, "明天": 1, "后天": 2}
_ALL: Final = frozenset(("全部", "我的提醒"))
_HELP: Final = frozenset(("帮助", "help"))
# 谢谢提醒, 闹钟响了, 我没收到提醒, 怎么设提醒: they name reminders, and ask for none.
_SPEAKS_OF: Final = re.compile(
    r"^\s*(?:谢|多谢|感谢|收到|知道|辛苦|(?:好的|好滴|嗯|哦|ok)(?![，, ]*[今明后大下本这周星每从过\d一二两三四五六七八九十半早上中晚凌请帮]))|了[ 。.!！~]*$|吗|没|为什么|怎么|如何|什么|[?？]|(?<!分)别(?!忘)",
    re.IGNORECASE,
)
_GREETS: Final = re.compile(
    r"\s*(?:你好|您好|大家好|hi\b|hello|嗨|哈[喽啰]|早(?![上餐饭点已就])|[早晚]上好|[上中下]午好|在吗|在不在)",
    re.IGNORECASE,
)
# 我的包裹到哪了: the shop is asked, which an example of a reminder does not answer.
# 你能干什么, 怎么用: what the bot is for.
_WHAT_FOR: Final = re.compile(
    r"\s*(?:你是谁|(?:你|都|这个?|公众号|机器人)*(?:能|会|可以)(?:帮我)?[干做]?[点些]?(?:什么|啥|哪些)(?:事情?)?|你?(?:都|这里)?有(?:什么|哪些|啥)(?:功能|用)"
    r"|(?:这个?|请问|我?该?)*(?:怎么样?|如何|咋)(?:使用|[用玩])|(?:使用|操作)(?:说明|方法|教程|指南|帮助)|功能(?:介绍|说明|列表|菜单)?|菜单|说明|教程|指令|命令|[?？]+)[呢啊呀吗的]?[^一-龥]*$"
)
_DOES: Final = "取消|删|关|停|撤|设|定|订|建|创|加|写|改|变更|推迟|延|提前|查|看|暂停|恢复|分享|退出|使用|用|弄|操作|搞|调"
_OF_BOT: Final = re.compile("提醒(?!我)|闹钟|闹铃")
# 怎么取消提醒, 提醒怎么删: how the bot is used, which no command asks. 怎么没提醒 and 提醒我问怎么退款 are others.
_HOW_TO: Final = re.compile(
    rf"[^0-9一二两三四五六七八九十]{{0,8}}(?:怎么样?|怎样|如何|咋)(?:才能?|能|去|来|可以)?(?:我|把|将)*[^没不0-9]{{0,6}}?(?:{_DOES})[^0-9]{{0,8}}"
)
# 每天的提醒怎么改.
_OF_ONE: Final = re.compile(r"(?:提醒|闹钟|闹铃)的?(?:时间)?(?:要|该|我)?(?:怎|如何|咋)")
# 谢谢, 收到, 晚安 want no answer.
_CLOSES: Final = re.compile(
    r"\s*(?:好[的滴嘞]?|[嗯哦噢]|ok|行|可以|收到|知道|明白|懂|了解|谢谢?|多谢|感谢|辛苦|麻烦|[晚早午]安|再见|拜拜|[哈呵嘿你您了啦的啊呀吧咯我]|提醒|[ ,，。.!！~～])+$",
    re.IGNORECASE,
)
_QUESTION: Final = re.compile(
    r"[?？]|[吗呢么]|什么|怎|多少|几[点天块号]|[周期拜]几|哪|谁|有没有|能不能|可不可以|是不是|请问"
)
# 怎么设提醒？: the bot is asked.
_OF_REMINDERS: Final = re.compile(r"提醒|闹钟")
# 取消 3fa9c1, and 取消 3fa9c1吗.
_NUMBER: Final = re.compile(r"\s*[#\[]?[0-9a-f]{2,32}\]?[ 。.!！~?？吗]*$", re.IGNORECASE)
# 取消 alone, and 退出. 取消订单 is for the app.
_ALONE: Final = re.compile(r"(?<=退出)|[ 。.!！~]*$")
# WeChat ends the text of a voice message with a full stop.
_STOPS: Final = " \n。.！!？?"


def _picks_every(turn: BotTurn) -> bool:
    """全部 answers the question which of several is meant, and lists them otherwise."""
    question = turn.conversation.question
    fresh = question is not None and bool(question.ids) and turn.teller.now - question.at <= UNDO
    return fresh and turn.text.strip(_STOPS) == "全部"


class Bot:
    """Listens for sentences and commands of users. Reminders are sent in the name of an app of the account.
    An account without apps sends them itself, which WeChat allows for 48 hours after the user's last message.

    With the mode `asked` it takes only messages that ask for it, by a word such as 提醒, and the answers to
    what it said itself."""

    def __init__(self, acts: BotActs, replies: Replies, *, mode: BotMode) -> None:
        self._acts = acts
        self._replies = replies
        self._mode = mode

    async def take(self, act: UserAct, subscriber: Subscriber) -> BotDeed | None:
        """Takes written and spoken messages, and commands from the account's menu as well."""
        if act.kind not in (UserActKind.TEXT, UserActKind.VOICE, UserActKind.CLICK):
            return None
        app = await self._replies.speaker(subscriber)
        turn = BotTurn(
            event=act.event_id,
            text=act.text,
            at=act.at,
            unclaimed=act.unclaimed and self._mode == "on",
            teller=self._replies.teller(subscriber, app, wrote_at=act.at),
            app=app,
            conversation=await self._acts.conversations.read(subscriber.uid),
        )
        reply = await self._reply(turn, is_click=act.kind is UserActKind.CLICK)
        if reply is None:
            return None
        text = reply.text
        if reply.taken.did in _PROMISES and not await self._replies.sends(subscriber):
            text += f"\n\n{texts.MUTE}"
        await self._replies.send(subscriber, text, event_id=f"{act.event_id}/bot", app=app)
        return reply.taken

    async def _reply(self, turn: BotTurn, *, is_click: bool) -> BotReply | None:
        """The bot's reply; None if the message is not for the bot."""
        if done := await self._done_before(turn):
            return done
        is_word = turn.text.strip(_STOPS).lower() in _ALL | _HELP
        if not is_word and (reply := await self._sentences.answered(turn)):
            return reply
        turn = await self._forgotten(turn)
        if (half := other_half(turn)) and (reply := await self._commands.obey(half, turn)):
            return reply
        asks = ASKS.search(normalise(cleaned(turn.text))) is not None
        is_meant = is_click or asks or self._mode == "on"
        reply = await self._word(turn) if is_meant and not _picks_every(turn) else None
        reply = reply or await self._command(turn, is_meant=is_meant)
        if reply or is_click or not is_meant:
            return reply
        return await self._sentence(turn, asks=asks and not _SPEAKS_OF.search(turn.text))

    async def _done_before(self, turn: BotTurn) -> BotReply | None:
        """WeChat repeats an event: the rest of the act is done."""
        act = turn.conversation.act
        if act is None or act.event != turn.event:
            return None
        try:
            await self._acts.again(act)
        except (*ENDED, ReminderError):
            log.info("bot.refused", uid=turn.teller.uid, field="time")
        return told(act, turn.teller)

    async def _forgotten(self, turn: BotTurn) -> BotTurn:
        """A yes answers the message before it only: 好 to another person makes no reminder."""
        question = turn.conversation.question
        if question is None or question.ids:
            return turn
        kept = replace(turn.conversation, question=None)
        await self._acts.keep(turn, kept)
        return replace(turn, conversation=kept)

    async def _word(self, turn: BotTurn) -> BotReply | None:
        text, teller, desk = turn.text.strip(_STOPS), turn.teller, self._acts.desk
        if text in _DAYS:
            there: date = teller.now.astimezone(teller.zone).date()
            period = Period.of_day(there + timedelta(days=_DAYS[text]), teller.zone)
            return listed(teller.day(text, await within(desk, teller.uid, period, now=teller.now)))
        if text in _ALL:
            return listed(teller.all(await standing(desk, teller.uid)))
        return helped(texts.HELP) if text.lower() in _HELP else None

    async def _command(self, turn: BotTurn, *, is_meant: bool) -> BotReply | None:
        command = read_command(turn.text)
        if command is None or self._asks_how(turn):
            return None
        if not (is_meant or isinstance(command, AgainCommand | PickCommand | UndoCommand)):
            return None
        return await self._commands.obey(command, turn)

    async def _sentence(self, turn: BotTurn, *, asks: bool) -> BotReply | None:
        command = read_command(turn.text)
        moves = isinstance(command, MoveCommand) and not command.what
        if moves or self._asks_how(turn):  # 改到周日 would become a title
            return await self._chat(turn)
        reply = await self._sentences.read(turn, asks=asks)
        return reply or await self._chat(turn)

    async def _chat(self, turn: BotTurn) -> BotReply | None:
        """Chat is for the app. Without one that listens, the user is told once a day what the bot is for, unless they
        ask the shop something."""
        if not turn.unclaimed:
            return None
        taken_back = TAKES_BACK.match(turn.text)
        if taken_back and _NUMBER.match(turn.text, taken_back.end()):
            return refused(texts.UNKNOWN)
        if _WHAT_FOR.match(turn.text) or self._asks_how(turn):
            return helped(texts.HELP)
        greets = bool(_GREETS.match(turn.text))
        if not greets and (_asks_the_shop(turn.text) or _CLOSES.match(turn.text)):
            return None
        if taken_back:
            return refused(texts.UNKNOWN) if _ALONE.match(turn.text, taken_back.end()) else None
        last = turn.conversation.helped_at
        if last is not None and turn.teller.now - last < HELP_AGAIN:
            return None
        await self._acts.keep(turn, replace(turn.conversation, helped_at=turn.teller.now))
        return helped(texts.HELP if greets else texts.PUZZLED)

    def _asks_how(self, turn: BotTurn) -> bool:
        """明天提醒老公怎么弄发票 names a time, and is a reminder."""
        text = turn.text.strip(_STOPS)
        is_of_bot = _OF_BOT.search(text) is not None and "提醒我" not in text
        if not is_of_bot or _HOW_TO.fullmatch(text) is None:
            return False
        return _OF_ONE.search(text) is not None or not self._sentences.is_timed(turn)

    @property
    def _commands(self) -> CommandDesk:
        return CommandDesk(acts=self._acts, policy=self._policy)

    @property
    def _sentences(self) -> SentenceDesk:
        return SentenceDesk(acts=self._acts, policy=self._policy)

    @property
    def _policy(self) -> Policy:
        return replace(DEFAULT_POLICY, shortest=self._acts.desk.shortest)


def _asks_the_shop(text: str) -> bool:
    return _QUESTION.search(text) is not None and not _OF_REMINDERS.search(text)
