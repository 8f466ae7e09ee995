"""Examines the daemons that share a PostgreSQL: whether they are alive, notify each other, agree on the time,
and are of one version."""

from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import datetime, timedelta

from wechat_scheduler.config.settings import StateSettings
from wechat_scheduler.doctor.finding import Finding, ok, warn
from wechat_scheduler.engine.clock import AHEAD, SET_CLOCK
from wechat_scheduler.engine.nodes import Node, NodeState, NodeView
from wechat_scheduler.errors import StorageError
from wechat_scheduler.storage.database import Database
from wechat_scheduler.storage.nodes import all_nodes, connections_of, time_of
from wechat_scheduler.storage.postgres.change_listener import ADVICE, LOOK_EVERY
from wechat_scheduler.storage.postgres.database import PostgresDatabase

# A daemon keeps one connection that listens, beside those of `state.connections`.
LISTENING = 1
# A clock that keeps its time from the network is wrong by some milliseconds.
NOTICEABLE = timedelta(seconds=2)


def nodes(views: Sequence[NodeView], now: datetime) -> Iterator[Finding]:
    alive = [view.node for view in views if view.node.state(now) is NodeState.ALIVE]
    for view in views:
        if view.node not in alive:
            yield _silent(view.node, now)
    for node in alive:
        if abs(node.ahead) > NOTICEABLE:
            yield _wrong(node)
    if len(versions := {node.version for node in alive}) > 1:
        says = (
            f"the daemons that share the database are of the versions {', '.join(sorted(versions))}"
        )
        yield warn("nodes", says, "restart those of the older version with the newer one")
    if alive:
        many = "1 daemon uses" if len(alive) == 1 else f"{len(alive)} daemons share"
        yield ok("nodes", f"{many} the database")


async def connections(database: Database, state: StateSettings) -> AsyncIterator[Finding]:
    """Whether the database has room for the daemons. A pooler that forwards no signals lets them share."""
    room, now = await connections_of(database), await time_of(database)
    if room is not None and now is not None and not state.listen_database:
        views = await all_nodes(database)
        alive = sum(view.node.state(now) is NodeState.ALIVE for view in views)
        yield room_for(max(alive, 1), state.connections + LISTENING, room)


def room_for(daemons: int, each: int, room: int) -> Finding:
    """Each daemon opens up to `each` connections. In a restart an old and a new process overlap."""
    most, needed = daemons * each, (daemons + 1) * each
    many = "1 daemon opens" if daemons == 1 else f"{daemons} daemons open"
    says = f"{many} up to {most} connections, {each} more in a restart; the database gives {room}"
    if needed <= room:
        return ok("connections", says)
    fitting = room // (daemons + 1) - LISTENING
    lower = f"state.connections to {fitting}" if fitting > 0 else "the number of daemons"
    more = f"raise PostgreSQL's max_connections by {needed - room} (a limit of the user or the database counts, too)"
    return warn("connections", says, f"{more}, or lower {lower}")


async def signals(database: PostgresDatabase) -> AsyncIterator[Finding]:
    try:
        heard = await database.hears()
    except StorageError:  # it takes no writes, which other checks say
        return
    if heard:
        yield ok("signals", "the daemons notify each other of changes")
    else:
        says = (
            "the daemons cannot notify each other of changes: each looks for them every "
            f"{LOOK_EVERY.total_seconds():.0f} s"
        )
        yield warn("signals", says, ADVICE)


def _silent(node: Node, now: datetime) -> Finding:
    seconds = (now - node.seen_at).total_seconds()
    return warn(
        "nodes",
        f"{node.name} on {node.host} sent its last heartbeat {seconds:.0f} s ago",
        "if it was not stopped on purpose, look at its log and its connection to the database; the others "
        "take its work over by themselves",
    )


def _wrong(node: Node) -> Finding:
    seconds = node.ahead.total_seconds()
    how = "ahead of" if seconds > 0 else "behind"
    says = f"the clock of {node.host} is {abs(seconds):.0f} s {how} the database's, which is used instead"
    advice = f"on {node.host}, {SET_CLOCK}"
    return warn(
        "nodes",
        says,
        advice if abs(node.ahead) <= AHEAD else f"{advice}; its log has wrong times until then",
    )
