"""The Chinese texts about reminders that users get as customer-service messages. Pure."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Final, Self
from zoneinfo import ZoneInfo

from wechat_scheduler.audience.app_events import BotDeedKind
from wechat_scheduler.audience.model import SHANGHAI, App, Subscriber
from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.reminders.assumed_words import assumed_words
from wechat_scheduler.reminders.language.parsed import Assumption
from wechat_scheduler.reminders.language.wording import (
    defer_words,
    hour_words,
    moment_words,
    until_words,
)
from wechat_scheduler.reminders.model import Reminder, ReminderState
from wechat_scheduler.reminders.overview import Listed, number_of, when_words
from wechat_scheduler.reminders.planning import UNTITLED
from wechat_scheduler.reminders.text_parts import anchor, cut, lines_of, plain

# WeChat shows texts of up to 2048 bytes; this many lines fit with their links.
MOST_LISTED: Final = 8
LONGEST_TITLE: Final = 20
LONGEST_DETAIL: Final = 200

HELP: Final = (
    "把时间和要做的事告诉我，到时我会提醒你，例如：\n"
    "明天下午3点提醒我开会\n每月25号还信用卡\n每个工作日早上8点半打卡\n\n"
    "发送“今天”“明天”或“我的提醒”查看提醒\n发送“取消明天的提醒”“把周六的提醒改到周日”“推迟半小时”“撤销”改动提醒\n发送“退出 编号”退出别人分享的提醒"
)
PUZZLED: Final = "没听懂，试试这样说：\n明天下午3点提醒我开会\n\n发送“帮助”了解更多"
UNKNOWN: Final = "没有找到这个提醒，发送“我的提醒”查看编号"
GONE: Final = "/:no这个提醒不存在，可能已经被删除了"
OVER: Final = "/:no这个提醒已经结束了"
TOO_OFTEN: Final = "/:no没法这样重复：要么太频繁，要么永远不会到"
REFUSED: Final = "/:no没法这样提醒，请换一个说法"
BEYOND: Final = "/:no只改下一次时，新的时间要在再下一次之前"
NONE: Final = "没有找到这个提醒，发送“我的提醒”查看"
NONE_AT_ALL: Final = "你现在没有提醒；要新建的话，请写“明天下午3点提醒我开会”"
NOTHING_FIRED: Final = "最近一天没有响过的提醒；要新建的话，请写“10分钟后提醒我……”"
HOW_LONG: Final = "推迟多久？例如“推迟半小时”"
NOTHING_TO_UNDO: Final = "没有可以撤销的：只能撤销十分钟之内的上一步"
CHANGED: Final = "/:no没法撤销：提醒已经响过，或者又改过了"
ONE_THING: Final = "没看懂要改哪个提醒，一次只说一件事，例如“取消明天的提醒”“把周六的提醒改到周日”"
NOT_KEPT: Final = "好的，不提醒"
UNTIL_WHEN: Final = "提醒到什么时候为止？\n回复“到晚上8点”“每天9点到18点”，或者回复“好”，昼夜都提醒"
UNTIL_PAST: Final = (
    "今天的这个时间已经过了。\n回复“到明天晚上6点”“每天9点到18点”，或者回复“好”，昼夜都提醒"
)
ENDS_PAST: Final = "/:no今天的这个时间已经过了，请写明到哪一天，例如“到明天晚上10点”"
MUTE: Final = "这个公众号现在发不了消息，恢复之前收不到提醒"
LEFT_ALONE: Final = "好的，什么都没有改"
TAKE_BACK: Final = "回复“撤销”可以反悔"
NO_NICKNAME: Final = "微信用户"

_UNDONE = {BotDeedKind.CANCELLED: "恢复了", BotDeedKind.LEFT: "到时还会提醒你", BotDeedKind.JOINED: "不再提醒你"}  # fmt: skip
_ASIDE = {
    ReminderState.PAUSED: "（已暂停）",
    ReminderState.DONE: "（已提醒）",
    ReminderState.MISSED: "（已错过）",
}


def when(errand: str) -> str:
    """Asks for the time of an errand that has none."""
    return f"什么时候提醒你“{cut(plain(errand), LONGEST_TITLE)}”？例如“半小时后”“明天下午3点”"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """The addresses of a reminder's page: one for its readers, and one for its owner, who can change it
    there. Both are empty without `server.public_url`."""

    public: Callable[[Reminder], str]
    owner: Callable[[Reminder], str]

    def of(self, reminder: Reminder, uid: str) -> str:
        return (self.owner if reminder.owner == uid else self.public)(reminder)


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """Words the texts for one user, in the user's `zone`, at one moment."""

    pages: Pages
    uid: str
    zone: ZoneInfo
    now: datetime

    @classmethod
    def of(cls, subscriber: Subscriber, app: App | None, *, pages: Pages, now: datetime) -> Self:
        """Times are in the user's own zone, else in that of the app that writes."""
        zone = ZoneInfo(subscriber.zone or (app.zone if app else SHANGHAI))
        return cls(pages=pages, uid=subscriber.uid, zone=zone, now=now)

    def kept(self, reminder: Reminder, assumed: Iterable[Assumption] = ()) -> str:
        """Confirms a new reminder, as it was understood."""
        head = "/:ok" + self._soon(reminder)
        return self._told(head, reminder, "修改/分享", assumed)

    def joined(self, reminder: Reminder, *, is_new: bool) -> str:
        """The reply to a scan."""
        head = "/:ok" if is_new else "你已经订阅过这个提醒了，"
        return self._told(head + self._soon(reminder), reminder, "查看")

    def own(self, reminder: Reminder) -> str:
        """The reply to an owner's scan."""
        return self._told("这是你自己的提醒，" + self._soon(reminder), reminder, "修改/分享")

    def left(self, reminder: Reminder) -> str:
        return f"💔 已退出提醒：{plain(reminder.title)}\n{TAKE_BACK}"

    def kept_all(
        self, reminders: Sequence[Reminder], assumed: Sequence[Sequence[Assumption]] = ()
    ) -> str:
        """Confirms the several reminders of one sentence, each with what is assumed of it."""
        lines = self._numbered(reminders)
        if assumed:
            lines = [line + assumed_words(each) for line, each in zip(lines, assumed, strict=True)]
        return "\n".join((f"/:ok设好了{len(reminders)}个提醒：", *lines, "", TAKE_BACK))

    def cancelled(self, reminders: Sequence[Reminder]) -> str:
        if len(reminders) == 1:
            return f"已取消提醒：{plain(reminders[0].title)}\n{TAKE_BACK}"
        lines = "\n".join(self._numbered(reminders))
        return f"已取消{len(reminders)}个提醒：\n{lines}\n{TAKE_BACK}"

    def moved(self, reminders: Sequence[Reminder]) -> str:
        """Confirms new times."""
        if len(reminders) == 1:
            head = f"/:ok已改好，{self._soon(reminders[0])}"
            return self._told(head, reminders[0], "修改/分享")
        lines = "\n".join(self._numbered(reminders))
        return f"/:ok已改好{len(reminders)}个提醒：\n{lines}\n{TAKE_BACK}"

    def undone(self, did: BotDeedKind, reminders: Sequence[Reminder]) -> str:
        """`reminders` are as they are now."""
        titles = "、".join(
            f"“{cut(plain(each.title), LONGEST_TITLE)}”" for each in reminders[:MOST_LISTED]
        )
        if did is BotDeedKind.MOVED:
            if len(reminders) > 1:
                return f"已撤销：{titles}改回原来的时间"
            return f"已撤销：{titles}改回 {moment_words(reminders[0].start.astimezone(self.zone))}"
        return f"已撤销：{titles}{_UNDONE.get(did, '取消了')}"

    def which(self, verb: str, listed: Sequence[Reminder], *, every: bool = False) -> str:
        """Asks which of the reminders is meant, or if `every` one is. `verb` is 取消 or 改."""
        lines = "\n".join(self._numbered(listed))
        if len(listed) == 1:
            asked = f"这个提醒是重复的，要整个{verb}" if listed[0].rule else f"要{verb}这个提醒"
            return f"{asked}吗？\n{lines}\n\n回复 1 {verb}，回复“算了”不动"
        if every:
            ways = f"回复“好”全部{verb}，或回复前面的数字、“算了”"
            return f"有{len(listed)}个提醒，要全部{verb}吗？\n{lines}\n\n{ways}"
        return f"有{len(listed)}个提醒，要{verb}哪一个？\n{lines}\n\n回复前面的数字，或“都{verb}”“算了”"

    def recurring(self, reminder: Reminder) -> str:
        link = anchor(self.pages.of(reminder, self.uid), "打开它修改")
        title = plain(reminder.title)
        once = f"只改下一次请写“{title}这次改到周日上午9点”"
        every = "以后都改请写“改到每周日上午9点”" + (f"，或者{link}" if link else "")
        return f"/:no“{title}”是重复的提醒：{once}，{every}"

    def _numbered(self, reminders: Sequence[Reminder]) -> list[str]:
        lines = [
            f"{place}. {self._when(each)} {self._linked(each)} [{number_of(each)}]"
            for place, each in enumerate(reminders[:MOST_LISTED], 1)
        ]
        rest = len(reminders) - MOST_LISTED
        return [*lines, f"……还有{rest}个"] if rest > 0 else lines

    def _when(self, reminder: Reminder) -> str:
        if reminder.rule:
            return when_words(reminder)
        return moment_words(reminder.start.astimezone(self.zone))

    def several(self, called: Sequence[Reminder]) -> str:
        """Asks which of the reminders of one title is meant."""
        lines = [
            f"{moment_words(one.start.astimezone(self.zone))} [{number_of(one)}]"
            for one in called[:MOST_LISTED]
        ]
        return "\n".join((f"有{len(called)}个“{plain(called[0].title)}”，请发送编号：", *lines))

    def past(self, at: datetime) -> str:
        return f"/:no{moment_words(at.astimezone(self.zone))} 已经过去了，请重设一个将来的提醒"

    def day(self, name: str, listed: Sequence[Listed], *, dated: bool = False) -> str:
        words = moment_words if dated else hour_words
        return self._listed(f"{name}没有提醒", f"{name}的提醒", listed, words)

    def all(self, listed: Sequence[Listed]) -> str:
        return self._listed("你还没有提醒，" + HELP, "你的提醒", listed, moment_words)

    def someone_came(self, name: str, reminder: Reminder) -> str:
        return f"🎉 {plain(name)}订阅了你的提醒：{self._linked(reminder)}"

    def someone_left(self, name: str, reminder: Reminder) -> str:
        return f"💔 {plain(name)}退出了你的提醒：{self._linked(reminder)}"

    def _soon(self, reminder: Reminder) -> str:
        until = until_words((reminder.due_at or reminder.start) - self.now)
        title = plain(reminder.title)
        return f"将在{until}响铃" if title == UNTITLED else f"将在{until}提醒你{title}"

    def _told(
        self, head: str, reminder: Reminder, link: str, assumed: Iterable[Assumption] = ()
    ) -> str:
        start = reminder.start.astimezone(self.zone)
        facts = {
            "备注": cut(plain(reminder.detail), LONGEST_DETAIL),
            "时间": moment_words(start) + assumed_words(assumed),
            "提醒": defer_words(reminder.defer),
            "重复": when_words(reminder) if reminder.rule else "",
            "编号": number_of(reminder),
        }
        page = anchor(self.pages.of(reminder, self.uid), link)
        return "\n\n".join(filter(None, (head, lines_of(facts.items()), page)))

    def _listed(
        self, none: str, head: str, listed: Sequence[Listed], time: Callable[[datetime], str]
    ) -> str:
        if not listed:
            return none
        lines = [
            f"{time(one.at.astimezone(self.zone))} {self._linked(one.reminder)}"
            f"{_ASIDE.get(one.reminder.state, '')} [{number_of(one.reminder)}]"
            for one in listed[:MOST_LISTED]
        ]
        if len(listed) > MOST_LISTED:
            lines.append(f"……还有{len(listed) - MOST_LISTED}个")
        return "\n".join((f"{head}：", *lines))

    def _linked(self, reminder: Reminder) -> str:
        title = cut(plain(reminder.title), LONGEST_TITLE)
        return anchor(self.pages.of(reminder, self.uid), title) or title
