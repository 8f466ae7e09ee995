"""The daemon itself: what it keeps, what waits, and how its loops and its store are."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Final

from wechat_scheduler.access.model import Scope
from wechat_scheduler.credentials.policy import Freshness
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.credentials.phrases import CONTESTED, STATES
from wechat_scheduler.web.console.key_limits import of_credentials
from wechat_scheduler.web.console.links import link
from wechat_scheduler.web.console.parts import (
    Cell,
    Kind,
    advice,
    code,
    facts,
    joined,
    section,
    spaced,
    state,
    table,
)
from wechat_scheduler.web.console.plots import shown
from wechat_scheduler.web.console.visit import COMMA, Visit
from wechat_scheduler.web.console.words import Phrase, Words
from wechat_scheduler.web.native.job_counts import JobCountsResult
from wechat_scheduler.web.native.nodes import NodeResult
from wechat_scheduler.web.native.overview import OverviewResult, RowCountResult, StoreResult
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

STANDING = W("Right now", "当前")
WAITING = W("Deliveries waiting", "等待投递")
DEAD = W("Failed in 24 hours, not sent since", "24 小时内失败、未重发")
DUE = W("Reminders in the next 24 hours", "24 小时内的提醒")
FAILING = W("The last attempt failed", "上次尝试失败")
NONE_YET, FIRST = (
    W("No credentials yet.", "还没有凭据。"),
    W("Register the first account", "登记第一个账号"),
)

DAEMON = W("The daemon", "守护进程")
VERSION, UPTIME = W("Version", "版本"), W("Running for", "已运行")
LOOPS: Final = {
    "refreshing": W("credentials", "凭据"),
    "reminding": W("reminders", "提醒"),
    "dispatching": W("messages", "消息"),
    "hearing": W("pushes", "推送"),
}
ON_TIME, LATE = W("Loops on time", "循环准时"), W("Loops that are late", "循环延迟")
STORE, SIZE = W("Database", "数据库"), W("Size", "大小")
READ, COMMIT = W("A read takes", "一次读取"), W("A commit takes", "一次提交")
CLOCK = W("Clock ahead of the database's", "时钟超前数据库")
ANSWERS, READ_ONLY, SILENT = (
    W("answers", "正常"),
    W("not writable", "不可写"),
    W("does not answer", "无响应"),
)
EGRESS = W("Egress address", "出口地址")
UNKNOWN = W("unknown", "未知")
UNKNOWN_EGRESS = W(
    "WeChat names the egress address only when it refuses it (40164). Until then, the provider of this machine, or of the "
    "gateway in front of it, shows it.",
    "微信只在拒绝时（40164）说出出口地址。在那之前，可以在这台机器或其出口网关的服务商那里查看公网地址。",
)
NODES = W("Daemons on this database", "共用此数据库的守护进程")
HOST, SINCE, HOLDS = W("Machine", "机器"), W("Started", "启动于"), W("Works on", "正在处理")
ALIVE, GONE = W("alive", "运行中"), W("silent", "失联")
UNITS: Final = ("B", "KiB", "MiB", "GiB", "TiB")
_TURNING: Final[tuple[tuple[Words, Kind, bool], ...]] = (
    (ON_TIME, "good", True),
    (LATE, "bad", False),
)
_COUNT: Final = """<div class="count"><dt>{name}</dt>
<dd>{number}{notes}</dd></div>"""


def standing(visit: Visit, found: OverviewResult) -> Html:
    """What is kept, and what waits."""
    if found.credentials is None or found.work is None:
        body = fill("<p>{state}</p>", state=state(visit, "bad", SILENT))
        return section(visit, STANDING, body, id="standing", live=True)
    work = found.work
    counts = [
        _count(
            visit.say(terms.CREDENTIALS),
            _large(shown(found.credentials.all), "/console/credentials"),
            _states(visit, found.credentials),
        ),
        *(
            _count(visit.say(words), _large(_rows(number), url if visit.may(Scope.PUSH) else ""))
            for words, number, url in (
                (WAITING, work.waiting, "/console/messages?state=pending"),
                (DEAD, work.dead, "/console/messages?state=dead"),
                (DUE, work.reminders, "/console/reminders/agenda?span=hours"),
            )
        ),
    ]
    body = fill('<dl class="counts">{counts}</dl>', counts=counts)
    return section(visit, STANDING, body, id="standing", live=True)


def daemon(visit: Visit, found: OverviewResult) -> Html:
    pairs: list[tuple[Phrase, Cell | None]] = [
        (VERSION, found.version),
        (UPTIME, visit.lasting(timedelta(seconds=found.uptime_seconds))),
        *_loops(visit, found.loops),
        *_store(visit, found.store),
    ]
    if found.egress is not None:
        pairs.append((EGRESS, _egress(visit, found)))
    body = joined(
        [
            facts(visit, pairs),
            advice(visit, found.store.error),
            when(
                found.egress_advice,
                fill('<p class="faint">{words}</p>', words=visit.say(UNKNOWN_EGRESS)),
            ),
            when(found.nodes and len(found.nodes) > 1, _nodes(visit, found.nodes or ())),
        ]
    )
    return section(visit, DAEMON, body, id="daemon", live=True)


def _count(name: str, number: Html, notes: Html | None = None) -> Html:
    return fill(_COUNT, name=name, number=number, notes=notes or Html())


def _large(number: str, url: str) -> Html:
    """The number, which leads to what it counts if there is an address."""
    if not url:
        return fill('<span class="large">{number}</span>', number=number)
    return fill('<a class="large" href="{url}">{number}</a>', url=url, number=number)


def _rows(count: RowCountResult) -> str:
    return f"{shown(count.number)}{'+' if count.more else ''}"


def _states(visit: Visit, counts: JobCountsResult) -> Html:
    """The states that there are, each with its number and a link to its credentials."""
    badges = [
        _badge(visit, f"state={name}", number, STATES[name].kind, STATES[name].words)
        for name, number in counts.states.items()
        if number and name != Freshness.FRESH
    ]
    if failing := sum(counts.errors.values()):
        badges.append(_badge(visit, "error=any", failing, "warn", FAILING))
    if counts.contested:
        badges.append(_badge(visit, "contested=true", counts.contested, "warn", CONTESTED.words))
    if not counts.all:
        first = link("/console/credentials/register", visit.say(FIRST))
        return fill(
            '<p class="notes">{none}</p>',
            none=spaced(
                visit.say(of_credentials(visit, NONE_YET)),
                when(visit.may(Scope.REGISTER), first),
            ),
        )
    return fill(
        '<p class="notes">{badges}</p>',
        badges=badges or [state(visit, "good", W("all fresh", "全部有效"))],
    )


def _badge(visit: Visit, query: str, number: int, kind: Kind, words: Words) -> Html:
    text = W(*(f"{shown(number)} {one}" for one in words))
    return fill(
        '<a class="bare" href="/console/credentials?{query}">{state}</a> ',
        query=query,
        state=state(visit, kind, text),
    )


def _loops(visit: Visit, loops: Mapping[str, bool]) -> Iterator[tuple[Phrase, Cell | None]]:
    for heading, kind, turns in _TURNING:
        names = [name for name, is_on_time in loops.items() if is_on_time is turns]
        if names:
            yield heading, _named(visit, kind, names)


def _named(visit: Visit, kind: Kind, names: Sequence[str]) -> Html:
    words = (LOOPS.get(name, name) for name in names)
    return joined(joined([state(visit, kind, one), " "]) for one in words)


def _store(visit: Visit, store: StoreResult) -> Iterator[tuple[Phrase, Cell | None]]:
    kind: tuple[Kind, Words] = ("good", ANSWERS)
    if not store.answers:
        kind = ("bad", SILENT)
    elif store.error:
        kind = ("bad", READ_ONLY)
    name = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}.get(store.kind, store.kind)
    yield STORE, joined([name, " ", state(visit, *kind)])
    yield SIZE, None if store.size is None else _bytes(store.size)
    yield READ, _milliseconds(store.answer_seconds)
    yield COMMIT, _milliseconds(store.commit_seconds or None)
    if store.kind != "sqlite":
        yield CLOCK, f"{store.clock_ahead_seconds:g} s"


def _egress(visit: Visit, found: OverviewResult) -> Html:
    if not found.egress:
        return state(visit, "idle", UNKNOWN)
    several = len(found.egress) > 1
    return joined(
        fill(
            "<span>{address} <small>{host}{seen}</small></span> ",
            address=code(one.address),
            host=f"{one.host}{visit.say(COMMA)}" if several else "",
            seen=visit.time(one.seen_at),
        )
        for one in found.egress
    )


def _nodes(visit: Visit, nodes: Sequence[NodeResult]) -> Html:
    rows = [_node(visit, node) for node in nodes]
    return table(visit, NODES, (HOST, VERSION, terms.STATE, SINCE, HOLDS), rows, empty=NODES)


def _node(visit: Visit, node: NodeResult) -> Sequence[Cell]:
    lives = node.state == "alive"
    return (
        node.host,
        node.version,
        state(visit, "good", ALIVE) if lives else state(visit, "bad", GONE),
        visit.time(node.started_at),
        visit.listed(f"{queue} {held}" for queue, held in node.holds.items() if held) or "–",
    )


def _milliseconds(seconds: float | None) -> str | None:
    return None if seconds is None else f"{seconds * 1000:.1f} ms"


def _bytes(size: int) -> str:
    value, unit = float(size), 0
    while value >= 1024 and unit < len(UNITS) - 1:
        value, unit = value / 1024, unit + 1
    return f"{value:.1f} {UNITS[unit]}" if unit else f"{size} B"
