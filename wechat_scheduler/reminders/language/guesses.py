"""Sentences that are read with a guess, which their writer confirms: 630叫我起床, 明天呃不对后天9点去银行, 我约了后天理发."""

from collections.abc import Callable, Sequence
from datetime import date

from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.engine.records import replace
from wechat_scheduler.reminders.language.acts import is_an_act
from wechat_scheduler.reminders.language.anchors import Anchor
from wechat_scheduler.reminders.language.clocks import ClockTime
from wechat_scheduler.reminders.language.durations import After, For
from wechat_scheduler.reminders.language.every import Every
from wechat_scheduler.reminders.language.moments import Now
from wechat_scheduler.reminders.language.non_requests import ASKS
from wechat_scheduler.reminders.language.normalise import masked, normalise
from wechat_scheduler.reminders.language.parsed import Parsed
from wechat_scheduler.reminders.language.refused_sentences import LanguageError, UnsureError
from wechat_scheduler.reminders.language.scan import TimeWord, scan
from wechat_scheduler.reminders.language.spacing import squeezed

_CALL = r"(?:提醒|叫|喊|通知)(?:一下|一声)?[我咱俺]"
_COMPACT = pattern(
    rf"(?:^|(?<=[天早晚上午一二三四五六日, 我])|(?<=\d号))(?P<hour>\d|[01]\d|2[0-3])(?P<minute>[0-5]\d)"
    rf"(?=[ ,]?(?:请|要|就)?{_CALL})"
)
_CALLED = pattern(
    rf"{_CALL}[ ,]?(?P<hour>\d|[01]\d|2[0-3])(?P<minute>[0-5][05])(?=[一-龥]{{2}})(?![块元个年人天万千百斤米次号点分时月日周页字路])"
)
_CORRECTS = pattern(
    r"[ ,.]*(?:[呃啊嗯哦唉诶哎额]+[ ,.]*(?:不对?|不是|说?错了)|不对|不是|说?错了)(?:[ ,.呃啊嗯哦]|应该?是|是|改成)*"
)
_BOOKED = pattern(
    r"^(?P<when>[今明后大天周星期礼拜下个上中午早晚一二三四五六七八九十日两半点号月:\d]*)[我俺咱]?(?P<again>[今明后大天周星期礼拜下个上中午早晚一二三四五六七八九十日两半点号月:\d]*)(?:已经?)?(?:预约|预定|约|订|报名?|挂)(?:好|到|上)?了一?个?(?!吗|没)"
)
_NUMERAL = pattern(r"[\d零一二两三四五六七八九十半]")
_KINDS = (ClockTime, (After, For), Every, Anchor)


def confirmed(
    text: str, now: Now, read: Callable[[str, Now], tuple[Parsed, ...]]
) -> tuple[Parsed, ...]:
    """Raises UnsureError for a sentence whose writer is to confirm the guess. Empty for one that needs none."""
    asks = ASKS.search(normalise(text)) is not None
    if guess := guessed(text, now.today):
        readings = read(guess, now)
        if not (asks or all(each.title for each in readings)):
            return ()
    elif (rest := booked(text)) and not asks:
        try:
            readings = read(rest, replace(now, policy=replace(now.policy, asked=True)))
        except LanguageError:
            return ()
        if not all(each.title and is_an_act(normalise(each.title)) for each in readings):
            return ()
    else:
        return ()
    if now.policy.asked or len(readings) > 1:
        return readings
    raise UnsureError(readings[0], asks=asks)


def guessed(text: str, today: date) -> str:
    """The sentence that `text` probably means; "" if it means what it says."""
    plain = masked(normalise(text))
    if compact := _COMPACT.search(plain) or _CALLED.search(plain):
        return f"{text[: compact.end('hour')]}:{text[compact.start('minute') :]}"
    return _corrected(text, plain, today)


def booked(text: str) -> str:
    """What the writer booked, as in 我约了后天下午三点理发; "" for any other sentence."""
    found = _BOOKED.match(normalise(text))
    return found["when"] + found["again"] + text[found.end() :] if found else ""


def _corrected(text: str, plain: str, today: date) -> str:
    """Without the words of time that the next ones take back."""
    dense, places = squeezed(plain)
    found = _CORRECTS.search(dense)
    if found is None:
        return ""
    try:
        tokens = scan(dense, today)
    except LanguageError:
        return ""
    before = _run(tokens[::-1], found.start(), forward=False)[::-1]
    after = _run(tokens, found.end(), forward=True)
    wrong = [each for each in before if any(_alike(each, other) for other in after)]
    if not wrong:
        return ""
    kept = "".join(_kept(each, dense, wrong, after) for each in dict.fromkeys(before))
    return f"{text[: places[before[0].start]]}{kept}{text[places[found.end()] :]}"


def _run(tokens: Sequence[TimeWord], edge: int, *, forward: bool) -> list[TimeWord]:
    """The words of time that touch one another from `edge` on."""
    run: list[TimeWord] = []
    for token in tokens:
        near, far = (token.start, token.end) if forward else (token.end, token.start)
        if near == edge or (run and (token.start, token.end) == (run[-1].start, run[-1].end)):
            run.append(token)
            edge = far
    return run


def _alike(one: TimeWord, other: TimeWord) -> bool:
    return any(isinstance(one.value, kind) and isinstance(other.value, kind) for kind in _KINDS)


def _kept(token: TimeWord, dense: str, wrong: Sequence[TimeWord], after: Sequence[TimeWord]) -> str:
    """A word that stays; of a clock time that is taken back, the part of the day if the next one lacks it."""
    words = dense[token.start : token.end]
    if token not in wrong:
        return words
    clocks = [each.value for each in after if isinstance(each.value, ClockTime)]
    bare = isinstance(token.value, ClockTime) and any(each.part is None for each in clocks)
    numeral = _NUMERAL.search(words)
    return words[: numeral.start()] if bare and numeral else ""
