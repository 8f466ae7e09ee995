"""The daemon itself: how its loops and its store are."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Final

from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.parts import (
    Cell,
    Kind,
    advice,
    code,
    facts,
    joined,
    section,
    state,
    table,
)
from wechat_scheduler.web.console.visit import COMMA, Visit
from wechat_scheduler.web.console.words import Phrase, Words
from wechat_scheduler.web.native.nodes import NodeResult
from wechat_scheduler.web.native.overview import OverviewResult, StoreResult
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

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
