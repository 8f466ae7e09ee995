"""Says what a sentence left open, and what is assumed."""

from collections.abc import Mapping, Sequence
from typing import Final

from wechat_scheduler.reminders.language.parsed import Assumption
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Language, Words
from wechat_scheduler.web.native.reminders.bodies import PlanResult
from wechat_scheduler.web.pages.markup import Html, fill

W = Words

_HEADS: Final[Mapping[str, Words]] = {
    "hour": W("Hour", "几点"),
    "half": W("Half of the day", "上午下午"),
    "day": W("Day", "哪一天"),
    "before": W("Before", "之前"),
    "soon": W("How soon", "多久"),
}
_SAID: Final[Mapping[str, Words]] = {
    "hour": W("none is written: {meant} is assumed", "没有写几点，按 {meant}"),
    "half": W(
        "“{said}” may be in the morning or in the evening: {meant} is assumed",
        "“{said}”没有写上午还是下午，按 {meant}",
    ),
    "day": W("“{said}” is read as {meant}", "“{said}”按 {meant}"),
    "before": W(
        "“{said}” is sent at {meant}: write an earlier time for one before it",
        "“{said}”按 {meant} 提醒，要提前请写更早的时间",
    ),
    "soon": W("“{said}” names no length: {meant} is assumed", "“{said}”没有写多久，按 {meant}"),
}


def assumed_facts(visit: Visit, plan: PlanResult) -> Sequence[tuple[Words, Html]]:
    return [(_HEADS[one.kind], _said(visit, one)) for one in plan.assumed]


def _said(visit: Visit, one: Assumption) -> Html:
    meant = one.meant.replace(", ", "、") if visit.language is Language.ZH else one.meant
    return fill("{said}", said=visit.say(_SAID[one.kind], said=one.said, meant=meant))
