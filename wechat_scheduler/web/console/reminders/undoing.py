"""Says what was done to a reminder, with the button that takes it back for a minute."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec

from wechat_scheduler.web.console.fields import form
from wechat_scheduler.web.console.reminders.pieces import LIST
from wechat_scheduler.web.console.visit import ZONE, Visit
from wechat_scheduler.web.console.words import Language, Words
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

UNDO = W("Undo", "撤销")
CAN_UNDO = W("Until {clock} that can be undone.", "{clock} 之前可以撤销。")
DID: Final[Mapping[str, Words]] = {
    "moved": W("It has its new time.", "时间已改。"),
    "moved_paused": W(
        "It has its new time, and stays paused: resume it to have it sent.",
        "时间已改，仍然暂停：恢复后才会发送。",
    ),
    "worded": W("Its words are changed.", "文字已修改。"),
}
SAME = W("It was so already: nothing changed.", "原来就是这样，没有改动。")


class UndoOutcome(msgspec.Struct, kw_only=True):
    """`did` is one of `DID`, empty for a deletion, of which `title` says what is gone. Until `until`, `undo` takes it
    back; it is empty if nothing changed."""

    did: str = ""
    title: str = ""
    undo: str
    until: datetime

    @property
    def clock(self) -> str:
        return f"{self.until.astimezone(ZONE):%H:%M:%S}"


def told(visit: Visit, reminder: str, outcome: UndoOutcome | None) -> Html:
    """A section that says what was done; empty once it cannot be undone."""
    words = DID.get(outcome.did) if outcome else None
    if outcome is None or words is None or outcome.until <= visit.now:
        return Html()
    if not outcome.undo:  # the form was sent before
        return fill('<section><p role="status">{same}</p></section>', same=visit.say(SAME))
    return fill(
        '<section><p role="status">{notice}{space}{until}</p>{undo}</section>',
        notice=visit.say(words),
        space="" if visit.language is Language.ZH else " ",
        until=visit.say(CAN_UNDO, clock=outcome.clock),
        undo=undo_form(visit, reminder, outcome),
    )


def undo_form(visit: Visit, reminder: str, outcome: UndoOutcome) -> Html:
    """The button, as long as it does something."""
    fields = {"undo": outcome.undo}
    made = form(visit, f"{LIST}/{reminder}/restore", Html(), UNDO, kind="button", fields=fields)
    return when(outcome.until > visit.now, made)
