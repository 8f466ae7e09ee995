"""The replies of the bot, each with what was done."""

from collections.abc import Sequence

from wechat_scheduler.audience.app_events import BotDeed, BotDeedKind
from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.reminders.conversation import BotAct
from wechat_scheduler.reminders.language.parsed import Assumption, Parsed
from wechat_scheduler.reminders.language.wording import describe
from wechat_scheduler.reminders.model import Reminder
from wechat_scheduler.reminders.text_parts import cut, plain
from wechat_scheduler.reminders.texts import LONGEST_TITLE, Teller


@dataclass(frozen=True, slots=True, kw_only=True)
class BotReply:
    """What the user reads, and what the app hears."""

    text: str
    taken: BotDeed


def told(act: BotAct, teller: Teller, assumed: Sequence[Sequence[Assumption]] = ()) -> BotReply:
    """The reply about an act. `assumed` is what the sentence did not say of each new reminder."""
    after = [edit.after for edit in act.edits]
    match act.did:
        case BotDeedKind.CANCELLED:
            text = teller.cancelled(after)
        case BotDeedKind.MOVED:
            text = teller.moved(after)
        case _:
            text = _kept(teller, after, assumed)
    return BotReply(text=text, taken=taken(act.did, after))


def _kept(teller: Teller, new: Sequence[Reminder], assumed: Sequence[Sequence[Assumption]]) -> str:
    if len(new) > 1:
        return teller.kept_all(new, assumed)
    return teller.kept(new[0], assumed[0] if assumed else ())


def taken(did: BotDeedKind, reminders: Sequence[Reminder]) -> BotDeed:
    return BotDeed(did=did, reminders=tuple(each.id for each in reminders))


def asked(text: str) -> BotReply:
    return BotReply(text=text, taken=BotDeed(did=BotDeedKind.ASKED))


def offered(reading: Parsed, teller: Teller) -> BotReply:
    """Asks whether a sentence that may be told to others is to be a reminder."""
    when = describe(reading.rule, reading.time.astimezone(teller.zone))
    what = f"“{cut(plain(reading.title), LONGEST_TITLE)}”" if reading.title else ""
    return asked(f"要在 {when} 提醒你{what}吗？\n回复“好”就提醒")


def unnamed(reading: Parsed, teller: Teller) -> BotReply:
    """Asks for the hour and the errand that 明天提醒我 lacks."""
    when = describe(reading.rule, reading.time.astimezone(teller.zone))
    return asked(f"几点提醒你，提醒什么？例如“9点开会”\n回复“好”就在 {when} 响铃")


def refused(text: str) -> BotReply:
    return BotReply(text=text, taken=BotDeed(did=BotDeedKind.REFUSED))


def listed(text: str) -> BotReply:
    return BotReply(text=text, taken=BotDeed(did=BotDeedKind.LISTED))


def helped(text: str) -> BotReply:
    return BotReply(text=text, taken=BotDeed(did=BotDeedKind.HELPED))
