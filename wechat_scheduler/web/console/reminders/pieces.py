"""Pieces that the pages of reminders share: their tabs, names, times and states."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from wechat_scheduler.access.model import Scope
from wechat_scheduler.audience.ids import EVERYONE
from wechat_scheduler.engine.clock import rfc3339
from wechat_scheduler.web.console import links, terms
from wechat_scheduler.web.console.fields import boxes_field
from wechat_scheduler.web.console.links import link
from wechat_scheduler.web.console.parts import Cell, Kind, joined, state
from wechat_scheduler.web.console.person_names import person_name, topic_names
from wechat_scheduler.web.console.visit import ZONE, Visit
from wechat_scheduler.web.console.words import Words
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
OFTEN = W("Recurs", "重复")
STATES: Final[Mapping[str, tuple[Kind, Words]]] = {
    "active": ("good", W("active", "进行中")),
    "paused": ("warn", W("paused", "已暂停")),
    "done": ("idle", W("done", "已完成")),
    "missed": ("bad", W("missed", "已错过")),
    "cancelled": ("idle", W("cancelled", "已取消")),
}
TOPIC = W("topic {name}", "主题“{name}”")
MORE = W("{names} and {n} more", "{names}和另外 {n} 人")
OWNER = W("{name} (owner)", "{name}（所有者）")
# Of the people of a reminder.
NAMED: Final = 3
DAYS: Final = (
    W("Mon", "周一"), W("Tue", "周二"), W("Wed", "周三"), W("Thu", "周四"), W("Fri", "周五"),
    W("Sat", "周六"), W("Sun", "周日"),
)  # fmt: skip
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DATE = W("{weekday} {day} {month}{year}", "{year}{number}月{day}日 {weekday}")
YEAR = W(" {year}", "{year}年")


class ReceiverRow(Protocol):
    """A row that says who is reminded: `to` has topics and the first of those who joined, `joined` counts them.
    `names` are those of users and topics, by uid and by id."""

    owner: str
    to: list[int | str]
    joined: int
    names: dict[str, str]


def tabs(visit: Visit, here: str) -> Html:
    """Links to the pages of reminders."""
    pages = [(url, words) for url, words in TABS if url != WRITE or visit.may(Scope.PUSH)]
    return links.tabs(visit, VIEWS, pages, here)


def reminder_link(reminder_id: str, title: str) -> Html:
    return link(f"{LIST}/{reminder_id}", title)


def badge(visit: Visit, name: str) -> Html:
    kind, words = STATES[name]
    return state(visit, kind, words)


def topic_boxes(visit: Visit, topics: Sequence[TopicResult], ticked: Collection[str]) -> Html:
    """The topics of which a form chooses some, or all subscribers."""
    options = [(EVERYONE, visit.say(terms.ALL_SUBSCRIBERS)), *topic_names(visit, topics).items()]
    return boxes_field(visit, "topics", terms.TOPICS, options, ticked, listed=True)


def receivers(visit: Visit, row: ReceiverRow) -> str:
    """Who is reminded: names, of many people the first."""
    people = [one for one in row.to if isinstance(one, str) and one != EVERYONE]
    said = [visit.say(OWNER, name=_name(row, row.owner))] if row.owner else []
    if people:
        said.append(_people(visit, row, people))
    if EVERYONE in row.to:
        said.append(visit.say(terms.ALL_SUBSCRIBERS))
    topics = [one for one in row.to if isinstance(one, int)]
    said += [visit.say(TOPIC, name=row.names.get(str(one), one)) for one in topics]
    return visit.listed(said) or visit.say(terms.CHANNELS["webhook"])


def _people(visit: Visit, row: ReceiverRow, people: Sequence[str]) -> str:
    shown = visit.listed(_name(row, uid) for uid in people[:NAMED])
    more = row.joined - min(len(people), NAMED)
    return visit.say(MORE, names=shown, n=more) if more > 0 else shown


def _name(row: ReceiverRow, uid: str) -> str:
    return person_name(uid, row.names.get(uid, ""))


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


def moments(visit: Visit, times: Iterable[datetime], zone: str) -> Html:
    """Each on a line of its own, with its number."""
    made = [fill("<li>{time}</li>", time=moment(visit, at, zone)) for at in times]
    return fill("<ol>{times}</ol>", times=made)


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
