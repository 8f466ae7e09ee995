"""Pieces that the pages of reminders share: their tabs, names, times and states."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from wechat_scheduler.audience.ids import EVERYONE
from wechat_scheduler.engine.clock import rfc3339
from wechat_scheduler.errors import NotFoundError
from wechat_scheduler.web.console import links, terms
from wechat_scheduler.web.console.links import link
from wechat_scheduler.web.console.parts import Cell, Kind, joined, state
from wechat_scheduler.web.console.visit import ZONE, Visit
from wechat_scheduler.web.console.words import Language, Words
from wechat_scheduler.web.native.sending.topics import TopicResult
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

LIST, AGENDA = "/console/reminders", "/console/reminders/agenda"
WRITE, BOT = "/console/reminders/write", "/console/reminders/bot"
TABS: Final = (
    (LIST, W("List", "列表")),
    (AGENDA, W("Agenda", "日程")),
    (WRITE, W("Write one", "新建")),
    (BOT, W("Bot", "机器人")),
)
VIEWS = W("Views of reminders", "提醒的视图")
STATES: Final[Mapping[str, tuple[Kind, Words]]] = {
    "active": ("good", W("active", "进行中")),
    "paused": ("warn", W("paused", "已暂停")),
    "done": ("idle", W("done", "已完成")),
    "missed": ("bad", W("missed", "已错过")),
    "cancelled": ("idle", W("cancelled", "已取消")),
}
TOPIC = W("topic {name}", "主题“{name}”")
PERSON, PEOPLE = W("1 person", "1 人"), W("{n} people", "{n} 人")
OWNER = W("its owner", "所有者")
DAYS: Final = (
    W("Mon", "周一"), W("Tue", "周二"), W("Wed", "周三"), W("Thu", "周四"), W("Fri", "周五"),
    W("Sat", "周六"), W("Sun", "周日"),
)  # fmt: skip
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DATE = W("{weekday} {day} {month}{year}", "{year}{number}月{day}日 {weekday}")
YEAR = W(" {year}", "{year}年")


class ReceiverRow(Protocol):
    """A row that says who is reminded: `to` has topics and the first of those who joined, `joined` counts them."""

    app: int
    owner: str
    to: list[int | str]
    joined: int


def tabs(visit: Visit, here: str) -> Html:
    """Links to the pages of reminders."""
    return links.tabs(visit, VIEWS, TABS, here)


def reminder_link(reminder_id: str, title: str) -> Html:
    return link(f"{LIST}/{reminder_id}", title)


def badge(visit: Visit, name: str) -> Html:
    kind, words = STATES[name]
    return state(visit, kind, words)


async def topic_names(visit: Visit, rows: Iterable[ReceiverRow]) -> dict[int, str]:
    """The names of the topics that the rows name; those of an app are one request."""
    names: dict[int, str] = {}
    for app in {row.app for row in rows if any(isinstance(one, int) for one in row.to)}:
        try:
            topics = await visit.api.get("/v1/apps/{app}/topics", list[TopicResult], app=app)
        except NotFoundError:  # it was removed
            continue
        names |= {topic.id: topic.name for topic in topics}
    return names


def receivers(visit: Visit, row: ReceiverRow, topics: Mapping[int, str]) -> str:
    """Who is reminded, in a few words."""
    return who(visit, row.to, row.joined, topics, has_owner=bool(row.owner))


def who(
    visit: Visit,
    to: Sequence[int | str],
    number: int,
    topics: Mapping[int, str],
    *,
    has_owner: bool = False,
) -> str:
    """`to` has the topics among others; `number` people are named or have joined."""
    said = [visit.say(OWNER)] if has_owner else []
    if number:
        said.append(visit.say(PERSON) if number == 1 else visit.say(PEOPLE, n=number))
    if EVERYONE in to:
        said.append(visit.say(terms.ALL_SUBSCRIBERS))
    said += [visit.say(TOPIC, name=topics.get(one, one)) for one in to if isinstance(one, int)]
    separator = "、" if visit.language is Language.ZH else ", "
    return separator.join(said) or visit.say(terms.THE_CALLBACK)


def moment(visit: Visit, at: datetime | None, zone: str = "") -> Cell:
    """`Mon 30 Nov 09:00`, in `zone` (default Asia/Shanghai), which is named if it is another."""
    if at is None:
        return "–"
    local = at.astimezone(ZoneInfo(zone) if zone else ZONE)
    other = zone if zone and zone != ZONE.key else ""
    return joined(
        [
            fill(
                '<time datetime="{iso}">{day} {clock}</time>',
                iso=rfc3339(at),
                day=day_words(visit, local),
                clock=clock(local),
            ),
            when(other, fill(" <small>{zone}</small>", zone=other)),
        ]
    )


def clock(local: datetime) -> str:
    return f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"


def day_words(visit: Visit, local: datetime) -> str:
    """`Mon 30 Nov`, with the year if it is another."""
    is_near = local.year == visit.now.astimezone(local.tzinfo).year
    return visit.say(
        DATE,
        weekday=visit.say(DAYS[local.weekday()]),
        day=local.day,
        month=MONTHS[local.month - 1],
        number=local.month,
        year="" if is_near else visit.say(YEAR, year=local.year),
    )
