"""Every reason for which a sentence is refused, with the Chinese words that its writer reads.

The errors of a reminder whose sentence was read are in `reminders/refused_reminders.py`.
"""

from collections.abc import Sequence
from datetime import datetime

from wechat_scheduler.errors import UnprocessableError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.reminders.language.parsed import Parsed
from wechat_scheduler.reminders.language.wording import day_words, moment_words


class LanguageError(UnprocessableError):
    """A sentence cannot become a reminder. The message is Chinese: it is for the writer."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message, reason=reason, field="text")


class SeveralError(LanguageError):
    """A sentence asks for several reminders: 明天8点送孩子，9点开会. `readings` are two or more, in the order in
    which they are written."""

    def __init__(self, readings: Sequence[Parsed]) -> None:
        told = "；".join(f"{n}. {each.understood}" for n, each in enumerate(readings, 1))
        super().__init__(Reason.SENTENCE_SEVERAL, f"这是{len(readings)}个提醒，请分开写：{told}")
        self.readings = tuple(readings)


class UnsureError(LanguageError):
    """A sentence may ask for a reminder, and may as well tell something to others: 张总明天讲话. `reading` is the
    reminder that it would be. One that `asks` for a reminder names its time in a way that is a guess: 630叫我起床."""

    def __init__(self, reading: Parsed, *, asks: bool = False) -> None:
        doubt = f"“{reading.title}”是要提醒你的事吗？要提醒的话，请写“提醒我”，例如“明天下午3点提醒我开会”"
        guess = f"是说：{reading.understood}？是的话，请这样写"
        super().__init__(Reason.SENTENCE_UNSURE, guess if asks else doubt)
        self.reading = reading


class VagueError(LanguageError):
    """Only its writer knows the time of a word: 过几天, 改天, 睡前. `rest` is the sentence without it, unless that names
    another time."""

    def __init__(self, word: str, rest: str = "", reason: Reason = Reason.SENTENCE_VAGUE) -> None:
        said = f"“{word}”是什么时候？请写一个确切的时间，例如“3天后上午9点”“下周一下午3点”"
        super().__init__(reason, said)
        self.rest = rest


def unread(words: str) -> LanguageError:
    """Words of time that were not understood would become the title."""
    said = f"没有看懂“{words}”，请换个说法，例如“明天下午3点提醒我开会”"
    return LanguageError(Reason.SENTENCE_UNREAD, said)


def chat() -> LanguageError:
    """后天有货吗, 元宵节快乐, 明天不去了."""
    said = "这句话不像提醒；要提醒的话，请写“提醒我”，例如“明天下午3点提醒我开会”"
    return LanguageError(Reason.SENTENCE_CHAT, said)


def command(*, forbids: bool = False) -> LanguageError:
    """取消后天的闹钟, 把周六的提醒改到周日, 后天有哪些提醒. One that `forbids` says 别每天8点提醒我."""
    of = "不要提醒" if forbids else "已有的提醒"
    said = f"这句话说的是{of}；要新建提醒的话，请写“提醒我”"
    return LanguageError(Reason.SENTENCE_COMMAND, said)


def nothing() -> LanguageError:
    """The sentence names no time."""
    return LanguageError(Reason.SENTENCE_NOTHING, "没有找到时间，试试“明天下午3点提醒我开会”")


def nothing_to_precede() -> LanguageError:
    """提前10分钟, without the time that it precedes."""
    said = "没有看懂是什么时间之前，试试“明天下午3点开会，提前10分钟提醒我”"
    return LanguageError(Reason.SENTENCE_NOTHING, said)


def nothing_to_repeat() -> LanguageError:
    """每逢3点: without a day."""
    return LanguageError(Reason.SENTENCE_NOTHING, "没有看懂是哪一天重复")


def impossible(written: str) -> LanguageError:
    """A day or an hour that does not exist: 2月30号, 25点."""
    return LanguageError(Reason.SENTENCE_IMPOSSIBLE, f"没有“{written}”这个时间，请检查一下")


def is_now(written: str) -> LanguageError:
    """马上, 现在."""
    return LanguageError(Reason.SENTENCE_PAST, f"“{written}”就是此刻，试试“5分钟后提醒我”")


def past(moment: datetime) -> LanguageError:
    said = f"{moment_words(moment)} 已经过去了，请换一个将来的时间"
    return LanguageError(Reason.SENTENCE_PAST, said)


def ends_too_early(end: datetime) -> LanguageError:
    """A range that ends before it begins."""
    return LanguageError(Reason.SENTENCE_PAST, f"结束时间 {moment_words(end)} 早于开始时间")


def ends_before_its_first() -> LanguageError:
    """A recurrence without an occurrence before its end."""
    return LanguageError(Reason.SENTENCE_PAST, "在结束日期之前一次也不会提醒")


def which_one(*readings: str) -> LanguageError:
    """3点或4点; 1号和15号 without 每."""
    choices = "”还是“".join(readings)
    return LanguageError(Reason.SENTENCE_AMBIGUOUS, f"是“{choices}”？一次只能选一个")


def which_day(days: Sequence[str]) -> LanguageError:
    """1号和15号, which may be those of one month or of each."""
    said = f"是“{'”还是“'.join(days)}”？每个月都要的话，请写“每月{'和'.join(days)}”"
    return LanguageError(Reason.SENTENCE_AMBIGUOUS, said)


def lunar_or_not(day: int, written: str) -> LanguageError:
    """每月十五."""
    return LanguageError(Reason.SENTENCE_AMBIGUOUS, f"是“{day}号”还是“农历{written}”？")


def two_days(first: str, second: str) -> LanguageError:
    """今明两天."""
    said = f"是“{first}天”还是“{second}天”？两天都要的话，请写“每天，共2次”"
    return LanguageError(Reason.SENTENCE_AMBIGUOUS, said)


def day_or_month(written: str, first: int, second: int) -> LanguageError:
    """3/4/2027."""
    said = f"“{written}”是{first}月{second}日还是{second}月{first}日？"
    return LanguageError(Reason.SENTENCE_AMBIGUOUS, said)


def date_or_weekday(moment: datetime, weekday: str) -> LanguageError:
    """11月20日(周三), when that day is a Friday. `weekday` is MO to SU."""
    wrong = day_words(weekday)
    said = f"{moment_words(moment)} 不是{wrong}：是按日期还是按{wrong}？"
    return LanguageError(Reason.SENTENCE_AMBIGUOUS, said)


def how_long(written: str) -> LanguageError:
    """两三天后."""
    return LanguageError(Reason.SENTENCE_AMBIGUOUS, f"“{written}”到底是多久？请写一个确切的数")


def when_exactly(often: str) -> LanguageError:
    """每周三次."""
    said = f"{often}是什么时候？请都写出来，例如“每周一三五”“每天8点和20点”"
    return LanguageError(Reason.SENTENCE_AMBIGUOUS, said)


def unknown_recurrence(written: str) -> LanguageError:
    """每个单号."""
    return LanguageError(Reason.SENTENCE_AMBIGUOUS, f"还不会“{written}”，请换个说法")


def several_reminders() -> LanguageError:
    """周一8点、周五9点: each day has a time of its own."""
    return LanguageError(Reason.SENTENCE_AMBIGUOUS, "每个日子的时间不一样，请分成几条提醒")


def two_errands(second: str) -> LanguageError:
    """后天给客户报价和下午三点去面试: the time of the second."""
    said = f"“{second}”是另一件事的时间吗？请分成两句，一句说一件事"
    return LanguageError(Reason.SENTENCE_AMBIGUOUS, said)


def on_which_day(unit: str) -> LanguageError:
    """每年体检: not on which day."""
    example = "每月5号" if unit == "月" else "每年6月1日"
    return LanguageError(Reason.SENTENCE_AMBIGUOUS, f"每{unit}的哪一天？请写上，例如“{example}”")


class EndlessError(LanguageError):
    """每小时, without an end: it would ring by night. With `ALWAYS` behind it, the sentence asks for that."""

    ALWAYS = "昼夜不停"

    def __init__(self, count: int, unit: str) -> None:
        every = self.every = f"每{count if count > 1 else ''}{unit}"
        super().__init__(
            Reason.SENTENCE_AMBIGUOUS,
            f"{every}提醒到什么时候为止？请写上，例如“{every}喝水到晚上8点”“每天9点到18点{every}喝水”；夜里也要的话，请写“{every}{self.ALWAYS}”",
        )


def midnight_of_which_day() -> LanguageError:
    """每月15号晚上12点和8点."""
    return LanguageError(Reason.SENTENCE_AMBIGUOUS, "半夜12点算哪一天？请写成第二天的0点")


def day_outside_period(unit: str) -> LanguageError:
    """每周15号."""
    return LanguageError(Reason.SENTENCE_AMBIGUOUS, f"每{unit}和后面的日期对不上，请换个说法")


def days_before_recurring() -> LanguageError:
    """每年中秋前一天."""
    return LanguageError(Reason.SENTENCE_AMBIGUOUS, "这样的日子请写成“提前几天”，例如“提前1天提醒”")


def recurs_on_one_date() -> LanguageError:
    """明天提醒我3次: several times on one date."""
    return LanguageError(Reason.SENTENCE_AMBIGUOUS, "重复的提醒不能只在一个固定的日子")


def too_long(most: int) -> LanguageError:
    """More than `most` characters."""
    return LanguageError(Reason.SENTENCE_TOO_LONG, f"太长了，最多{most}个字")


def too_often() -> LanguageError:
    """每10秒."""
    return LanguageError(Reason.SENTENCE_TOO_OFTEN, "提醒得太频繁了，最短间隔是一分钟")


def too_often_a_day() -> LanguageError:
    """9点到18点每5分钟."""
    return LanguageError(Reason.SENTENCE_TOO_OFTEN, "一天里的次数太多了，请把间隔放宽一些")


def rule_refused() -> LanguageError:
    """The rule of the sentence is refused, as it breaks the shortest interval that is configured."""
    return LanguageError(Reason.SENTENCE_TOO_OFTEN, "这样的重复不能设，请换个说法")


def too_far(moment: datetime | None = None) -> LanguageError:
    """Beyond the policy's horizon, or beyond the calendar (None)."""
    if moment is None:
        return LanguageError(Reason.SENTENCE_TOO_FAR, "这个时间太远了")
    return LanguageError(Reason.SENTENCE_TOO_FAR, f"{moment_words(moment)} 太远了")


def outside_lunar_tables(year: int) -> LanguageError:
    """A lunar day in a year whose lunar calendar is not tabulated."""
    return LanguageError(Reason.SENTENCE_TOO_FAR, f"{year}年超出了能换算的范围")


def never() -> LanguageError:
    """A recurrence without an occurrence within 100 years."""
    return LanguageError(Reason.SENTENCE_TOO_FAR, "一百年之内没有这样的日子")
